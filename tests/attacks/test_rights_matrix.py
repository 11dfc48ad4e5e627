"""The matrix: every operation of every service × everybody. What lies outside a caller's area is not there for it.

Driven by the applications' own routes: an operation about records of a new kind fails here until somebody gives an example.
"""

import statistics
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities.batches.operations import OPERATIONS
from shared import walls
from shared.auth import RIGHTS, Right
from tests.attacks import stages
from tests.attacks.listening import Listened, differing
from tests.attacks.matrix import Stage, naming, nowhere, told
from tests.registry.world import Operation

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGES = {"registry": stages.registry, "activities": stages.activities}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(STAGES))
async def stage(
    request: pytest.FixtureRequest, servers: Servers, templates: dict[str, str], issuer: Issuer
) -> AsyncIterator[Stage]:
    """A service, with what each outsider is told before there is anything inside, and then with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walls, "Connection", Listened)
        async with STAGES[request.param](servers, templates, issuer) as made:
            made.before = await _lists(made)
            await made.add()
            yield made


async def _lists(stage: Stage) -> dict[str, Any]:
    """What outsiders are told by every list, sum and feed, plainly and by each filter; a few of them by all filters."""
    answers = {}
    for name, client in stage.outsiders.items():
        for id, (path, parameters) in stage.collections().items():
            asked = stage.questions(parameters)
            for question in asked if name in ASKING_MUCH else asked[:1]:
                answers[f"{name}: {id} {question}"] = told(await client.get(path, params=question))
    return answers


ASKING_MUCH = {"an officer of another province"}


async def test_every_operation_is_in_the_matrix_or_belongs_to_no_area(stage: Stage) -> None:
    routes = {route.name for route in stage.routes()}
    reached = {one.id for one in stage.operations()} | set(stage.collections())
    assert routes - reached == stage.unscoped & routes
    assert len(stage.about_records()) > 70


async def test_a_record_outside_is_answered_in_every_word_as_one_that_is_not_there(stage: Stage) -> None:
    told_apart: dict[str, Any] = {}
    allowed: set[str] = set()
    for operation in stage.about_records():
        other, there, absent = nowhere(operation, stage.ids())
        nothing = told(await other.by(stage.outsiders["an officer of another province"]), there, absent)
        for name, client in stage.outsiders.items():
            one = told(await operation.by(client), there, absent)
            # Who lacks the right is told of it, whatever the address names.
            two = nothing if one[0] == nothing[0] == 404 else told(await other.by(client), there, absent)
            allowed |= {operation.id} if one[0] == 404 else set()
            if one != two or one[0] not in (403, 404):
                told_apart[f"{name}: {operation.id}"] = (one, two)
    assert told_apart == {}
    # Somebody among them had the right to each, so that it is the area that was told.
    assert {one.id for one in stage.about_records()} - allowed == set()


async def test_what_callers_of_elsewhere_are_told_does_not_depend_on_what_is_here(stage: Stage) -> None:
    after = await _lists(stage)
    assert {asked: (stage.before[asked], found) for asked, found in after.items() if found != stage.before[asked]} == {}
    # And there is something to be told: whoever is above sees it, in every list that tells of records.
    seen = {
        id
        for id, (path, parameters) in stage.collections().items()
        for client in stage.above.values()
        if any(one["name"] == "count" for one in parameters)
        and (answer := await client.get(path, params={"count": "true"})).status_code == 200
        and answer.json()["count"]
    }
    assert len(seen) > 10


async def test_a_filter_by_a_record_outside_is_one_by_a_record_that_is_not_there(stage: Stage) -> None:
    told_apart = {}
    client = stage.outsiders["an officer of another province"]
    for id, (path, parameters) in stage.collections().items():
        for name in naming(parameters):
            for there in stage.ids().values():
                absent = there[:14] + str(uuid4())[14:]
                one, two = [told(await client.get(path, params={name: it}), there, absent) for it in (there, absent)]
                if one != two:
                    told_apart[f"{id} {name}"] = (one, two)
    assert told_apart == {}


async def test_each_role_is_refused_what_it_has_no_right_to_and_above_sees_what_is_below(stage: Stage) -> None:
    for role, rights in RIGHTS.items():
        client = stage.house.client(stage.service, role, stage.area, sub=f"peran-{role}")
        for operation in stage.operations():
            right = stage.right(operation)
            if right is not Right.OPEN and right not in rights:
                answer = await operation.by(client)
                assert (answer.status_code, answer.json()["type"]) == (403, "urn:wahana:problem:forbidden"), (
                    role,
                    operation.id,
                )
    for operation in stage.about_records():
        if operation.method == "GET" and not operation.template.endswith(("{answer_id}", "{endorsement_id}")):
            statuses = {(await operation.by(client)).status_code for client in stage.above.values()}
            assert 200 in statuses, operation.id
            assert statuses <= {200, 403}, (operation.id, statuses)


async def test_without_a_token_or_roles_nothing_is_told_not_even_what_is_wrong(stage: Stage) -> None:
    nobody = stage.house.client(stage.service, [], [], sub="tanpa-peran")
    async with httpx.AsyncClient(base_url=stage.house.url(stage.service), trust_env=False) as stranger:
        for operation in stage.operations():
            if stage.right(operation) is Right.OPEN:
                continue
            for client, status in ((stranger, 401), (nobody, 403)):
                answer = await operation.by(client)
                assert answer.status_code == status, operation.id
                assert "errors" not in answer.json(), operation.id


async def _refused(operation: Operation, client: httpx.AsyncClient) -> int:
    answer = await operation.by(client)
    assert answer.status_code in (403, 404), operation.id
    return answer.status_code


async def test_nor_is_it_told_by_what_the_database_does_or_by_the_time_it_takes(
    stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    """The statements are compared exactly; the time, which others on the machine disturb, only within wide bounds."""
    client = stage.outsiders["an officer of another province"]
    did: dict[str, Any] = {}
    for operation in stage.about_records():
        other, *_ = nowhere(operation, stage.ids())
        found = await differing(partial(_refused, operation, client), partial(_refused, other, client))
        if found is not None:
            did[operation.id] = found
    assert did == {}

    reads = [one for one in stage.about_records() if one.method == "GET" and one.template.endswith("/{id}")][:4]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(15):
        for operation in reads:
            for found, asked in zip(times, (operation, nowhere(operation, stage.ids())[0]), strict=True):
                began = time.perf_counter()
                await asked.by(client)
                found.append(time.perf_counter() - began)
    ratio = statistics.median(times[0]) / statistics.median(times[1])
    record_property("time of a record outside / of none", round(ratio, 3))
    print(f"{stage.service}: a record outside takes {ratio:.3f} times what none takes")
    assert 1 / 3 < ratio < 3


@pytest.mark.parametrize("stage", ["activities"], indirect=True)
async def test_a_batch_opens_nothing_that_its_operations_alone_do_not(stage: Stage) -> None:
    bodies: dict[str, Operation] = {one.id: one for one in stage.operations()}
    sent = [
        {"client_id": str(uuid4()), "operation": name, "at": stage.ids()[step.route.path.split("/")[2]], "if_match": "*",
         "body": bodies[name].body or {}}
        for name, step in OPERATIONS.items() if step.about_a_record
    ]  # fmt: skip
    for name, client in stage.outsiders.items():
        answer = await client.post("/v1/batches", json={"operations": sent})
        if answer.status_code != 403:
            statuses = {one["status"] for one in answer.json()["results"]}
            assert statuses <= {403, 404}, (name, answer.text)


async def test_nothing_of_all_this_has_changed_anything(stage: Stage) -> None:
    for collection, id in stage.ids().items():
        answers = [await client.get(f"/v1/{collection}/{id}") for client in stage.above.values()]
        seen = [answer.json() for answer in answers if answer.status_code == 200]
        assert seen, collection
        assert not any(one.get("voided") for one in seen), collection
