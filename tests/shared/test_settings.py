"""Settings from variables and from files; what is wrong is told by name, without values."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.settings import ROOT
from services.registry.settings import KeyedSettings
from shared.settings import SharedSettings, WrongSettings

GIVEN = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092", "AUTH_ISSUER": "https://i", "AUTH_JWKS_URL": "https://i/keys"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of this machine
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def _faults(settings: type[SharedSettings] = SharedSettings) -> list[str]:
    with pytest.raises(WrongSettings) as told:
        settings()
    return list(told.value.faults)


def test_a_setting_is_read_from_the_file_that_is_named_without_its_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "audience").write_text("wahana-uji\n")
    monkeypatch.setenv("AUTH_AUDIENCE_FILE", str(tmp_path / "audience"))
    assert SharedSettings().auth_audience == "wahana-uji"


def test_a_setting_of_a_service_is_read_from_a_file_that_the_dotenv_file_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGISTRY_LOOKUP_KEYS", "a:" + "B" * 43 + "=")
    monkeypatch.setenv("REGISTRY_PERSON_KEYS", "a:" + "A" * 43 + "=")
    (tmp_path / "address").write_text("postgresql://registry:rahasia@db/registry")
    (tmp_path / ".env").write_text("REGISTRY_DATABASE_URL_FILE=address\n")
    assert KeyedSettings().database_url == "postgresql://registry:rahasia@db/registry"


def test_a_setting_given_as_value_and_as_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "issuer").write_text("https://another")
    monkeypatch.setenv("AUTH_ISSUER_FILE", str(tmp_path / "issuer"))
    assert _faults() == ["AUTH_ISSUER: is set, and so is AUTH_ISSUER_FILE; keep one of the two"]


def test_files_that_cannot_be_used_are_told_by_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, file in (("AUTH_AUDIENCE", "empty"), ("KAFKA_TOPIC_PREFIX", "binary"), ("WORKER_PORT", "absent")):
        monkeypatch.setenv(f"{name}_FILE", file)
    assert _faults() == [
        "KAFKA_TOPIC_PREFIX: the file binary that KAFKA_TOPIC_PREFIX_FILE names is not UTF-8 text",
        "AUTH_AUDIENCE: the file empty that AUTH_AUDIENCE_FILE names is empty",
        "WORKER_PORT: the file absent that WORKER_PORT_FILE names cannot be read: No such file or directory",
    ]


def test_all_that_is_wrong_is_told_at_once_and_no_value_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTH_ISSUER")
    monkeypatch.setenv("REGISTRY_DATABASE_URL", "mysql://registry:rahasia@db/registry")
    monkeypatch.setenv("REGISTRY_PERSON_KEYS", "a:rahasia")
    faults = _faults(KeyedSettings)
    assert {fault.partition(":")[0] for fault in faults} >= {
        "AUTH_ISSUER",
        "REGISTRY_PERSON_KEYS",
        "REGISTRY_LOOKUP_KEYS",
    }
    assert "rahasia" not in "".join(faults)


def test_a_misspelt_setting_is_refused_by_both_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_AUDIENC", "wahana-uji")
    monkeypatch.setenv("WORKER_PROT_FILE", "/run/secrets/port")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVER", "of another program: the setting itself is there")
    assert _faults() == [
        "AUTH_AUDIENCE: is not set, but AUTH_AUDIENC is, which is no setting; correct its name",
        "WORKER_PORT: is not set, but WORKER_PROT_FILE is, which is no setting; correct its name",
    ]


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_AUDIENCE", "")
    monkeypatch.setenv("WORKER_PORT", "")
    assert (SharedSettings().auth_audience, SharedSettings().worker_port) == ("wahana", None)


STARTS = {
    "API": (sys.executable, "-m", "uvicorn", "--factory", "services.registry.app:create_app", "--port", "0"),
    "worker": (sys.executable, "-m", "services.registry.worker"),
    "migrations": (
        *(sys.executable, "-m", "alembic", "-c", ROOT / "shared" / "migrations" / "alembic.ini", "-n", "registry"),
        *("upgrade", "head"),
    ),
    "command": (sys.executable, "-m", "services.command", "verify-audit", "registry"),
}


def test_every_kind_of_process_does_not_start_with_wrong_settings_and_names_each(tmp_path: Path) -> None:
    """No traceback, no value, and an end that no supervisor takes for a crash of the program."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "KAFKA_BOOTSTRAP_SERVERS": "rahasia-broker",
        "AUTH_ISSUER": "https://i",
        "REGISTRY_DATABSE_URL": "postgresql://registry:rahasia@db/registry",
    }

    def started(kind: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            STARTS[kind], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=280
        )

    with ThreadPoolExecutor(2) as threads:
        ended = dict(zip(STARTS, threads.map(started, STARTS), strict=True))
    for kind, process in ended.items():
        said = process.stdout + process.stderr
        assert process.returncode == 2, (kind, said)
        assert "KAFKA_BOOTSTRAP_SERVERS: broker 1 is not host:port" in said, kind
        assert "AUTH_JWKS_URL: is not set (nor is AUTH_JWKS_URL_FILE)" in said, kind
        assert "REGISTRY_DATABASE_URL: is not set, but REGISTRY_DATABSE_URL is" in said, kind
        assert ("REGISTRY_PERSON_KEYS: is not set" in said) == (kind == "API"), kind
        assert "Traceback" not in said, kind
        assert "rahasia" not in said, kind
