"""Settings from files, and what is wrong with settings in words that name each and show no value.

`REGISTRY_DATABASE_URL_FILE=/run/secrets/registry` gives `REGISTRY_DATABASE_URL` the content of that file, without the
line end at its end. So secrets need not stand in the environment, where every child and every crash report has them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

SUFFIX = "_FILE"
SLIPS = 2
"""Wrong letters up to which a variable is taken for a misspelt setting."""


class WrongSettings(Exception):
    """Settings are missing or wrong. One sentence a setting, which begins with its name and never shows its value."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands where a value should: no field takes it, so that it is told together with all that is wrong."""

    reason: str


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable of a field, as people write it."""
    alias = field.validation_alias
    return (alias if isinstance(alias, str) else name).upper()


class FromFiles(EnvSettingsSource):
    """The settings that NAME_FILE gives, as if each file's content were its variable's value."""

    def __init__(self, settings: type[BaseSettings], *variables: PydanticBaseSettingsSource) -> None:
        """`variables` are the sources of plain variables, the stronger one first."""
        self._given: dict[str, str | None] = {}
        for source in reversed(variables):
            if isinstance(source, EnvSettingsSource):
                self._given |= source.env_vars
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        names = [variable(name, field) for name, field in self.settings_cls.model_fields.items()]
        found = {name: path for name in names if (path := self._given.get((name + SUFFIX).lower()))}
        values: dict[str, Any] = {name.lower(): self._content(name, Path(path)) for name, path in found.items()}
        known = {spelt for name in names for spelt in (name.lower(), (name + SUFFIX).lower())}
        strangers = [name for name in self._given if name not in known]
        for name in names:
            if name not in found and not self._given.get(name.lower()) and (meant := _misspelt(name, strangers)):
                values[name.lower()] = _Fault(
                    f"is not set, but {meant.upper()} is, which is no setting; correct its name"
                )
        return values

    def _content(self, name: str, path: Path) -> "str | _Fault":
        if self._given.get(name.lower()):
            return _Fault(f"is set, and so is {name}{SUFFIX}; keep one of the two")
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            return _Fault(f"the file {path} that {name}{SUFFIX} names is not UTF-8 text")
        except OSError as error:
            return _Fault(f"the file {path} that {name}{SUFFIX} names cannot be read: {error.strerror}")
        return text.removesuffix("\n").removesuffix("\r") or _Fault(
            f"the file {path} that {name}{SUFFIX} names is empty"
        )


def _misspelt(name: str, strangers: list[str]) -> str | None:
    """The variable that was most likely meant to be this setting or its file: a letter or two are wrong in it."""
    for spelt in (name.lower(), (name + SUFFIX).lower()):
        for stranger in strangers:
            if _is_near(spelt, stranger) and _slips(spelt, stranger) <= SLIPS:
                return stranger
    return None


def _is_near(wanted: str, written: str) -> bool:
    """Whether so few slips are possible at all: each changes the length by one, and which letters there are by two."""
    return abs(len(written) - len(wanted)) <= SLIPS and len(set(wanted) ^ set(written)) <= 2 * SLIPS


def _slips(wanted: str, written: str) -> int:
    """How many letters were left out, added, mistaken or swapped with the next (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(written) + 1))
    for i, letter in enumerate(wanted, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(written, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == written[j - 2] and wanted[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def told(error: ValidationError) -> list[str]:
    """What is wrong, one sentence a setting, by name; no values."""
    faults = []
    for fault in error.errors(include_url=False, include_context=False):
        name = "_".join(map(str, fault["loc"])).upper()
        found = fault["input"]
        reason = found.reason if isinstance(found, _Fault) else fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "missing":
            reason = f"is not set (nor is {name}{SUFFIX})"
        faults.append(f"{name}: {reason}" if name else reason)
    return faults
