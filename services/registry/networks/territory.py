"""The territory of a network: villages over time, whole or in part, and what may stand in it together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.networks.models import NetworkPlace
from services.registry.networks.schemas import TerritoryPlace
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from shared import database
from shared.auth import Principal
from shared.days import in_the_future
from shared.events.networks import Territory
from shared.fields import folded
from shared.language import Text
from shared.problems import Fault, InvalidPayload

POINTER = "/territory"


def declared(territory: Iterable[Territory], villages: Mapping[UUID, Village]) -> list[TerritoryPlace]:
    """A stored territory as it would be sent."""
    return [
        TerritoryPlace(village=villages[kept.village_id].code, part=kept.part, since=kept.since, until=kept.until)
        for kept in territory
    ]


async def kept(
    session: AsyncSession, places: Sequence[TerritoryPlace], known: Mapping[UUID, Village]
) -> tuple[list[Territory], dict[UUID, Village]]:
    """A territory as it is stored, and its villages by id; `known` are those that need not be looked up.

    Raises InvalidPayload: `region-unknown`, `region-wrong-level`.
    """
    driver = await database.driver(session)
    by_code = {village.code: village for village in known.values()}
    for place, wanted in enumerate(places):
        if wanted.village not in by_code:
            village = await regions.village(driver, wanted.village, f"{POINTER}/{place}/village")
            # The driver's own kind of UUID is no JSON.
            by_code[wanted.village] = village._replace(id=UUID(int=village.id.int))
    found = {by_code[wanted.village].id: by_code[wanted.village] for wanted in places}
    stored = [
        Territory(village_id=by_code[wanted.village].id, part=wanted.part, since=wanted.since, until=wanted.until)
        for wanted in places
    ]
    return stored, found


def refuse_contradictions(territory: Sequence[Territory], today: date) -> None:
    """Raises InvalidPayload naming each entry that is empty, in the future or said twice, or that nothing lasts."""
    faults = list(_contradictions(territory, today))
    if faults:
        raise InvalidPayload(errors=faults)


def _contradictions(territory: Sequence[Territory], today: date) -> Iterator[Fault]:
    for place, entry in enumerate(territory):
        at = f"territory/{place}"
        if entry.since is not None and entry.since > today:
            yield in_the_future(today, f"{at}/since")
        if entry.since is not None and entry.until is not None and entry.until <= entry.since:
            yield _ends_before_it_begins(f"/{at}/until")
        if any(_same_ground(entry, other) for other in territory[:place]):
            yield _said_twice(f"/{at}")
    if all(entry.until is not None for entry in territory):
        yield _nothing_lasts()


def _same_ground(one: Territory, other: Territory) -> bool:
    """Whether both speak of some same ground on some same day; a whole village holds each of its parts."""
    if one.village_id != other.village_id:
        return False
    if one.part is not None and other.part is not None and folded(one.part) != folded(other.part):
        return False
    return _before(one.since, other.until) and _before(other.since, one.until)


def _before(since: date | None, until: date | None) -> bool:
    return since is None or until is None or since < until


def refuse_outside(
    before: Sequence[Territory], after: Sequence[Territory], villages: Mapping[UUID, Village], by: Principal
) -> None:
    """Raises InvalidPayload (`outside-your-area`) for each village whose entries differ and that the caller has no
    rights in."""
    differing = {entry.village_id for entry in (*before, *after) if entry not in before or entry not in after}
    outside = {id for id in differing if not by.covers(villages[id].code)}
    faults = [
        _outside(villages[entry.village_id].code, by, f"{POINTER}/{place}/village")
        for place, entry in enumerate(after)
        if entry.village_id in outside
    ]
    taken_out = outside - {entry.village_id for entry in after}
    faults += [_outside(code, by, POINTER) for code in sorted(villages[id].code for id in taken_out)]
    if faults:
        raise InvalidPayload(errors=faults)


async def seen_from(
    session: AsyncSession, network_id: UUID, territory: Iterable[Territory], villages: Mapping[UUID, Village]
) -> None:
    """Writes from which villages the network is seen: all of its territory, of today and before."""
    await session.execute(delete(NetworkPlace).where(NetworkPlace.network_id == network_id))
    rows = [
        {"network_id": network_id, "village_id": id, "village_code": villages[id].code}
        for id in sorted({entry.village_id for entry in territory})
    ]
    await session.execute(insert(NetworkPlace), rows)


def holds(territory: Iterable[Territory], village_id: UUID, day: date) -> bool:
    """Whether a village, or a part of it, is in the territory on a day."""
    return any(
        entry.village_id == village_id
        and (entry.since is None or entry.since <= day)
        and (entry.until is None or day < entry.until)
        for entry in territory
    )


def _ends_before_it_begins(pointer: str) -> Fault:
    return Fault(
        "end-before-start",
        Text("Berakhir sebelum mulai.", "It ends before it begins."),
        Text("Perbaiki `since` atau `until`.", "Correct `since` or `until`."),
        pointer=pointer,
    )


def _said_twice(pointer: str) -> Fault:
    return Fault(
        "territory-overlaps",
        Text(
            "Tempat ini sudah disebut untuk hari yang sama.", "This place is named already for some of the same days."
        ),
        Text(
            "Sebut desa seutuhnya, atau bagian-bagiannya, sekali untuk setiap hari.",
            "Name the whole village, or parts of it, once for each day.",
        ),
        pointer=pointer,
    )


def _nothing_lasts() -> Fault:
    return Fault(
        "territory-empty",
        Text("Tidak ada desa yang masih menjadi wilayah kerja.", "No village is left to work in."),
        Text(
            "Biarkan `until` kosong pada sedikitnya satu desa; jaringan yang berakhir dibubarkan (POST …/dissolution).",
            "Leave `until` out of at least one village; a network that ends is dissolved (POST …/dissolution).",
        ),
        pointer=POINTER,
    )


def _outside(code: str, by: Principal, pointer: str) -> Fault:
    areas = ", ".join(by.areas) or "-"
    return Fault(
        "outside-your-area",
        Text(f"Desa {code} di luar wilayah Anda.", f"The village {code} is outside your area."),
        Text(f"Ubah hanya desa di wilayah Anda: {areas}.", f"Change villages in your area only: {areas}."),
        pointer=pointer,
    )
