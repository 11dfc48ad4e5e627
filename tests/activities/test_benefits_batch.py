"""A distribution as a batch: stored together, each with its own result, as if each had been sent by itself."""

from typing import Any
from uuid import uuid4

from shared.codes import HelpKind
from tests.activities.helping import Helping, by, person

SAME = ("id", "recorded_at", "changed_at", "sequence")


def _operation(body: dict[str, Any], client_id: str | None = None) -> dict[str, Any]:
    return {"client_id": client_id or str(uuid4()), "operation": "record_benefit", "body": body}


async def _sent(helping: Helping, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await helping.world.client().post("/v1/batches", json={"operations": list(operations)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def test_each_benefit_of_a_batch_has_its_own_result_and_the_good_ones_stay(helping: Helping) -> None:
    mine, elder = str(uuid4()), helping.benefit()
    stored = await helping.stored(helping.benefit(value=1))
    operations = [
        _operation(elder | {"id": mine, "notes": "Bu Sarinah"}),
        _operation(elder),  # like the one before it
        _operation(elder | {"again": True}),
        _operation(helping.benefit(value=1)),  # like one that is stored
        _operation(helping.benefit(value=2, id=mine)),
        _operation(helping.benefit(value=2)),  # its twin was refused: it is the first of its kind
        _operation(helping.benefit(value=-1)),
        _operation(helping.benefit(beneficiary=person(uuid4()))),
        _operation(helping.benefit(beneficiary=person(helping.child), ppks_kinds=["LUT"])),
    ]
    before = await helping.counted()
    results = await _sent(helping, *operations)
    assert [one["status"] for one in results] == [201, 409, 201, 409, 409, 201, 422, 422, 201]
    assert results[1]["problem"]["benefit_id"] == mine
    assert results[3]["problem"]["benefit_id"] == stored["id"]
    assert results[4]["problem"]["type"].endswith("id-taken")
    assert [one["pointer"] for one in results[6]["problem"]["errors"]] == ["/value"]
    assert [one["code"] for one in results[8]["warnings"]] == ["age-unusual-for-kind"]
    after = await helping.counted()
    assert (after[0] - before[0], after[2] - before[2]) == (4, 4)
    assert (await _sent(helping, *operations))[0]["already"] is True
    assert await helping.counted() == after


async def test_a_benefit_of_a_batch_is_told_as_one_that_is_sent_alone(helping: Helping) -> None:
    bodies = [
        helping.benefit(help=help, value=value, giver=giver, notes="Kata-kata", again=True)
        for help in HelpKind if help is not HelpKind.RUJUKAN
        for value, giver in ((None, by("partner", helping.office)), (7, by("network", helping.network)))
    ]  # fmt: skip
    results = await _sent(helping, *map(_operation, bodies))
    for body, result in zip(bodies, results, strict=True):
        alone = await helping.stored(body)
        read = (await helping.world.client().get(f"/v1/benefits/{result['id']}")).json()
        assert {k: v for k, v in read.items() if k not in SAME} == {k: v for k, v in alone.items() if k not in SAME}
        events = [await helping.world.events(id) for id in (alone["id"], result["id"])]
        assert events[0] == events[1]
        trails = [await helping.entries(id) for id in (alone["id"], result["id"])]
        told = [[(one["action"], {**one["after"], **dict.fromkeys(SAME)}) for one in trail] for trail in trails]
        assert told[0] == told[1]
