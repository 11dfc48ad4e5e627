"""Registering many institutions at once, as imports will: the same records and events as one by one, or none."""

from typing import Any

import orjson
import pytest

from services.registry.institutions import bulk
from services.registry.institutions.schemas import InstitutionIn
from shared import database
from shared.auth import RIGHTS, Principal
from shared.codes import InstitutionType
from shared.problems import InvalidPayload
from tests.house import House
from tests.registry.institutions import ELSEWHERE, VILLAGE_NEXT, People, events, record, registration, stored
from tests.registry.test_institution_content import WHOLE

OPERATOR = Principal(
    "import-1", "cli", frozenset({"village-operator"}), ("32.04.05",), rights=RIGHTS["village-operator"]
)


async def registered(house: House, *bodies: dict[str, Any]) -> list[str]:
    """The ids of institutions that were registered together."""
    engine = database.open_engine(house.settings("registry").as_owner(), pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            sent = [InstitutionIn.model_validate(body) for body in bodies]
            made = await bulk.register_many(session, sent, by=OPERATOR, now=house.clock.now())
            return [str(one.id) for one in made]
    finally:
        await engine.dispose()


async def test_many_are_what_they_would_be_one_by_one(registry_api: House) -> None:
    people = People(registry_api)
    bodies = [
        registration(**WHOLE),
        registration(village=VILLAGE_NEXT, name="Arisan Dua"),
        registration(local_name="Jimpitan"),
    ]
    together = await registered(registry_api, *bodies)
    alone = [record(await people.facilitator.post("/v1/institutions", json=body), 201)["id"] for body in bodies]
    for one, other in zip(together, alone, strict=True):
        first, second = [record(await people.facilitator.get(f"/v1/institutions/{id}")) for id in (one, other)]
        assert first | {"id": ""} == second | {"id": ""}
        (told,), (as_told) = await events(registry_api, one), await events(registry_api, other)
        same = ("topic", "sequence", "type", "time", "data", "dataschema", "region_ids", "pending")
        assert [told[name] for name in same] == [as_told[0][name] for name in same]
        history = [(await people.facilitator.get(f"/v1/institutions/{id}/history")).json() for id in (one, other)]
        assert history[0][0]["changes"] == history[1][0]["changes"]
        assert history[0][0]["by"] == "import-1"


async def test_a_fault_in_one_stores_none_and_names_its_place(registry_api: House) -> None:
    await registry_api.execute(
        "registry",
        "INSERT INTO type_fields (type, version, schema, set_at, set_by) VALUES ('KUBE', 1,"
        f"'{orjson.dumps({'required': ['business']}).decode()}', now(), 'admin')",
    )
    with pytest.raises(InvalidPayload) as refused:
        await registered(
            registry_api,
            registration(),
            registration(village=ELSEWHERE),
            registration(type=InstitutionType.KUBE),
            registration(active_from="2026-03-16"),
        )
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/1/village", "outside-your-area"),
        ("/2/extra/business", "extra-required"),
        ("/3/active_from", "in-the-future"),
    ]
    assert await stored(registry_api) == (0, 0, 0)
