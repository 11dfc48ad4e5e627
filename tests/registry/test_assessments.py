"""Assessments of stage: by whom, on what day, by which checklist; told in events without who made them."""

from typing import Any

import orjson

from services.registry.assessments.instruments import KUBE_1
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    VILLAGE_OVER,
    People,
    faults,
    problem,
    record,
    registration,
    step,
    take,
)
from tests.registry.parts import assessment, told

ASSESSMENTS = "assessments"


async def test_an_assessment_is_told_by_the_institutions_event_without_who_made_it(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    body = assessment(arisan, assessor_name="Siti Aminah", assessor_agency="TKSK Cileunyi")
    answer = await people.facilitator.post("/v1/assessments", json=body)
    found = record(answer, 201)
    assert answer.headers["Wahana-Position"] == f"registry/{arisan['id']}@{arisan['sequence'] + 1}"
    assert (found["assessor"], found["assessor_name"]) == ("district-facilitator@32.04.05", "Siti Aminah")
    fact, state = await told(registry_api, arisan["id"])
    assert fact == "stage_assessed"
    assert state["assessments"] == [{"on": "2026-02-20", "stage": "berkembang", "instrument": "KUBE, 1"}]
    earlier = record(
        await people.officer.post("/v1/assessments", json=assessment(arisan, on="2025-01-10", stage="tumbuh")), 201
    )
    _, state = await told(registry_api, arisan["id"])
    assert [one["stage"] for one in state["assessments"]] == ["tumbuh", "berkembang"], "oldest first"
    assert "Siti" not in orjson.dumps(state).decode()

    page = record(await people.operator.get(f"/v1/assessments?institution={arisan['id']}&count=true"))
    assert ([item["id"] for item in page["items"]], page["count"]) == ([found["id"], earlier["id"]], 2)
    page = record(await people.operator.get("/v1/assessments?stage=tumbuh"))
    assert [item["id"] for item in page["items"]] == [earlier["id"]]

    await take(people.facilitator, found, "voiding", {"reason": "Lembaga tertukar"}, ASSESSMENTS)
    fact, state = await told(registry_api, arisan["id"])
    assert (fact, [one["stage"] for one in state["assessments"]]) == ("assessment_voided", ["tumbuh"])
    history = (await people.operator.get(f"/v1/assessments/{found['id']}/history")).json()
    assert [entry["type"] for entry in history] == ["assessed", "voided"]
    assert "Siti" not in orjson.dumps(history).decode()


async def test_every_item_of_the_named_version_is_answered_and_no_other(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    instruments = (await people.operator.get("/v1/assessment-instruments")).json()
    assert [(one["code"], one["version"], len(one["items"])) for one in instruments] == [("KUBE", 1, 16)]
    assert "KUBE" in instruments[0]["note"]["id"]

    async def refused(**changes: Any) -> set[tuple[str, str]]:
        return faults(await people.facilitator.post("/v1/assessments", json=assessment(arisan, **changes)))

    answers = {item.code: True for item in KUBE_1.items}
    assert await refused(answers={k: v for k, v in answers.items() if k != "papan_nama"} | {"bendera": True}) == {
        ("/answers/papan_nama", "item-unanswered"),
        ("/answers/bendera", "item-unknown"),
    }
    assert await refused(answers=answers | {"pelatihan": "ya"}) == {("/answers/pelatihan", "bool-type")}
    assert await refused(instrument={"code": "KUBE", "version": 2}) == {("/instrument", "instrument-unknown")}
    assert await refused(stage="maju") == {("/stage", "enum")}
    assert await refused(on="2026-03-16") == {("/on", "in-the-future")}
    assert await refused(on="2020-01-31") == {("/on", "too-early")}, "before it was at work"
    assert (await told(registry_api, arisan["id"]))[0] == "verified"


async def test_who_wrote_the_record_does_not_assess_it_and_no_operator_does(registry_api: House) -> None:
    people = People(registry_api)
    mine = record(await people.facilitator.post("/v1/institutions", json=registration()), 201)
    problem(await people.facilitator.post("/v1/assessments", json=assessment(mine)), 403, "maker-may-not-assess")
    problem(await people.operator.post("/v1/assessments", json=assessment(mine)), 403, "forbidden")
    own = registry_api.client("registry", "institution-operator", "32.04.05.2001", institution=mine["id"])
    problem(await own.post("/v1/assessments", json=assessment(mine)), 403, "forbidden")
    colleague = registry_api.client("registry", "district-facilitator", DISTRICT, sub="tksk-2")
    found = record(await colleague.post("/v1/assessments", json=assessment(mine)), 201)
    problem(
        await step(people.facilitator, found, "voiding", {"reason": "Salah"}, ASSESSMENTS), 403, "maker-may-not-assess"
    )
    stranger = registry_api.client("registry", "district-facilitator", VILLAGE_OVER[:8])
    assert faults(await stranger.post("/v1/assessments", json=assessment(mine))) == {
        ("/institution_id", "institution-unknown")
    }
    problem(await stranger.get(f"/v1/assessments/{found['id']}"), 404, "not-found")
    problem(await step(stranger, found, "voiding", {"reason": "Salah"}, ASSESSMENTS), 404, "not-found")
    assert record(await stranger.get("/v1/assessments?count=true"))["count"] == 0
