"""The audit trail of activities over HTTP; what registry announced is a copy, and stands in none of its entries."""

import pytest

from tests.activities.world import HERE, PAPUA, World
from tests.registry.institutions import record

pytestmark = pytest.mark.without_worker


async def test_an_activity_s_changes_are_read_in_its_area_and_copies_have_none(world: World) -> None:
    made = await world.posted(world.planned())
    await world.step(made, "change", {"title": "Kerja bakti balai"})
    officer = world.client("regency-officer", HERE[:5])
    changed, planned = record(await officer.get("/v1/audit-entries", params={"record_id": made["id"]}))["items"]
    assert (planned["action"], planned["changes"]["title"]["after"]) == ("planned", "Kerja bakti saluran air")
    assert changed["changes"] == {"title": {"before": "Kerja bakti saluran air", "after": "Kerja bakti balai"}}
    elsewhere = world.client("regency-officer", PAPUA[:5])
    asked = {"count": True}
    assert record(await elsewhere.get("/v1/audit-entries", params=asked))["count"] == 0
    assert record(await world.client("ministry", "ID").get("/v1/audit-entries", params=asked))["count"] == 2
