"""Every setting of every process, as the classes declare it, and what is missing in a declaration."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from shared.settings import ServiceName, ServiceSettings, SharedSettings
from shared.settings_sources import variable
from shared.settings_types import Process, ReadBy, Secret

SERVICES: tuple[str, ...] = get_args(ServiceName)
PROCESSES: tuple[Process, ...] = get_args(Process)


@dataclass(frozen=True)
class Setting:
    """One variable: what may stand in it, what it means, and who reads it."""

    name: str
    services: tuple[str, ...]
    """Those that read it; empty: all, and the commands that are no service's."""
    processes: tuple[Process, ...]
    form: str
    default: str | None
    """As it is written; None: it must be set where it is read."""
    required: bool
    meaning: str
    secret: bool
    example: str

    @property
    def readers(self) -> str:
        """`registry: API, commands`; `all`."""
        whose = ", ".join(self.services) or "all"
        return whose if self.processes == PROCESSES else f"{whose}: {', '.join(self.processes)}"


def classes() -> list[type[SharedSettings]]:
    """The settings' classes: what all share, then each service's, the strictest of each."""
    found: list[type[SharedSettings]] = [SharedSettings]
    for service in SERVICES:
        module = importlib.import_module(f"services.{service}.settings")
        found.append(getattr(module, "KeyedSettings", module.Settings))
    return found


def settings() -> list[Setting]:
    """Each once, those of all first, in the order of the classes."""
    found: dict[str, Setting] = {}
    for kind in classes():
        own = getattr(kind, "service", None)
        properties = kind.model_json_schema()["properties"]
        for name, field in kind.model_fields.items():
            place = variable(name, field)
            if place not in found:
                inherited = name in ServiceSettings.model_fields and field.validation_alias is None
                services = () if inherited or own is None else (own,)
                found[place] = _setting(place, field, properties[str(field.validation_alias or name)], services)
    return list(found.values())


def _setting(name: str, field: FieldInfo, schema: dict[str, Any], services: tuple[str, ...]) -> Setting:
    read_by = [said for said in field.metadata if isinstance(said, ReadBy)]
    default = field.get_default()
    required = field.is_required()
    text = None if required or default is None else str(default).lower() if isinstance(default, bool) else str(default)
    example = str((schema.get("examples") or [text or ""])[0])
    return Setting(
        name, services, read_by[-1].processes if read_by else PROCESSES, _form(schema), text, required,
        field.description or "", any(isinstance(said, Secret) for said in field.metadata), example,
    )  # fmt: skip


def _form(schema: dict[str, Any]) -> str:
    """Type and allowed values, from the field's JSON schema; empty if nothing bounds it."""
    schema = next((each for each in schema.get("anyOf", []) if each.get("type") != "null"), schema)
    kind, written = schema.get("type"), str(schema.get("format", ""))
    if values := schema.get("enum"):
        return " or ".join(f"`{value}`" for value in values)
    if kind == "boolean":
        return "`true` or `false`"
    if kind in ("integer", "number"):
        least, most = schema.get("minimum"), schema.get("maximum")
        least = f"more than {schema['exclusiveMinimum']:g}" if "exclusiveMinimum" in schema else least
        return f"{'integer' if kind == 'integer' else 'number'}, {least} to {most}" if None not in (least, most) else ""
    if written == "path":
        return "path"
    if pattern := schema.get("pattern"):
        return f"text `{pattern}`"
    return written


def faults(found: list[Setting]) -> Iterator[str]:
    """What a declaration lacks."""
    for setting in found:
        if not setting.meaning:
            yield f"{setting.name}: its Field has no description"
        if not setting.form:
            yield f"{setting.name}: nothing bounds it; give ge and le, a pattern, or a type of shared.settings_types"
        if setting.required and not setting.example:
            yield f"{setting.name}: must be set, and has no example"
        if setting.secret and setting.example and "password" not in setting.example and "<" not in setting.example:
            yield f"{setting.name}: the example of a secret looks like one"
