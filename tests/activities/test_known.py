"""The copy of registry: newest sequence wins whatever the order, unreadable events are put aside, scope follows."""

import asyncio
from uuid import UUID

from uuid_utils.compat import uuid7

from services.activities.known import registry
from shared import database
from shared.arrived import Arrived
from shared.codes import InstitutionType, LegalStatus, Operation, Origin, RegionKind, RegionLevel, Verification
from shared.events import envelope
from shared.events.registry import Institution, Region, Seat
from tests.activities.announcer import AT
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World, faults
from tests.house import until


async def _name(world: World, subject: UUID) -> str:
    (row,) = await world.house.fetch("activities", "SELECT name FROM known_institution WHERE id = $1", subject)
    return str(row["name"])


async def test_a_stale_or_repeated_event_changes_nothing(world: World) -> None:
    await world.announcer.institution(HERE, id=world.lead, sequence=4, name="Arisan Mawar Baru")
    await world.announcer.region(HERE, sequence=3, name="Baru")
    await world.announcer.institution(HERE, id=world.lead, sequence=3, name="Arisan Lama", voided=True)
    await world.announcer.institution(HERE, id=world.lead, sequence=4, name="Arisan Mawar Ganda")
    await world.announcer.region(HERE, sequence=2, name="Lama")
    await world.house.caught_up()
    # A second time, so that the stale ones do not share a batch with the newest.
    await world.announcer.institution(HERE, id=world.lead, sequence=1, name="Arisan Lama", voided=True)
    await world.announcer.region(HERE, sequence=3, name="Ganda")
    await world.house.caught_up()
    assert await _name(world, world.lead) == "Arisan Mawar Baru"
    made = await world.posted(world.planned())
    assert (made["lead_institution_name"], made["village_name"]) == ("Arisan Mawar Baru", "Baru")


async def test_within_a_batch_the_newest_wins_too(world: World) -> None:
    region = Region(
        level=RegionLevel.VILLAGE, kind=RegionKind.DESA, name="", time_zone="Asia/Jakarta", codes=[], lineage=[]
    )  # fmt: skip
    subject = uuid7()
    batch = [
        Arrived(
            envelope.Event(
                id=uuid7(), type="registry.region.renamed.v1", subject=subject, sequence=sequence, time=AT, data=b"",
                schema=Region.schema_uri(),
            ),
            region.model_copy(update={"name": f"Versi {sequence}"}),
        )
        for sequence in (2, 4, 3)
    ]  # fmt: skip
    engine = database.open_engine(world.house.settings("activities"), pool_size=1)
    try:
        async with engine.begin() as connection:
            assert await registry.apply(connection, batch) == 1
            assert await registry.apply(connection, batch) == 0
    finally:
        await engine.dispose()
    (row,) = await world.house.fetch("activities", "SELECT name FROM known_region WHERE id = $1", subject)
    assert row["name"] == "Versi 4"


async def test_an_institution_may_come_before_its_village(world: World) -> None:
    village = "32.04.06.2002"
    early = await world.announcer.institution(village, name="Lebih dulu")
    await world.announcer.arrived()
    district = world.client("district-facilitator", "32.04")
    body = world.planned(lead_institution_id=str(early))
    answer = await district.post("/v1/activities", json=body)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("reference-not-arrived")
    assert answer.headers["Retry-After"]
    assert await world.stored() == (0, 0)
    await world.posted(world.planned(co_organiser_ids=[str(early)]))
    await world.announcer.region(village)
    await world.announcer.arrived()
    made = await world.posted(body, district)
    assert made["lead_institution_name"] == "Lebih dulu"


async def test_an_unreadable_event_is_put_aside_and_the_others_flow(world: World) -> None:
    subject = uuid7()
    state = b'{"type": "ARS", "name": "Tanpa isi lain"}'
    event = envelope.Event(
        id=uuid7(), type="registry.institution.verified.v1", subject=subject, sequence=1,
        time=(await world.house.fetch("activities", "SELECT now() AS t"))[0]["t"], data=state,
        schema=Institution.schema_uri(),
    )  # fmt: skip
    topic = Institution.topic()
    await world.announcer.raw(topic, subject, state, envelope.headers(event))
    await world.announcer.raw(topic, subject, b"not even JSON", [])
    await _announce_text(world, subject, rb"Arisan\u0000Mawar")
    await _announce_text(world, subject, rb"Arisan\ud800Mawar")
    later = await world.announcer.institution(HERE, id=subject, sequence=2, name="Terbaca")
    await world.announcer.arrived()
    assert await _name(world, later) == "Terbaca"
    parked = await world.house.fetch(
        "activities", "SELECT subject_id, sequence, value, reason FROM parked_event ORDER BY id"
    )
    assert [(row["subject_id"], row["sequence"], row["value"]) for row in parked[:2]] == [
        (subject, 1, state), (None, None, b"not even JSON"),
    ]  # fmt: skip
    assert "origin" in parked[0]["reason"]
    assert "NUL" in parked[2]["reason"]
    metrics = (await world.client().get("/metrics")).text
    assert "wahana_parked_events 4.0" in metrics


async def _announce_text(world: World, subject: UUID, name: bytes) -> None:
    """An institution whose name is these bytes of JSON, in an event that is fine otherwise."""
    state = Institution(
        type=InstitutionType.ARS, name="Nama", origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
        verification=Verification.DRAF, operation=Operation.AKTIF, active=[], seats=[Seat(village_id=uuid7())],
    )  # fmt: skip
    event = envelope.Event(
        id=uuid7(), type=state.event_type("verified"), subject=subject, sequence=1, time=AT,
        data=state.model_dump_json().encode().replace(b"Nama", name), schema=state.schema_uri(),
    )  # fmt: skip
    await world.announcer.raw(state.topic(), subject, event.data, envelope.headers(event))


