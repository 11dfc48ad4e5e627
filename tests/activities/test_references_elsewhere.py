"""References to what lies outside a caller's area, in bodies of activities: answered as if they named nothing."""

from typing import Any
from uuid import uuid4

from tests.activities.helping import Helping, by, person
from tests.activities.records import Records
from tests.activities.world import NEXT_DISTRICT


async def test_a_reference_to_what_is_outside_the_area_is_answered_as_one_to_nothing(helping: Helping) -> None:
    records, world = await Records.made(helping), helping.world
    there = world.client("district-facilitator", "32.04.06", sub="tetangga")
    own = by("institution", world.neighbour)
    held = await world.posted(world.held(village=NEXT_DISTRICT, lead_institution_id=str(world.neighbour)), there)
    planned = world.planned(village=NEXT_DISTRICT, lead_institution_id=str(world.neighbour))
    given = {"beneficiary": person(helping.elder), "giver": own, "village": NEXT_DISTRICT}
    told = {"poster": own, "title": "Beras", "text": "Ada.", "scope": "village", "kind": "barang"}
    cash = {"source": "iuran", "form": "tunai", "value": 1, "received_on": "2026-03-01"}
    bodies: dict[str, dict[str, Any]] = {
        "activities": planned,
        "series": {
            "title": "Arisan", "kind": "simpan_pinjam", "rule": "FREQ=MONTHLY", "starts_on": "2026-03-20",
            "village": NEXT_DISTRICT, "lead_institution_id": str(world.neighbour),
        },
        "programmes": {"title": "Program", "owner": own, "year": 2026},
        "attendance-sheets": {"activity_id": held["id"], "people": [{"person_id": str(helping.elder), "role": "warga"}]},
        "benefits": given | {"help": "uang", "given_on": "2026-03-01"},
        "referrals": given | {"partner_id": str(helping.office), "referred_on": "2026-03-01"},
        "resources": cash | {"activity_id": held["id"]},
        "stock-entries": {
            "institution_id": str(world.neighbour), "commodity": "beras", "unit": "kg", "direction": "masuk",
            "reason": "simpanan", "quantity": 1, "moved_on": "2026-02-10",
        },
        "needs": told,
    }  # fmt: skip
    activity, programme, lead = records.ids["activities"], records.ids["programmes"], str(world.lead)
    references: dict[str, dict[str, Any]] = {
        "activities": {"lead_institution_id": lead, "programme_id": programme},
        "series": {"lead_institution_id": lead, "programme_id": programme},
        "programmes": {"owner": lead},
        "attendance-sheets": {"activity_id": activity},
        "benefits": {"giver": lead, "activity_id": activity},
        "referrals": {"giver": lead, "activity_id": activity},
        "resources": {"activity_id": activity},
        "stock-entries": {"institution_id": lead},
        "needs": {"poster": lead},
    }
    for collection, fields in references.items():
        for name, outside in fields.items():
            answers = []
            for id in (outside, str(uuid4())):
                named = by("institution", id) if isinstance(bodies[collection].get(name), dict) else id
                answer = await there.post(f"/v1/{collection}", json=bodies[collection] | {name: named})
                document = {key: value for key, value in answer.json().items() if key != "request_id"}
                answers.append((answer.status_code, str(document).replace(id, "…")))
            assert answers[0] == answers[1], (collection, name)
            assert answers[0][0] == 422, (collection, name, answers[0])
        made = await there.post(f"/v1/{collection}", json=bodies[collection])
        assert made.status_code == 201, (collection, made.text)
