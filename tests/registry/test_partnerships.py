"""Agreements: with institutions and networks that one may see, over days, ended early, overlapping, never half-checked."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select

from services.registry.cultural_values import places
from services.registry.cultural_values import service as values
from services.registry.cultural_values import states as value_states
from services.registry.cultural_values.schemas import CulturalValueIn
from services.registry.models import Region
from services.registry.partners import service as partners
from services.registry.partners import states as partner_states
from services.registry.partners.schemas import PartnerIn
from services.registry.partnerships import service, states
from services.registry.partnerships.references import References
from services.registry.partnerships.schemas import PartnershipIn
from shared.auth import Principal
from shared.database import open_engine, sessions, transaction
from shared.events import registry as contract
from shared.outbox import Fact, register_many
from tests.house import House, until
from tests.registry.institutions import (
    ELSEWHERE,
    REASON,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    events,
    faults,
    patched,
    problem,
    record,
    registration,
    step,
    take,
)

ADDRESS = "/v1/partnerships"
AGREEMENTS = "partnerships"
NOBODY = "0195a7c4-8a51-7c3e-9d53-000000000000"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


class Ground:
    """A partner of the regency, an institution in three villages, one of another province, and a network."""

    def __init__(self, people: People) -> None:
        self.people = people

    async def laid(self) -> "Ground":
        officer = self.people.officer
        partner = {"kind": "dunia_usaha", "name": "PT Sinar", "region": REGENCY}
        self.partner = record(await officer.post("/v1/partners", json=partner), 201)["id"]
        self.here, self.next, self.over = [
            record(await officer.post("/v1/institutions", json=registration(name=f"Arisan {v}", village=v)), 201)["id"]
            for v in (VILLAGE, VILLAGE_NEXT, VILLAGE_OVER)
        ]
        away = self.people.house.client("registry", "village-operator", ELSEWHERE)
        self.away = record(await away.post("/v1/institutions", json=registration(village=ELSEWHERE)), 201)["id"]
        network = {"name": "WKSBM Cileunyi", "initiated_on": "2020-01-01", "territory": [{"village": VILLAGE}]}
        self.network = record(await officer.post("/v1/networks", json=network), 201)["id"]
        return self

    def body(self, **changes: Any) -> dict[str, Any]:
        body = {
            "partner_id": self.partner, "institution_ids": [self.here], "title": "Bantuan modal KUBE",
            "number": "07/MoU/2026", "since": "2026-01-01", "valid_until": "2026-12-31",
            "contributions": [
                {"kind": "uang", "value": 25000000, "description": "Modal bergulir rahasia"}, {"kind": "jasa"},
            ],
        } | changes  # fmt: skip
        return {name: value for name, value in body.items() if value is not ...}

    async def agreed(self, client: Any = None, **changes: Any) -> dict[str, Any]:
        return record(await (client or self.people.officer).post(ADDRESS, json=self.body(**changes)), 201)


async def _titles(client: Any, query: str = "") -> list[str]:
    return [item["title"] for item in record(await client.get(f"{ADDRESS}?{query}"))["items"]]


async def _stored(house: House) -> tuple[int, int]:
    rows = await house.fetch(
        "registry",
        "SELECT (SELECT count(*) FROM partnership), (SELECT count(*) FROM outbox WHERE topic LIKE '%.partnership.v1')",
    )
    return rows[0][0], rows[0][1]


async def test_an_agreement_lives_from_its_making_to_its_early_end_one_event_a_step(people: People) -> None:
    ground = await Ground(people).laid()
    officer, house = people.officer, people.house
    wanted = ground.body(institution_ids=[ground.here, ground.over, ground.here], network_ids=[ground.network], areas=[REGENCY])  # fmt: skip
    answer = await officer.post(ADDRESS, json=wanted)
    body = record(answer, 201)
    assert answer.headers["Location"] == f"{ADDRESS}/{body['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert (body["partner_name"], body["partner_kind"], body["areas"]) == ("PT Sinar", "dunia_usaha", [REGENCY])
    assert (body["institution_ids"], body["network_ids"]) == ([ground.here, ground.over], [ground.network])
    assert (body["valid_until"], body["ended_on"]) == ("2026-12-31", None)
    assert body["contributions"][1] == {"kind": "jasa", "value": None, "description": None}
    read = await officer.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, '"1"')
    assert record(await patched(officer, body, {"institution_ids": [ground.over, ground.here]}, AGREEMENTS))["sequence"] == 1  # fmt: skip
    changed = record(await patched(officer, body, {"institution_ids": [ground.here], "network_ids": None, "number": None}, AGREEMENTS))  # fmt: skip
    assert (changed["institution_ids"], changed["network_ids"], changed["number"]) == ([ground.here], [], None)
    ended = await take(officer, changed, "termination", {"on": "2026-07-01", **REASON}, AGREEMENTS)
    assert (ended["valid_until"], ended["ended_on"]) == ("2026-12-31", "2026-07-01")
    problem(await step(officer, ended, "termination", {"on": "2026-08-01", **REASON}, AGREEMENTS), 409, "partnership-ended")  # fmt: skip
    again = await take(officer, ended, "reinstatement", REASON, AGREEMENTS)
    assert again["ended_on"] is None
    problem(await step(officer, again, "reinstatement", REASON, AGREEMENTS), 409, "partnership-not-ended")
    voided = await take(officer, again, "voiding", REASON, AGREEMENTS)
    problem(await patched(officer, voided, {"title": "Lain"}, AGREEMENTS), 409, "record-not-changeable")
    told = await events(house, body["id"])
    assert [e["type"].split(".")[2] for e in told] == ["agreed", "changed", "ended", "reinstated", "voided"]
    states = [contract.Partnership.model_validate_json(e["data"]) for e in told]
    assert [str(s.until) for s in states] == ["2027-01-01", "2027-01-01", "2026-07-01", "2027-01-01", "2027-01-01"]
    assert not any(secret in e["data"] for e in told for secret in ("rahasia", "Bantuan", "07/MoU"))
    assert json.loads(states[0].model_dump_json()) == json.loads(told[0]["data"])
    villages = {record(await officer.get(f"/v1/institutions/{id}"))["village_id"] for id in (ground.here, ground.over)}
    regency = record(await officer.get(f"/v1/regions/{REGENCY}"))["id"]
    for event in told[:2]:  # also the change that let a party go is told where that party is
        assert {str(id) for id in event["region_ids"]} == {*villages, regency}
    history: Any = record(await officer.get(f"{ADDRESS}/{body['id']}/history"))
    assert history[2]["reason"] == REASON["reason"]


async def test_overlapping_agreements_are_found_by_party_place_day_and_words(people: People) -> None:
    ground = await Ground(people).laid()
    await ground.agreed(title="Modal KUBE")
    await ground.agreed(title="Pelatihan", since="2025-06-01", valid_until=..., institution_ids=[ground.over])
    network = await ground.agreed(title="Jaringan", since="2027-01-01", valid_until="2027-01-01", institution_ids=..., network_ids=[ground.network])  # fmt: skip
    officer = people.officer
    assert await _titles(officer) == ["Jaringan", "Modal KUBE", "Pelatihan"]
    assert await _titles(officer, "sort=since&limit=1") == ["Pelatihan"]
    assert await _titles(officer, "region=32.04.06") == ["Pelatihan"]
    assert await _titles(officer, f"region={VILLAGE}") == ["Jaringan", "Modal KUBE"]
    assert await _titles(officer, f"institution={ground.here}") == ["Modal KUBE"]
    assert await _titles(officer, f"network={ground.network}") == ["Jaringan"]
    assert await _titles(officer, f"partner={ground.partner}&q=pelatihn") == ["Pelatihan"]
    assert await _titles(officer, f"partner={NOBODY}") == []
    for day, titles in (
        ("2025-05-31", []), ("2026-12-31", ["Modal KUBE", "Pelatihan"]), ("2027-01-01", ["Jaringan", "Pelatihan"]),
        ("2027-01-02", ["Pelatihan"]),
    ):  # fmt: skip
        assert await _titles(officer, f"in_force_on={day}") == titles, day
    await take(officer, network, "voiding", REASON, AGREEMENTS)
    assert await _titles(officer, "voided=true") == ["Jaringan"]
    assert record(await officer.get(f"{ADDRESS}?count=true&limit=1"))["count"] == 2


async def test_a_payload_is_checked_as_a_whole_and_leaves_nothing(people: People) -> None:
    ground = await Ground(people).laid()
    operator = people.operator
    voided = await people.registered(name="Batal")
    await take(operator, voided, "voiding", REASON)
    wrong: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
        ({"institution_ids": []}, {("/institution_ids", "partnership-without-parties")}),
        ({"institution_ids": ...}, {("/institution_ids", "partnership-without-parties")}),
        ({"valid_until": "2025-12-31"}, {("/valid_until", "valid-until-before-since")}),
        ({"title": ...}, {("/title", "missing")}),
        ({"contributions": [{"kind": "uang", "value": -1}]}, {("/contributions/0/value", "greater-than-equal")}),
        ({"contributions": [{"kind": "uang", "value": 1.5}]}, {("/contributions/0/value", "int-type")}),
        ({"contributions": [{"kind": "doa"}]}, {("/contributions/0/kind", "enum")}),
        ({"institution_ids": [voided["id"]]}, {("/institution_ids/0", "institution-voided")}),
        # What the caller may not see is answered like what does not exist; all that is wrong is said at once.
        ({"partner_id": NOBODY, "institution_ids": [ground.here, ground.over, NOBODY], "network_ids": [NOBODY],
          "areas": [ELSEWHERE, "32.04.05.2999", REGENCY, VILLAGE]},
         {("/partner_id", "partner-unknown"), ("/institution_ids/1", "institution-unknown"),
          ("/institution_ids/2", "institution-unknown"), ("/network_ids/0", "network-unknown"),
          ("/areas/0", "outside-your-area"), ("/areas/1", "region-unknown")}),
    ]  # fmt: skip
    for changes, expected in wrong:
        assert faults(await operator.post(ADDRESS, json=ground.body(**changes))) == expected, changes
    body = await ground.agreed(operator)
    problem(await operator.post(ADDRESS, json=ground.body(id=body["id"])), 409, "id-taken")
    for patch, fault in (
        ({"institution_ids": None}, ("/institution_ids", "partnership-without-parties")),
        ({"institution_ids": [ground.here, ground.away]}, ("/institution_ids/1", "institution-unknown")),
        ({"since": "2027-01-01"}, ("/valid_until", "valid-until-before-since")),
        ({"partner_id": NOBODY}, ("/partner_id", "partner-unknown")),
    ):
        assert faults(await patched(operator, body, patch, AGREEMENTS)) == {fault}, patch
    for day in ("2026-01-01", "2025-12-31", "2027-01-01"):
        refused = await step(operator, body, "termination", {"on": day, **REASON}, AGREEMENTS)
        assert faults(refused) == {("/on", "termination-outside-agreement")}, day
    ended = await take(operator, body, "termination", {"on": "2026-12-31", **REASON}, AGREEMENTS)
    for patch in ({"valid_until": "2026-12-30"}, {"since": "2026-12-31"}):
        assert faults(await patched(operator, ended, patch, AGREEMENTS)) == {
            ("/valid_until", "termination-outside-agreement")
        }
    assert await _stored(people.house) == (1, 2)


async def test_an_agreement_is_seen_from_each_party_and_changed_by_who_is_in_charge_of_all(people: People) -> None:
    ground = await Ground(people).laid()
    house = people.house
    body = await ground.agreed(institution_ids=[ground.here, ground.next])
    address = f"{ADDRESS}/{body['id']}"
    own = house.client("registry", "institution-operator", VILLAGE, institution=ground.here)
    for part in (people.operator, house.client("registry", "village-operator", VILLAGE_NEXT), own):
        assert record(await part.get(address))["id"] == body["id"]
        assert record(await part.get(f"{ADDRESS}?count=true"))["count"] == 1
        record(await part.get(f"{address}/history"))
        for refused in (
            await patched(part, body, {"title": "Lain"}, AGREEMENTS),
            await step(part, body, "termination", {"on": "2026-07-01", **REASON}, AGREEMENTS),
            await step(part, body, "voiding", REASON, AGREEMENTS),
        ):
            problem(refused, 403, "parties-outside-your-area")
    strangers = [
        house.client("registry", "village-operator", "32.04.05.2003"),
        house.client("registry", "district-facilitator", "32.04.06"),
        house.client("registry", "regency-officer", "31.71"),
        house.client("registry", "institution-operator", VILLAGE, institution=ground.over),
        house.client("registry", "institution-operator", VILLAGE),
    ]
    for stranger in strangers:
        listed = record(await stranger.get(f"{ADDRESS}?count=true&partner={ground.partner}"))
        assert (listed["items"], listed["count"]) == ([], 0)
        for refused in (
            await stranger.get(address),
            await stranger.get(f"{address}/history"),
            await patched(stranger, body, {"title": "Lain"}, AGREEMENTS),
            await step(stranger, body, "voiding", REASON, AGREEMENTS),
        ):
            problem(refused, 404, "not-found")
    assert await _stored(house) == (1, 1)
    # With its own institution as the only party, its operator keeps the agreement.
    alone = await ground.agreed()
    assert (await take(own, alone, "termination", {"on": "2026-07-01", **REASON}, AGREEMENTS))["sequence"] == 2
    assert record(await people.facilitator.get(address))["sequence"] == 1
    assert (await take(people.facilitator, body, "termination", {"on": "2026-07-01", **REASON}, AGREEMENTS))["sequence"] == 2  # fmt: skip


async def test_partners_and_networks_of_another_area_are_as_unknown_as_those_that_do_not_exist(people: People) -> None:
    ground = await Ground(people).laid()
    away = people.house.client("registry", "regency-officer", "31.71")
    partner = {"kind": "lks", "name": "LKS Jakarta", "region": ELSEWHERE}
    network = {"name": "WKSBM Gambir", "initiated_on": "2020-01-01", "territory": [{"village": ELSEWHERE}]}
    strange = ground.body(
        partner_id=record(await away.post("/v1/partners", json=partner), 201)["id"],
        network_ids=[record(await away.post("/v1/networks", json=network), 201)["id"]],
    )
    missing = ground.body(partner_id=NOBODY, network_ids=[NOBODY])
    unknown = {("/partner_id", "partner-unknown"), ("/network_ids/0", "network-unknown")}
    for body in (strange, missing):
        assert faults(await people.officer.post(ADDRESS, json=body)) == unknown
    assert await _stored(people.house) == (0, 0)


async def test_a_partner_that_agreements_name_is_not_voided(people: People) -> None:
    ground = await Ground(people).laid()
    partner = {"id": ground.partner, "sequence": 1}
    body = await ground.agreed()
    problem(await step(people.officer, partner, "voiding", REASON, "partners"), 409, "partner-has-partnerships")
    await take(people.officer, body, "voiding", REASON, AGREEMENTS)
    await take(people.officer, partner, "voiding", REASON, "partners")
    assert faults(await people.officer.post(ADDRESS, json=ground.body())) == {("/partner_id", "partner-unknown")}


async def test_an_agreement_waits_for_a_voiding_of_its_partner_that_is_under_way(people: People) -> None:
    ground = await Ground(people).laid()
    house = people.house
    connection = await asyncpg.connect(house.dsn("registry"))
    async with connection.transaction():
        await connection.execute("SELECT FROM partner WHERE id = $1 FOR UPDATE", ground.partner)
        await connection.execute("UPDATE partner SET voided = true WHERE id = $1", ground.partner)
        coming = asyncio.create_task(people.officer.post(ADDRESS, json=ground.body()))
        await until(lambda: _waiting(house), "the agreement waits for the partner's row")
    assert faults(await coming) == {("/partner_id", "partner-unknown")}
    await connection.close()
    assert await _stored(house) == (0, 0)


async def _waiting(house: House) -> int:
    rows = await house.fetch(
        "registry",
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    )
    waiting: int = rows[0][0]
    return waiting


async def test_partners_agreements_and_values_can_be_loaded_in_bulk(people: People) -> None:
    ground = await Ground(people).laid()
    now = datetime(2026, 3, 15, 12, tzinfo=UTC)
    by = Principal("import", "import", frozenset(), (REGENCY,))
    engine = open_engine(people.house.settings("registry").as_owner())
    async with transaction(sessions(engine)) as session:
        village = await session.scalar(select(Region).where(Region.code == VILLAGE))
        assert village is not None
        fact = Fact("registered", by="import", at=now, regions={village.id})
        person = PartnerIn(kind="perorangan", name="Haji Dermawan", region=VILLAGE, contact={"phone": "+62812345"})
        mate = partners.draft(person, village, now)
        await register_many(session, [(mate, partner_states.state(mate), fact)])
        body = PartnershipIn.model_validate(ground.body(partner_id=mate.id, areas=[VILLAGE]))
        agreement = service.draft(body, References({VILLAGE: village}, {village.id}), now)
        agreed = Fact("agreed", by="import", at=now, regions={village.id})
        await register_many(session, [(agreement, states.state(agreement), agreed)])
        lived = {"state": "dijalankan", "on": "2020-01-01", "evidence": "Foto kegiatan"}
        said = CulturalValueIn(kind="adat", name="Nyadran", villages=[VILLAGE], observations=[lived])
        value = values.draft(said, [values.observed(o, by, now) for o in said.observations], now)
        await register_many(session, [(value, value_states.state(value, [village.id]), fact)])
        session.add_all(places.rows(value.id, [village]))
    await engine.dispose()
    operator = people.operator
    assert record(await operator.get(f"/v1/partners/{mate.id}"))["contact"]["phone"] == "+62812345"
    loaded = record(await operator.get(f"{ADDRESS}/{agreement.id}"))
    assert (loaded["partner_name"], loaded["institution_ids"], loaded["areas"]) == (
        "Haji Dermawan", [ground.here], [VILLAGE],
    )  # fmt: skip
    assert record(await operator.get(f"/v1/cultural-values/{value.id}"))["villages"][0]["village"] == VILLAGE
    changed = record(await patched(operator, loaded, {"title": "Lain"}, AGREEMENTS))
    assert changed["sequence"] == 2
