"""Setting the further fields of a type, and holding a record against the newest version of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.schemas import Content
from services.registry.models import Institution
from services.registry.type_fields import rules, values
from services.registry.type_fields.models import TypeFields
from services.registry.type_fields.schemas import TypeFieldsIn
from shared import audit
from shared.auth import Principal
from shared.codes import InstitutionType
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Fault, InvalidPayload

LOCK = 0x54595045
"""Key of the advisory lock of setting fields: two at once would be the same version."""
NEWEST = "SELECT version, CAST(schema AS text) FROM type_fields WHERE type = $1 ORDER BY version DESC LIMIT 1"


class Newest(NamedTuple):
    """The version that new records are held against, and its schema as JSON text."""

    version: int
    schema: str


async def set_fields(
    session: AsyncSession, type: InstitutionType, body: TypeFieldsIn, *, by: Principal, precondition: IfMatch, now: datetime
) -> TypeFields:  # fmt: skip
    """Makes a schema the newest version of a type's fields; what is stored stays as it is.

    `precondition` names the newest version that was read, 0 if there was none. Raises PreconditionFailed,
    InvalidPayload naming what in the schema cannot be taken.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    newest = await session.scalar(select(func.max(TypeFields.version)).where(TypeFields.type == type)) or 0
    precondition.check(newest)
    if found := rules.faults(body.json_schema):
        raise InvalidPayload(errors=found)
    fields = TypeFields(type=type, version=newest + 1, schema=body.json_schema, set_at=now, set_by=by.subject)
    session.add(fields)
    await audit.note(session, fields, "set", by=by.subject, at=now, regions=None)
    await session.flush()
    return fields


async def newest(driver: asyncpg.Connection, type: InstitutionType) -> Newest | None:
    """The newest version of a type's further fields, None if it has none."""
    row = await driver.fetchrow(NEWEST, type.value)
    return Newest(row["version"], row["schema"]) if row else None


def version(newest: Newest | None, type: InstitutionType, extra: Mapping[str, Any] | None) -> int | None:
    """The version by which these further fields of a record are right; None for a record without any. Pure.

    Raises InvalidPayload pointing at `/extra/…`.
    """
    if newest is None:
        if extra:
            raise InvalidPayload(errors=[_none_defined(type)])
        return None
    if found := values.faults(newest.schema, extra or {}):
        raise InvalidPayload(errors=found)
    return newest.version if extra else None


async def changed_version(driver: asyncpg.Connection, institution: Institution, wanted: Content) -> int | None:
    """The version of the further fields of a record after a change: what the change leaves alone keeps its own.

    Raises InvalidPayload pointing at `/extra/…`.
    """
    if (wanted.type, wanted.extra) == (institution.type, institution.extra):
        return institution.extra_version
    return version(await newest(driver, wanted.type), wanted.type, wanted.extra)


def _none_defined(type: InstitutionType) -> Fault:
    return Fault(
        "extra-not-defined",
        Text(f"Jenis {type} tidak punya isian tambahan.", f"The type {type} has no further fields."),
        Text(
            f"Hapus `extra`, atau minta pengelola menetapkannya (POST /v1/institution-types/{type}/fields).",
            f"Remove `extra`, or ask an administrator to set them (POST /v1/institution-types/{type}/fields).",
        ),
        pointer="/extra",
    )
