"""What else an institution tells of itself: activities, PPKS kinds, funding, contact and place; what of it is public."""

from typing import Any

import orjson

from tests.house import House
from tests.registry.institutions import People, along, faults, patched, record, registration
from tests.registry.parts import told

WHOLE: dict[str, Any] = {
    "activity_fields": ["pangan", "ekonomi", "pangan"],
    "ppks_kinds": ["FM", "LUT"],
    "funding_sources": [{"source": "apbdes"}, {"source": "iuran", "yearly_amount": 2400000}],
    "contact": {"phone": "0812-3456 7890", "email": "arisan@contoh.id", "address": "Jl. Melati  No. 5"},
    "coordinates": {"latitude": -6.9345121, "longitude": 107.717345},
}
KEPT: dict[str, Any] = {
    "activity_fields": ["ekonomi", "pangan"],
    "ppks_kinds": ["LUT", "FM"],
    "funding_sources": [{"source": "iuran", "yearly_amount": 2400000}, {"source": "apbdes", "yearly_amount": None}],
    "contact": {"phone": "+6281234567890", "email": "arisan@contoh.id", "address": "Jl. Melati No. 5"},
    "coordinates": {"latitude": -6.934512, "longitude": 107.717345},
}


async def test_what_is_told_comes_back_and_only_what_numbers_need_is_published(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.registered(**WHOLE)
    assert {name: arisan[name] for name in KEPT} == KEPT
    _, state = await told(registry_api, arisan["id"])
    assert (state["activity_fields"], state["ppks_kinds"]) == (["ekonomi", "pangan"], ["LUT", "FM"])
    assert state["funding_sources"] == ["iuran", "apbdes"]
    assert not {"contact", "coordinates", "latitude", "extra"} & state.keys()
    for secret in ("6281234567890", "arisan@", "Jl. Melati", "107.717", "2400000"):
        assert secret not in orjson.dumps(state).decode()
    bare = await people.registered()
    assert [bare[name] for name in KEPT] == [[], [], [], None, None]

    patch = {"contact": {"email": None}, "coordinates": None, "ppks_kinds": None}
    changed = record(await patched(people.operator, arisan, patch))
    assert changed["contact"] == KEPT["contact"] | {"email": None}, "parts left out stay"
    assert (changed["coordinates"], changed["ppks_kinds"]) == (None, [])
    same = record(await patched(people.operator, changed, {"activity_fields": ["pangan", "ekonomi"]}))
    assert same["sequence"] == changed["sequence"], "their order says nothing"
    emptied = record(await patched(people.operator, changed, {"contact": {"phone": None, "address": None}}))
    assert emptied["contact"] is None


async def test_each_field_is_held_to_its_form(registry_api: House) -> None:
    people = People(registry_api)

    async def refused(**changes: Any) -> set[tuple[str, str]]:
        return faults(await people.operator.post("/v1/institutions", json=registration(**changes)))

    assert await refused(contact={"phone": "12"}) == {("/contact/phone", "phone-malformed")}
    assert await refused(contact={"email": "arisan"}) == {("/contact/email", "email-malformed")}
    assert await refused(contact={"fax": "1"}) == {("/contact/fax", "extra-forbidden")}
    outside = {("/coordinates", "outside-indonesia")}
    assert await refused(coordinates={"latitude": 107.7, "longitude": -6.9}) == outside
    assert await refused(coordinates={"latitude": 3.14, "longitude": 101.69, "height": 1}) == {
        ("/coordinates/height", "extra-forbidden")
    }
    assert await refused(coordinates={"latitude": -33.9, "longitude": 151.2}) == outside
    assert await refused(coordinates={"latitude": -6.9}) == {("/coordinates/longitude", "missing")}
    assert await refused(funding_sources=[{"source": "iuran"}, {"source": "iuran"}]) == {
        ("/funding_sources/1/source", "source-twice")
    }
    assert await refused(funding_sources=[{"source": "iuran", "yearly_amount": 1.5}]) == {
        ("/funding_sources/0/yearly_amount", "int-type")
    }
    assert await refused(activity_fields=["judi"]) == {("/activity_fields/0", "enum")}
    assert await refused(ppks_kinds=["XYZ"]) == {("/ppks_kinds/0", "enum")}


async def test_a_verified_record_changes_its_content_through_another_person_and_tells_it_in_its_history(
    registry_api: House,
) -> None:
    people = People(registry_api)
    arisan = await people.verified(**WHOLE)
    request = await people.proposed(
        arisan, coordinates={"latitude": -7.0, "longitude": 107.5}, contact={"phone": "022 7801234"}, ppks_kinds=["PD"]
    )
    assert set(request["changes"]) == {"contact", "coordinates", "ppks_kinds"}
    request = await along(people.operator, request, "submission")
    request = await along(people.facilitator, request, "review")
    await along(people.officer, request, "verification")
    read = record(await people.operator.get(f"/v1/institutions/{arisan['id']}"))
    assert read["contact"]["phone"] == "+62227801234"
    fact, state = await told(registry_api, arisan["id"])
    assert (fact, state["ppks_kinds"]) == ("changed", ["PD"])
    history = (await people.operator.get(f"/v1/institutions/{arisan['id']}/history")).json()
    assert history[0]["changes"]["coordinates"] == {"before": None, "after": KEPT["coordinates"]}
    assert history[0]["changes"]["funding_sources"]["after"] == KEPT["funding_sources"], "with the amounts"
    changes = history[-1]["changes"]
    assert changes["coordinates"] == {"before": KEPT["coordinates"], "after": {"latitude": -7.0, "longitude": 107.5}}
    assert changes["ppks_kinds"] == {"before": ["LUT", "FM"], "after": ["PD"]}
    assert "contact" in changes
    assert "7801234" not in orjson.dumps(history).decode(), "that it changed is told, not from what to what"
    assert "contact" not in history[1]["changes"]
