"""Who an agreement is made with: institutions and networks that the caller may see, and where they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries as institutions
from services.registry.networks import queries as networks
from services.registry.networks.models import NetworkPlace
from services.registry.partnerships.models import Partnership
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault

columns = Partnership.__table__.c
_places = NetworkPlace.__table__.alias()


@dataclass(frozen=True, slots=True)
class Party:
    """A party that the caller may see."""

    voided: bool
    village_ids: frozenset[UUID]


def having(institution: ColumnElement[bool], network: ColumnElement[bool]) -> ColumnElement[bool]:
    """That one of an agreement's parties is such an institution or such a network."""
    return or_(
        exists().where(institutions.columns.id == columns.institution_ids.any_(), institution),
        exists().where(networks.columns.id == columns.network_ids.any_(), network),
    )


async def seen(
    session: AsyncSession, institution_ids: Collection[UUID], network_ids: Collection[UUID], by: Principal
) -> dict[UUID, Party]:
    """Those of these institutions and networks that the caller may see, by id."""
    found: dict[UUID, Party] = {}
    if institution_ids:
        c = institutions.columns
        statement = select(c.id, c.voided, c.village_id).where(c.id.in_(institution_ids), institutions.visible(by))
        for row in await session.execute(statement):
            found[row.id] = Party(row.voided, frozenset({row.village_id}))
    if network_ids:
        n = networks.columns
        statement = (
            select(n.id, n.voided, _places.c.village_id)
            .join(_places, _places.c.network_id == n.id)
            .where(n.id.in_(network_ids), networks.visible(by))
        )
        for row in await session.execute(statement):
            before = found.get(row.id)
            villages = before.village_ids if before else frozenset()
            found[row.id] = Party(row.voided, villages | {row.village_id})
    return found


async def villages(session: AsyncSession, agreements: Sequence[Partnership]) -> dict[UUID, set[UUID]]:
    """By agreement, the villages that its parties are or work in, whoever may see them."""
    c = institutions.columns
    named = {id for one in agreements for id in one.institution_ids}
    seats = await session.execute(select(c.id, c.village_id).where(c.id.in_(named)))
    working = {id for one in agreements for id in one.network_ids}
    places = await session.execute(
        select(_places.c.network_id, _places.c.village_id).where(_places.c.network_id.in_(working))
    )
    found: dict[UUID, set[UUID]] = {}
    for party, village in (*seats.all(), *places.all()):
        found.setdefault(party, set()).add(village)
    return {
        one.id: {village for id in (*one.institution_ids, *one.network_ids) for village in found.get(id, ())}
        for one in agreements
    }


def faults(
    institution_ids: Sequence[UUID], network_ids: Sequence[UUID], found: dict[UUID, Party], kept: Collection[UUID] = ()
) -> list[Fault]:
    """What is wrong with the parties that a payload names; those in `kept` were parties before and may stay."""
    return [
        fault
        for noun, ids in (("institution", institution_ids), ("network", network_ids))
        for place, id in enumerate(ids)
        if id not in kept and (fault := _fault(noun, id, found.get(id), f"/{noun}_ids/{place}"))
    ]


_NOUNS = {"institution": "lembaga", "network": "jaringan"}


def _fault(noun: str, id: UUID, party: Party | None, pointer: str) -> Fault | None:
    if party is None:
        return Fault(
            f"{noun}-unknown",
            Text(f"Tidak ada {_NOUNS[noun]} {id} di wilayah Anda.", f"There is no {noun} {id} in your area."),
            Text(f"Cari id-nya: GET /v1/{noun}s?q=nama.", f"Look up its id: GET /v1/{noun}s?q=name."),
            pointer=pointer,
        )
    if party.voided:
        return Fault(
            f"{noun}-voided",
            Text("Data ini dibatalkan sebagai salah input.", f"This {noun} was voided as an entry error."),
            Text("Pakai data yang benar.", "Use the record that is right."),
            pointer=pointer,
        )
    return None
