"""Reading networks within the caller's area: one, one to be changed, and lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.network_memberships.models import NetworkMembership
from services.registry.networks.models import Network, NetworkPlace
from services.registry.regions.service import Village
from services.registry.rights import OwnRecordOnly
from shared import records
from shared.auth import NATION, Principal, below
from shared.clock import local_date
from shared.codes import NetworkStatus
from shared.language import Text
from shared.pagination import Order
from shared.problems import Fault, Forbidden, InvalidPayload, NotFound
from shared.searching import said_like

columns = Network.__table__.c
_places = NetworkPlace.__table__.c
_memberships = NetworkMembership.__table__.c


class NetworkOutsideYourArea(Forbidden):
    slug = "network-outside-your-area"
    title = Text("Jaringan ini tidak bekerja di wilayah Anda", "The network does not work in your area")


class NetworkSort(StrEnum):
    """Orders of the list; names without regard to case and accents."""

    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    NetworkSort.NAME: Order([columns.sort_name, columns.id]),
    NetworkSort.NAME_DOWN: Order([columns.sort_name, columns.id], descending=True),
    NetworkSort.CHANGED: Order([columns.changed_at, columns.id]),
    NetworkSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    NetworkSort.ID: Order([columns.id]),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A network that the caller may change, locked until the transaction ends; the villages of its territory as they are
    today; and the local date of its first one."""

    network: Network
    villages: dict[UUID, Village]
    today: date

    @property
    def regions(self) -> set[UUID]:
        """The regions that its events concern."""
        return {place.village_id for place in self.network.territory}

    def uncovered(self, by: Principal) -> list[str]:
        """Codes of the villages it works in today that are outside the caller's area, in their order."""
        return sorted(code for code in self._current() if not by.covers(code))

    def _current(self) -> set[str]:
        return {
            self.villages[place.village_id].code
            for place in self.network.territory
            if place.until is None or place.until > self.today
        }

    def refuse_outside(self, by: Principal) -> None:
        """Raises NetworkOutsideYourArea unless one of the villages it works in today is in the caller's area."""
        if not any(by.covers(code) for code in self._current()):
            raise NetworkOutsideYourArea


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a network: it works, or worked, in one of their areas; an institution's operator sees
    those that its institution is or was a member of."""
    if principal.own_record_only:
        member = exists().where(
            _memberships.network_id == columns.id, _memberships.institution_id == principal.institution_id,
            _memberships.voided.is_(False),
        )  # fmt: skip
        return principal.within(institutions=member)
    return exists().where(_places.network_id == columns.id, principal.within(_places.village_code))


async def villages(session: AsyncSession, rows: Iterable[Any]) -> dict[UUID, Village]:
    """The villages of these networks' territories as they are today, by id."""
    ids = {place.village_id for row in rows for place in row.territory}
    found = await session.execute(
        select(Region.id, Region.code, Region.name, Region.level, Region.time_zone).where(Region.id.in_(ids))
    )
    return {row.id: Village(*row) for row in found}


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Network:
    """One network. Raises NotFound."""
    return await records.read(session, Network, id, visible(principal))


async def held(session: AsyncSession, id: UUID, by: Principal, now: datetime) -> Held:
    """One network to be changed, locked. Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea."""
    network = await records.locked(session, Network, id, visible(by))
    if by.own_record_only:
        raise OwnRecordOnly
    found = await villages(session, [network])
    holding = Held(network, found, local_date(now, found[network.territory[0].village_id].time_zone))
    holding.refuse_outside(by)
    return holding


async def named(session: AsyncSession, id: UUID, by: Principal, now: datetime, pointer: str) -> Held:
    """The network that a payload names, to be changed, locked. Raises InvalidPayload (`network-unknown`), else as `held`."""
    try:
        return await held(session, id, by, now)
    except NotFound as missing:
        raise InvalidPayload(errors=[unknown(id, pointer)]) from missing


def unknown(id: UUID, pointer: str) -> Fault:
    """The fault of a network that does not exist, or that the caller may not see."""
    return Fault(
        "network-unknown",
        Text(f"Tidak ada jaringan {id} di wilayah Anda.", f"There is no network {id} in your area."),
        Text("Cari idnya: GET /v1/networks?q=nama.", "Look up its id: GET /v1/networks?q=name."),
        pointer=pointer,
    )


async def listed(
    session: AsyncSession,
    principal: Principal,
    *,
    region: str | None = None,
    status: NetworkStatus | None = None,
    legalised_on: date | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see; voided ones instead if asked for.

    `region` is a stored code: networks that work or worked below it. `q` finds names and local names in any spelling; it
    sets how similar is similar enough for the rest of the transaction.
    """
    statement = select(*columns).where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(works_below(region))
    if status is not None:
        statement = statement.where(columns.status == status)
    if legalised_on is not None:
        statement = statement.where(_legalised(legalised_on))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is not None:
        statement = statement.where(await said_like(session, columns.search_text, q))
    return statement


def works_below(region: str) -> ColumnElement[bool]:
    """That a network works, or worked, in a region or below it; `region` is a stored code."""
    return exists().where(_places.network_id == columns.id, below(_places.village_code, region))


def _legalised(day: date) -> ColumnElement[bool]:
    """That a legalisation is valid on a day."""
    kept = func.jsonb_array_elements(cast(columns.legalisations, JSONB)).table_valued("value", name="kept")
    since, until = (cast(kept.c.value.op("->>")(name), Date) for name in ("since", "until"))
    return exists().select_from(kept).where(since <= day, or_(until.is_(None), until > day))
