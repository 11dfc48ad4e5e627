"""Codes that have ended: read by the activity's day, followed by what lies there, and good for the rights of their holders."""

import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities.known import following, registry
from services.registry.regions import identity
from shared import database
from shared.arrived import Arrived
from shared.clock import SettableClock
from shared.codes import CodeSystem, Confidence, RegionKind, RegionLevel, SuccessionKind
from shared.events import envelope
from shared.events.registry import Region, RegionCode, Succession
from tests.activities.announcer import AT
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, World, faults
from tests.house import House, until

NEW = "32.04.47.2001"
CHANGED = date(2026, 3, 1)
"""The day of every change here; the clock stands at 15 March 2026."""


def held_code(code: str, since: date | None = None, until: date | None = None) -> RegionCode:
    return RegionCode(system=CodeSystem.KEMENDAGRI, code=code, since=since, until=until)


def successor(code: str, kind: SuccessionKind, *, rights: bool = True, records: bool = False) -> Succession:
    return Succession(
        region_id=identity.region_id(code), kind=kind, on=CHANGED, confidence=Confidence.DECREED, rights_follow=rights,
        takes_records=records,
    )  # fmt: skip


async def recoded(world: World, sequence: int = 2) -> None:
    """The village HERE has another code since CHANGED."""
    codes = [held_code(HERE, until=CHANGED), held_code(NEW, CHANGED)]
    await world.announcer.region(NEW, first_code=HERE, sequence=sequence, name="Cileunyi Kulon", codes=codes)
    await world.announcer.arrived()


async def merged(world: World) -> None:
    """The village NEXT_VILLAGE is no more since CHANGED; HERE took over what lay there, and its people the rights."""
    await world.announcer.region(
        NEXT_VILLAGE, sequence=2, name="Cileunyi Wetan", codes=[held_code(NEXT_VILLAGE, until=CHANGED)], until=CHANGED,
        successors=[successor(HERE, SuccessionKind.MERGE, records=True)],
    )  # fmt: skip
    await world.announcer.arrived()


def on(day: str, **changes: Any) -> dict[str, Any]:
    return {"completion": {"held_from": day, "held_until": day}, **changes}


async def sees(client: httpx.AsyncClient, *titles: str) -> None:
    """Waits until a caller's list holds exactly these: the meaning of a token's codes is a few seconds old."""

    async def so() -> bool:
        items = (await client.get("/v1/activities", params={"sort": "title"})).json()["items"]
        return [item["title"] for item in items] == list(titles)

    await until(so, f"sees {titles}")


async def test_a_code_that_has_ended_is_understood_for_a_day_on_which_it_was_in_force(world: World) -> None:
    await recoded(world)
    operator = world.client()
    answer = await operator.post(
        "/v1/activities", json=world.held(**on("2026-02-28")), headers={"Accept-Language": "en"}
    )
    made = answer.json()
    assert answer.status_code == 201, made
    assert (made["village"], made["village_id"]) == (NEW, str(identity.region_id(HERE)))
    assert made["warnings"] == [
        {
            "pointer": "/village", "code": "region-code-ended",
            "message": f"The code {HERE} ended on 2026-03-01; read as Cileunyi Kulon, whose code is {NEW} today.",
        }
    ]  # fmt: skip
    late = await operator.post("/v1/activities", json=world.held(**on("2026-03-01")))
    assert late.status_code == 422
    assert faults(late) == [("/village", "region-code-ended")]
    assert NEW in late.json()["errors"][0]["remedy"]
    assert await world.stored() == (1, 1)
    assert (await world.posted(world.held(village=NEW, **on("2026-02-28")), operator))["warnings"] == []
    renamed = await world.step(made, "correction", {"village": HERE, "reason": "Kode lama"}, operator)
    assert (renamed.json()["sequence"], renamed.json()["village"]) == (1, NEW), "the same village: nothing changed"
    assert [warning["code"] for warning in renamed.json()["warnings"]] == ["region-code-ended"]


async def test_a_code_that_another_village_has_today_means_the_one_that_had_it_on_the_day(world: World) -> None:
    await recoded(world)
    founded = identity.region_id(f"{HERE}/2026-03-10")
    state = Region(
        level=RegionLevel.VILLAGE, kind=RegionKind.DESA, name="Cileunyi Tengah", time_zone="Asia/Jakarta", lineage=[],
        codes=[held_code(HERE, date(2026, 3, 10))], since=date(2026, 3, 10),
    )  # fmt: skip
    await world.announcer.publish(founded, 1, state, "founded")
    await world.announcer.arrived()
    district = world.client("regency-officer", "32.04")
    before = await world.posted(world.held(**on("2026-02-28")), district)
    since = await world.posted(world.held(**on("2026-03-11")), district)
    assert (before["village_id"], before["village"]) == (str(identity.region_id(HERE)), NEW)
    assert (since["village_id"], since["village"], since["warnings"]) == (str(founded), HERE, [])


