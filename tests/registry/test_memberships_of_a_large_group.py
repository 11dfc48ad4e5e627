"""A group of 2,500 members: entered in bulk by the function that imports will use, listed page by page, counted."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.registry.memberships import service
from services.registry.memberships.models import KeptSpell
from shared import database
from tests.house import House
from tests.registry.institutions import VILLAGE, record
from tests.registry.members import JOINED, Members

SIZE = 2500


@pytest.fixture
async def group(registry_api: House) -> dict[str, Any]:
    """An institution whose 2,500 members joined on one day; every fifth left."""
    institution = await Members(registry_api).institution(type="KMT", name="Rukun Kematian Al-Ikhlas")
    people = await registry_api.fetch(
        "registry",
        "INSERT INTO person (id, sequence, name, sort_name, sex, birth_year, kept_village_id, kept_village_code, consents,"
        " erased, voided, registered_at, changed_at) SELECT gen_random_uuid(), 1, 'Warga ' || n, 'warga ' || n,"
        " CASE n % 2 WHEN 0 THEN 'P' ELSE 'L' END, 1980, $1, $2, '[]', false, false, now(), now()"
        " FROM generate_series(1, $3::integer) n RETURNING id",
        institution["village_id"], VILLAGE, SIZE,
    )  # fmt: skip
    now = registry_api.clock.now()
    drafts = [
        (service.draft(row["id"], UUID(institution["id"]), [spell(place)], now), [UUID(institution["village_id"])])
        for place, row in enumerate(people)
    ]
    engine = database.open_engine(registry_api.settings("registry").as_owner(), pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            await service.register_many(session, drafts, by="import-1", now=now)
    finally:
        await engine.dispose()
    return institution


def spell(place: int) -> KeptSpell:
    joined = date.fromisoformat(JOINED)
    return KeptSpell(since=joined, until=date(2024, 7, 1) if place % 5 == 0 else None)


async def test_a_group_of_2500_members_is_paged_counted_and_told(registry_api: House, group: dict[str, Any]) -> None:
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    filters: dict[str, Any] = {"institution": group["id"], "limit": 200, "count": "true"}
    for more, size in (({}, SIZE), ({"on": "2026-03-15"}, 2000), ({"sex": "P", "sort": "-changed_at"}, SIZE // 2)):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = record(await operator.get("/v1/memberships", params=filters | more | cursor))
            assert page["count"] == size
            seen += [membership["id"] for membership in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert len(seen) == len(set(seen)) == size
    body = record(await operator.get(f"/v1/institutions/{group['id']}"))
    assert sum(body["named_members"].values()) == 2000
    told = await registry_api.fetch(
        "registry", "SELECT count(DISTINCT subject_id) FROM outbox WHERE type = 'registry.membership.joined.v1'"
    )
    assert told[0][0] == SIZE
    one = record(await operator.get("/v1/memberships", params=filters | {"limit": 1}))["items"][0]
    assert one["spells"][0]["joined_on"] == JOINED
