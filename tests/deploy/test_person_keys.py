"""The keys over people on this machine: made once, readable by their owner only, and never lost in silence."""

from pathlib import Path

import pytest

from deploy.local import person_keys, preflight, programs
from deploy.local.programs import Databases
from deploy.local.settings import Settings, Wrong
from services.registry.people import keys


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings({}, tmp_path / ".wahana")


def test_keys_are_made_once_and_only_their_owner_reads_them(settings: Settings) -> None:
    made = person_keys.ensured(settings)
    file = person_keys.file_of(settings)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.keys() == set(person_keys.NAMES)
    assert len(set(made.values())) == 2
    file.chmod(0o644)
    assert person_keys.ensured(settings) == made
    assert file.stat().st_mode & 0o777 == 0o600


def test_data_whose_keys_are_gone_stop_the_start(settings: Settings) -> None:
    made = person_keys.ensured(settings)
    file = person_keys.file_of(settings)
    kept = file.read_text()
    file.unlink()
    with pytest.raises(Wrong, match=r"person-keys\.env is missing"):
        preflight.whole_data(settings)
    assert not file.exists()
    file.write_text(kept.replace("local-1", "local 1"))
    with pytest.raises(Wrong, match="write id:base64"):
        preflight.whole_data(settings)
    file.write_text("".join(f"{name}={keys.made('local-2')}\n" for name in person_keys.NAMES))
    with pytest.raises(Wrong, match="REGISTRY_PERSON_KEYS/local-1"):
        preflight.whole_data(settings)
    file.write_text("".join(f"{name}={keys.made('local-2')},{made[name]}\n" for name in person_keys.NAMES))
    preflight.whole_data(settings)


def test_deleted_data_begin_anew_with_the_keys_there_are(settings: Settings) -> None:
    made = person_keys.ensured(settings)
    (settings.folder / "data" / "person-keys.noted").unlink()
    assert person_keys.ensured(settings) == made


def test_only_registrys_api_is_given_the_keys(settings: Settings, tmp_path: Path) -> None:
    given = {name: keys.made("mine") for name in person_keys.NAMES}
    settings = Settings(given, settings.folder)
    databases = Databases(
        api={"registry": "postgresql://api@db/registry", "activities": "", "reporting": ""},
        worker={"registry": "postgresql://worker@db/registry"},
        owner={"activities": "postgresql://owner@db/activities"},
    )
    environment = programs.environment(settings, databases, "127.0.0.1:1")
    assert not environment.keys() & given.keys()
    holders = [
        program.name for program in programs.services(settings, databases) if program.environment.keys() & given.keys()
    ]
    assert holders == ["registry"]
    assert not person_keys.file_of(settings).exists()
    file = programs.write_environment(settings, environment, databases)
    of_owners = file.with_name("owner-environment")
    assert {each.stat().st_mode & 0o777 for each in (file, of_owners)} == {0o600}
    assert of_owners.read_text() == "ACTIVITIES_OWNER_DATABASE_URL=postgresql://owner@db/activities\n"
    assert "OWNER" not in file.read_text()
    assert all(f"{name}={value}" in file.read_text() for name, value in given.items())
    with pytest.raises(Wrong, match="set both or none"):
        person_keys.ensured(Settings({"REGISTRY_LOOKUP_KEYS": given["REGISTRY_LOOKUP_KEYS"]}, settings.folder))