async def test_scope_follows_a_lead_that_moved_and_a_village_that_was_recoded(world: World) -> None:
    made = await world.posted(world.planned(village=PAPUA))
    address = f"/v1/activities/{made['id']}"
    next_village, operator = world.client("village-operator", NEXT_VILLAGE), world.client()
    host, new_host = world.client("village-operator", PAPUA), world.client("village-operator", "93.01.01.2001")
    await world.announcer.institution(NEXT_VILLAGE, id=world.lead, sequence=2)
    await world.announcer.region("93.01.01.2001", first_code=PAPUA, sequence=2)
    await world.announcer.arrived()
    statuses = [(await client.get(address)).status_code for client in (operator, next_village, host, new_host)]
    assert statuses == [404, 200, 404, 200]
    assert (await world.step(made, "cancellation", {"reason": "Pindah"}, next_village)).status_code == 200
    await world.announcer.region("32.04.05.2099", first_code=NEXT_VILLAGE, sequence=2)
    await world.announcer.arrived()
    statuses = [
        (await client.get(address)).status_code
        for client in (next_village, world.client("village-operator", "32.04.05.2099"))
    ]
    assert statuses == [404, 200]


async def test_a_position_is_waited_for_and_nothing_is_stored_half_known(world: World) -> None:
    """Registry's event is late: 409 until it has arrived, then the same request succeeds."""
    operator = world.client()
    late = uuid7()
    body = world.planned(co_organiser_ids=[str(late)])
    named = {"Wahana-At-Least": f"registry/{late}@1, registry/{world.lead}@1"}
    key = named | {"Idempotency-Key": "terlambat-1"}
    waited = await operator.post("/v1/activities", json=body, headers=key)
    assert waited.status_code == 409
    assert waited.json()["type"].endswith("reference-not-arrived")
    assert waited.json()["missing"] == [f"registry/{late}@1"]
    assert waited.headers["Retry-After"] == "2"
    unnamed = await operator.post("/v1/activities", json=body)
    assert faults(unnamed) == [("/co_organiser_ids/0", "institution-unknown")]
    assert await world.stored() == (0, 0)
    await world.announcer.institution(NEXT_DISTRICT, id=late)
    arrived = await operator.post("/v1/activities", json=body, headers=key)
    assert arrived.status_code == 201, arrived.text
    assert await world.stored() == (1, 1)


async def test_a_newer_version_is_waited_for_too(world: World) -> None:
    closed = await world.announcer.institution(HERE, active=[("2020-01-01", "2026-01-01")])
    await world.announcer.arrived()
    body = world.planned(lead_institution_id=str(closed))
    named = {"Wahana-At-Least": f"registry/{closed}@2"}
    assert (await world.client().post("/v1/activities", json=body)).status_code == 422
    assert (await world.client().post("/v1/activities", json=body, headers=named)).status_code == 409
    await world.announcer.institution(HERE, id=closed, sequence=2)
    assert (await world.client().post("/v1/activities", json=body, headers=named)).status_code == 201


async def test_a_position_reached_does_not_make_another_id_known(world: World) -> None:
    nobody = uuid7()
    named = {"Wahana-At-Least": f"registry/{world.lead}@1"}
    body = world.planned(target_institution_ids=[str(nobody)])
    answer = await world.client().post("/v1/activities", json=body, headers=named)
    assert faults(answer) == [("/target_institution_ids/0", "institution-unknown")]


async def test_a_position_whose_event_was_put_aside_is_told(world: World) -> None:
    subject = uuid7()
    headers = [("ce_subject", str(subject).encode()), ("ce_sequence", b"1")]
    await world.announcer.raw(Region.topic(), subject, b"{}", headers)
    await until(lambda: world.house.fetch("activities", "SELECT 1 FROM parked_event"), "the event is parked")
    named = {"Wahana-At-Least": f"registry/{subject}@1"}
    answer = await world.client().post("/v1/activities", json=world.planned(), headers=named)
    assert answer.status_code == 409
    assert len(answer.json()["parked_events"]) == 1


async def test_nonsense_positions_are_refused(world: World) -> None:
    good = f"registry/{world.lead}@1"
    for named in ["", "x", f"activities/{world.lead}@1", f"registry/{world.lead}", f"{good},", "registry/" + "-" * 36 + "@1",
                  f"registry/{world.lead}@9999999999", ",".join([good] * 21)]:  # fmt: skip
        answer = await world.client().post("/v1/activities", json=world.planned(), headers={"Wahana-At-Least": named})
        assert answer.status_code == 400, named
        assert faults(answer) == [("Wahana-At-Least", "not-a-position")]
    assert await world.stored() == (0, 0)


async def test_waiting_holds_no_transaction(world: World) -> None:
    """Twice as many waiting requests as there are connections do not keep another one from being served."""
    operator = world.client()
    named = {"Wahana-At-Least": f"registry/{uuid7()}@1"}
    waiting = [
        asyncio.create_task(operator.post("/v1/activities", json=world.planned(), headers=named)) for _ in range(16)
    ]
    await asyncio.sleep(0.2)
    await world.posted(world.planned())
    assert not any(task.done() for task in waiting)
    assert {(await task).status_code for task in waiting} == {409}
