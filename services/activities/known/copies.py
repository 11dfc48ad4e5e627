"""Keeps the copies of registry's subjects whose columns are fields of their events, one table each.

Upserted in bulk, the newest sequence of each subject wins. Regions and institutions have rules of their own (`regions`,
`registry`). Of officers and partnerships only that they have arrived: a caller may wait for whatever registry told it.
"""

from collections.abc import Mapping
from functools import cache
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.activities.known.models import KnownOther
from services.activities.known.networks_models import (
    KnownCulturalValue,
    KnownNetwork,
    KnownNetworkMembership,
    KnownPartner,
)
from services.activities.known.people_models import KnownCommunity, KnownFamily, KnownMembership, KnownPerson
from services.activities.mapping import ActivitiesTable
from shared.events.envelope import State
from shared.events.registry import (
    Community,
    CulturalValue,
    Family,
    Membership,
    Network,
    NetworkMembership,
    Officer,
    Partner,
    Partnership,
    Person,
)

COPIES: Mapping[type[State], type[ActivitiesTable]] = {
    Person: KnownPerson, Family: KnownFamily, Community: KnownCommunity, Membership: KnownMembership,
    Network: KnownNetwork, NetworkMembership: KnownNetworkMembership, Partner: KnownPartner,
    CulturalValue: KnownCulturalValue, Officer: KnownOther, Partnership: KnownOther,
}  # fmt: skip
"""What is copied and where to, in the order in which rows are locked."""


async def store(connection: AsyncConnection, contract: type[State], newest: Mapping[UUID, tuple[int, State]]) -> int:
    """Stores the subjects of one contract that are newer than what is known; returns how many were."""
    if not newest:
        return 0
    fields = _fields(contract)
    rows = [
        {"id": subject, "sequence": sequence, **state.model_dump(mode="json", include=fields)}
        for subject, (sequence, state) in newest.items()
    ]
    stored = await connection.execute(_statement(contract), {"rows": orjson.dumps(rows).decode()})
    return stored.rowcount


@cache
def _fields(contract: type[State]) -> set[str]:
    return {column.name for column in COPIES[contract].__table__.columns} - {"id", "sequence"}


@cache
def _statement(contract: type[State]) -> TextClause:
    table = COPIES[contract].__tablename__
    columns = [column.name for column in COPIES[contract].__table__.columns]
    listed = ", ".join(columns)
    taken = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    return text(
        f"INSERT INTO {table} AS known ({listed}) SELECT {listed}"  # noqa: S608  # our own names
        f" FROM json_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS json)) ORDER BY id"
        f" ON CONFLICT (id) DO UPDATE SET {taken} WHERE known.sequence < excluded.sequence"
    )