async def test_what_was_held_in_a_village_that_is_no_more_is_seen_by_who_took_over(world: World) -> None:
    neighbour = world.client("village-operator", NEXT_VILLAGE)
    local = await world.announcer.institution(NEXT_VILLAGE, name="Arisan Wetan")
    await world.announcer.arrived()
    body = world.held(title="Dulu di Wetan", village=NEXT_VILLAGE, lead_institution_id=str(local))
    made = await world.posted(body, neighbour)
    await merged(world)
    heirs = world.client()
    await sees(heirs, "Dulu di Wetan")
    await sees(neighbour, "Dulu di Wetan")
    told = (await heirs.get(f"/v1/activities/{made['id']}")).json()
    assert (told["village"], told["village_id"]) == (HERE, made["village_id"])
    listed = (await heirs.get("/v1/activities", params={"region": NEXT_VILLAGE, "count": True})).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]], "an old code means who took over"
    late = await world.posted(world.held(title="Juga dulu", village=NEXT_VILLAGE, **on("2026-02-20")), heirs)
    assert (late["village"], late["village_id"]) == (HERE, made["village_id"])
    here = await world.posted(world.held(title="Salah desa", **on("2026-02-21")), heirs)
    put_right = await world.step(here, "correction", {"village": NEXT_VILLAGE, "reason": "Salah desa"}, heirs)
    corrected = put_right.json()
    assert (corrected["sequence"], corrected["village"], corrected["village_id"]) == (2, HERE, made["village_id"])
    assert [event["village_id"] for event in await world.events(here["id"])] == [here["village_id"], made["village_id"]]
    refused = await heirs.post("/v1/activities", json=world.planned(village=NEXT_VILLAGE))
    assert faults(refused) == [("/village", "region-code-ended")]
    # Who took over is recoded itself: what lay in the one that is no more goes along.
    await recoded(world)
    await sees(heirs, "Dulu di Wetan", "Juga dulu", "Salah desa")
    assert (await heirs.get(f"/v1/activities/{made['id']}")).json()["village"] == NEW


async def test_of_a_split_only_those_rights_follow_that_were_decided(world: World) -> None:
    """The district's village 2002 moved into a new district; that its people go along was decided only later."""
    facilitator = world.client("district-facilitator", "32.04.05")
    lead = await world.announcer.institution(NEXT_VILLAGE)
    await world.announcer.arrived()
    body = world.held(title="Di desa yang pindah", village=NEXT_VILLAGE, lead_institution_id=str(lead))
    await world.posted(body, facilitator)
    moved = [held_code(NEXT_VILLAGE, until=CHANGED), held_code(NEW, CHANGED)]
    await world.announcer.region("32.04.47", codes=[held_code("32.04.47", CHANGED)])
    await world.announcer.region(NEW, first_code=NEXT_VILLAGE, sequence=2, codes=moved)
    undecided = successor("32.04.47", SuccessionKind.SPLIT, rights=False)
    await world.announcer.region("32.04.05", sequence=2, successors=[undecided])
    await world.announcer.arrived()
    await sees(facilitator)
    await sees(world.client("village-operator", NEXT_VILLAGE), "Di desa yang pindah")
    await sees(world.client("district-facilitator", "32.04.06"))
    decided = successor("32.04.47", SuccessionKind.SPLIT)
    await world.announcer.region("32.04.05", sequence=3, successors=[decided])
    await world.announcer.arrived()
    await sees(facilitator, "Di desa yang pindah")
    assert faults(await facilitator.get("/v1/activities", params={"region": "32.99"})) == [("region", "region-unknown")]
    assert (await facilitator.get("/v1/activities", params={"region": NEXT_DISTRICT})).json()["items"] == []


@pytest.fixture
async def alone(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[tuple[House, AsyncEngine]]:
    """Activities without its worker, and an engine over its database."""
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        engine = database.open_engine(house.settings("activities"), pool_size=1)
        yield house, engine
        await engine.dispose()


def told(codes: dict[UUID, str], sequence: int) -> Sequence[Arrived]:
    """An event of each of these villages."""
    return [
        Arrived(
            envelope.Event(
                id=uuid7(), type="registry.region.recoded.v1", subject=subject, sequence=sequence, time=AT, data=b"",
                schema=Region.schema_uri(),
            ),
            Region(
                level=RegionLevel.VILLAGE, kind=RegionKind.DESA, name="Desa", time_zone="Asia/Jakarta", lineage=[],
                codes=[held_code(code)],
            ),
        )
        for subject, code in codes.items()
    ]  # fmt: skip


ACTIVITIES = text("""
    INSERT INTO activity (id, title, kind, village_id, village_code, lead_institution_id, lead_village_code,
        co_organiser_ids, partners, target_institution_ids, plan, status, voided, recorded_at, changed_at, sequence)
    SELECT gen_random_uuid(), 'Kerja bakti', 'gotong_royong', id, code, gen_random_uuid(), 'x', '{}', '{}', '{}', '[]',
        'direncanakan', false, now(), now(), 1
    FROM known_region
""")
FOLLOWED = text("""
    SELECT count(*) FILTER (WHERE village_code = code), count(*) FROM activity JOIN known_region ON known_region.id = village_id
""")


async def test_two_thousand_villages_recoded_in_one_batch_are_followed_in_bounded_portions(
    alone: tuple[House, AsyncEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, engine = alone
    monkeypatch.setattr(following, "RECORDS", 700)
    villages = [uuid7() for _ in range(2000)]
    async with engine.begin() as connection:
        before = {village: f"32.04.05.{2000 + number}" for number, village in enumerate(villages)}
        assert await registry.apply(connection, told(before, 1)) == 2000
        await connection.execute(ACTIVITIES)
    after = {village: f"32.04.47.{2000 + number}" for number, village in enumerate(villages)}
    counts = []
    async with engine.begin() as connection:
        assert await registry.apply(connection, told(after, 2)) == 2000
        counts.append(tuple((await connection.execute(FOLLOWED)).one()))
    while await following.one(engine):
        async with engine.connect() as connection:
            counts.append(tuple((await connection.execute(FOLLOWED)).one()))
    followed = [count for count, _ in counts]
    assert followed[0] == 700, "one portion with the batch"
    assert all(later - earlier <= 700 for earlier, later in itertools.pairwise(followed))
    assert counts[-1] == (2000, 2000)
