"""A worker is killed while the numbers follow a region change; others go on, and each contribution counts once."""

import signal
from functools import partial

import pytest

from tests.faults import oracle
from tests.faults.armed import Open, arm, ended, struck
from tests.house import House, until
from tests.registry.region_changes import Ministry

AWAY = {"kind": "transfer", "region": "32.04.05", "parent": "35.06", "code": "35.06.90"}
"""A district with its villages moves into another province."""


@pytest.mark.parametrize("point", ["moving.before_commit", "moving.after_commit"])
async def test_a_worker_killed_while_villages_follow_a_change_leaves_none_behind_and_moves_none_twice(
    opened: Open, point: str
) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(60)
    await house.caught_up()
    _, before = await answer(house, "32.04.05")
    assert before > 0
    await house.stop_worker("reporting")
    # Portions of one region: the batches move one each, and the worker is killed at the third of the others.
    worker, done = await arm(house, "reporting", point, skip=2, FAULT_REGIONS="1")
    change = await Ministry(house).applied(AWAY)
    await struck(done)
    assert await ended(worker) == -signal.SIGKILL
    assert await waiting(house) > 0, "killed in the middle"
    assert (await answer(house, "35.06.90"))[0] == 0
    await house.start_process("reporting")
    await house.caught_up()
    await until(partial(all_moved, house), "all villages have followed")
    assert await answer(house, "35.06.90") == (change["number"], before)
    await oracle.check(house, workload)


async def waiting(house: House) -> int:
    """How many regions have not moved yet."""
    return int((await house.fetch("reporting", "SELECT count(*) AS n FROM region WHERE moves"))[0]["n"])


async def all_moved(house: House) -> bool:
    return await waiting(house) == 0


async def answer(house: House, region: str) -> tuple[int, int]:
    """The region change that an answer names, and a district's active institutions as today's regions hold them."""
    query = {"region": region, "period": "2026-10", "tree": "current"}
    found = (await house.client("reporting").get("/v1/indicators/LEM-01/values", params=query)).json()
    return found["tree_version"], found["items"][0]["numerator"]
