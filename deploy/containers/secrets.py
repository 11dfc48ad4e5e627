"""The secrets of an installation in containers: made once, each in a file of its own, never overwritten.

    make(Path(".wahana/secrets"))         # also: python -m deploy.containers secrets

A file that is there stays as it is: put your own where a database or a key exists already, before the first start. Nobody
but the folder's owner can enter the folder. The files in it can be read by everybody, because a container is given single
files and reads them as a numeric user that does not exist on this machine.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

SERVICES = ("registry", "activities", "reporting")
HOST = "postgres:5432"


def make(folder: Path) -> list[str]:
    """Makes the secrets that are missing and returns their names, in the order in which they were made."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return [name for name, value in _wanted().items() if _made(folder / name, value)]


def names() -> list[str]:
    """Every secret of an installation, by the name of its file."""
    return list(_wanted())


def _wanted() -> dict[str, Callable[[], str]]:
    wanted: dict[str, Callable[[], str]] = {"postgres_password": _password}
    for service in SERVICES:
        # Roles, passwords and databases stand nowhere else: PostgreSQL makes them of these addresses at its first start.
        for role in ("", "_worker", "_owner"):
            wanted[f"{service}{role}_database_url"] = _address(service, f"wahana_{service}{role}")
    return {**wanted, "registry_person_keys": _key, "registry_lookup_keys": _key}


def _address(service: str, role: str) -> Callable[[], str]:
    return lambda: f"postgresql://{role}:{_password()}@{HOST}/wahana_{service}"


def _password() -> str:
    return secrets.token_urlsafe(32)


def _key() -> str:
    """As `wahana people make-key` prints it: 32 random bytes behind an id."""
    return f"first:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _made(file: Path, value: Callable[[], str]) -> bool:
    if file.exists():
        return False
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(value())
    unfinished.chmod(0o444)
    unfinished.rename(file)
    return True
