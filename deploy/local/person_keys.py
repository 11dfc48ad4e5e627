"""The keys over what identifies people, for a run on this machine: made once, read by their owner only, never replaced.

A note beside the data says under which keys they were sealed last. Data whose keys are gone cannot be read by anybody,
so a start without them is refused instead of made with new ones.
"""

import hashlib
from pathlib import Path

from dotenv import dotenv_values

from deploy.local.settings import Settings, Wrong
from services.registry.people import keys

NAMES = ("REGISTRY_PERSON_KEYS", "REGISTRY_LOOKUP_KEYS")


def file_of(settings: Settings) -> Path:
    """Where the keys of this machine are kept, unless they are set."""
    return settings.folder / "person-keys.env"


def ensured(settings: Settings) -> dict[str, str]:
    """The keys by their settings' names: those set in `.env` or outside, else this machine's own, made at the first use.

    **Raises** Wrong when keys cannot be read, or those that sealed the data are not among them.
    """
    given = {name: value for name in NAMES if (value := settings.environment.get(name))}
    if len(given) == 1:
        raise Wrong(f"{next(iter(given))} is set, {'/'.join(set(NAMES) - given.keys())} is not: set both or none")
    file, note = file_of(settings), settings.folder / "data" / "person-keys.noted"
    noted = note.read_text().split() if note.exists() else []
    found = given or _kept(file, noted)
    prints = {name: _fingerprints(name, value) for name, value in found.items()}
    present = {print_ for those in prints.values() for print_ in those}
    if lost := [print_ for print_ in noted if print_ not in present]:
        raise Wrong(
            f"the data in {note.parent} were sealed with keys that are not set any more"
            f" ({', '.join(part.partition('=')[0] for part in lost)}). Set them again behind the new ones and run"
            " `wahana people rotate-keys`, or `make reset` to delete the data"
        )
    _note(note, [those[0] for those in prints.values()])
    return found


def _kept(file: Path, noted: list[str]) -> dict[str, str]:
    if not file.exists():
        if noted:
            raise Wrong(
                f"{file} is missing: without it nobody can read the NIKs in the data. Put it back from a copy, or"
                " `make reset` to delete the data"
            )
        _make(file)
    file.chmod(0o600)
    values = dotenv_values(file)
    return {name: values.get(name) or "" for name in NAMES}


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.chmod(0o600)
    unfinished.write_text("".join(f"{name}={keys.made('local-1')}\n" for name in NAMES))
    unfinished.rename(file)


def _fingerprints(name: str, value: str) -> list[str]:
    """One per key, the one in use first: enough to know a key again, and nothing to find it by."""
    try:
        parsed = keys.parsed(value)
    except ValueError as error:
        raise Wrong(f"{name}: {error}") from error
    return [f"{name}/{id}={hashlib.sha256(key).hexdigest()[:16]}" for id, key in parsed.items()]


def _note(note: Path, prints: list[str]) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text("".join(f"{print_}\n" for print_ in sorted(prints)))
