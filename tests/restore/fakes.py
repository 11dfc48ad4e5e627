"""Programs of PostgreSQL that do what the real ones do, and then meet with an accident."""

import stat
from pathlib import Path

from deploy.local import rootless


def folder(where: Path, name: str, accident: str) -> Path:
    """A folder for POSTGRES_BINARIES: all real, but one runs a line of shell after its work, with `$PPID` its caller."""
    made = where / f"{name}-{abs(hash(accident))}"
    made.mkdir()
    real = rootless.INSTALLATION / "bin"
    for program in ("pg_dump", "pg_restore"):
        script = made / program
        if program == name:
            lines = [
                f'case "$1" in --version) exec "{real / program}" --version;; esac',
                f'"{real / program}" "$@"',
                accident,
            ]
        else:
            lines = [f'exec "{real / program}" "$@"']
        script.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        script.chmod(script.stat().st_mode | stat.S_IEXEC)
    return made
