"""`docker-compose.yml`, the recipe of the images and the secrets, as far as they can be read without an engine."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.configuration import declared
from deploy.containers import images, secrets
from deploy.containers.engine import ROOT
from deploy.local import bootstrap, kafka, postgres, programs
from services.registry.people import keys

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
OURS = [(service, process) for service in images.SERVICES for process in ("api", "worker", "migrate")]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_contained(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "stop_grace_period", "logging"} <= service.keys()
    # Ours run as the user of the image, which the Dockerfile gives a number.
    assert service["image"].startswith("wahana-") or int(service["user"].partition(":")[0]) > 0
    assert service.get("init") is True or not service["image"].startswith("wahana-")
    checked = "HEALTHCHECK" in DOCKERFILE if name.endswith("-api") else "healthcheck" in service
    assert checked
    assert name in ONCE or service["restart"] == "unless-stopped"


def test_the_proxy_is_the_only_way_in_and_reaches_only_the_apis() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["proxy"]["ports"] == ["${WAHANA_ADDRESS:-127.0.0.1:8080}:8080"]
    members = {network: {n for n, s in SERVICES.items() if network in s["networks"]} for network in COMPOSE["networks"]}
    assert members["edge"] == {"proxy", "issuer", *(f"{service}-api" for service in images.SERVICES)}
    assert members["bus"] == {"kafka", "topics", *(f"{s}-{p}" for s, p in OURS if p != "api")}
    assert members["database"] == {"postgres", *(f"{service}-{process}" for service, process in OURS)}
    assert COMPOSE["networks"]["database"]["internal"] is COMPOSE["networks"]["bus"]["internal"] is True


def test_images_are_pinned_and_known() -> None:
    of_others = {s["image"] for s in SERVICES.values() if not s["image"].startswith("wahana-")}
    assert of_others == images.OF_OTHERS.keys()
    assert all(tag.partition(":")[2] not in ("", "latest") for tag in of_others)
    for service, process in OURS:
        assert SERVICES[f"{service}-{process}"]["image"] == f"wahana-{service}:${{WAHANA_VERSION:-{images.version()}}}"
        assert SERVICES[f"{service}-{process}"]["build"]["args"] == {"SERVICE": service}


def test_secrets_are_files_and_each_process_is_given_only_its_own() -> None:
    assert list(COMPOSE["secrets"]) == secrets.names()
    for name, service in SERVICES.items():
        files = {value for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
        if name != "issuer" and name != "topics":
            assert name == "postgres" or files == {f"/run/secrets/{given}" for given in service.get("secrets", ())}
    readers = {secret: {n for n, s in SERVICES.items() if secret in s.get("secrets", ())} for secret in secrets.names()}
    assert readers["postgres_password"] == {"postgres"}
    assert readers["registry_person_keys"] == readers["registry_lookup_keys"] == {"registry-api"}
    for program in images.SERVICES:
        assert readers[f"{program}_database_url"] == {"postgres", f"{program}-api"}
        assert readers[f"{program}_worker_database_url"] == {"postgres", f"{program}-worker", f"{program}-migrate"}
        assert readers[f"{program}_owner_database_url"] == {"postgres", f"{program}-migrate"}


def test_every_setting_reaches_the_processes_that_read_it() -> None:
    inside = {"WORKER_PORT", "WORKER_HOST", "POSTGRES_BINARIES"}  # the image's own affair
    missing = []
    for setting in declared.settings():
        for service, process in OURS:
            reads = service in (setting.services or images.SERVICES)
            runs = {"api": "API", "worker": "worker", "migrate": "migrations"}[process] in setting.processes
            given = SERVICES[f"{service}-{process}"]["environment"].keys()
            if reads and runs and setting.name not in inside and not {setting.name, f"{setting.name}_FILE"} & given:
                missing.append(f"{service}-{process}: {setting.name}")
    assert missing == []


def test_servers_are_set_as_those_of_the_local_platform() -> None:
    words = SERVICES["postgres"]["command"]
    given = dict(word.removeprefix("-c").split("=") for word in words if word.startswith("-c"))
    assert given == {
        n: v for n, v in postgres.SETTINGS.items() if n not in ("listen_addresses", "unix_socket_directories")
    }
    lines = (line.split("=", 1) for line in kafka._PROPERTIES.splitlines())
    local = {
        name: value
        for name, value in lines
        if "{" not in value and not name.startswith(("node", "broker.", "listener"))
    }
    environment = {n: str(v) for n, v in SERVICES["kafka"]["environment"].items()}
    in_container = {name: environment[f"KAFKA_{name.upper().replace('.', '_')}"] for name in local}
    assert in_container == local


def test_an_image_starts_as_the_local_platform_does_and_is_built_by_the_same_tool() -> None:
    api = (ROOT / "deploy/containers/image/bin/api").read_text()
    command = [str(word) for word in programs._uvicorn("app", 1)]
    for flag in ("--factory", "--no-access-log", "--http"):
        assert f'"{flag}"' in api
    assert command[command.index("--http") + 1] in api
    assert f"uv=={bootstrap.UV} " in (ROOT / "deploy/containers/image/uv.txt").read_text()
    assert f"ARG PYTHON_IMAGE={images.PYTHON}" in DOCKERFILE
    assert "USER 10001:10001" in DOCKERFILE


def test_secrets_are_made_once_and_only_their_owner_reaches_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "registry_database_url").write_text("postgresql://mine")
    made = secrets.make(folder)
    assert made == [name for name in secrets.names() if name != "registry_database_url"]
    first = {file.name: file.read_text() for file in folder.iterdir()}
    assert first["registry_database_url"] == "postgresql://mine"
    assert first.keys() == set(secrets.names())
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keys.Keyring(keys.parsed(first["registry_person_keys"]), keys.parsed(first["registry_lookup_keys"]))
    assert secrets.make(folder) == []
    assert {file.name: file.read_text() for file in folder.iterdir()} == first
