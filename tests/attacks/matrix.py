"""Every operation of a service, asked by everybody: what answers are compared, and with what.

A stage is one service with a record of each kind in one village, and callers who must not learn of them. It is made in two
steps, so that what callers of elsewhere are told can be compared before and after the records are there.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from shared import edge
from shared.auth import Right
from tests.house import House
from tests.registry.world import Operation, example

UNSTABLE = {"date", "x-request-id", "ratelimit", "ratelimit-policy", "content-length"}
"""Headers that differ between any two answers, or count what this test itself sends; lengths follow the bodies."""
MERGE_PATCH = "application/merge-patch+json"
Answer = tuple[int, Any, Mapping[str, str]]


def routes_of(routers: list[APIRouter]) -> Iterator[edge.Route]:
    """Every route of a service, as its application has them."""
    for router in routers:
        for found in iter_route_contexts(router.routes):
            if isinstance(found.original_route, edge.Route):
                yield found.original_route


@dataclass(eq=False)
class Stage:
    """One service under test. `add` makes the records inside; until then there are none.

    `outsiders` have all that roles give, elsewhere; `above` have a right over the records from an area above them.
    """

    service: str
    house: House
    routers: list[APIRouter]
    outsiders: dict[str, httpx.AsyncClient]
    above: dict[str, httpx.AsyncClient]
    area: str
    add: Callable[[], Awaitable[None]]
    operations: Callable[[], list[Operation]]
    ids: Callable[[], Mapping[str, str]]
    unscoped: frozenset[str]
    """Operations about what belongs to no area: everybody with the right gets the same."""
    before: dict[str, Any] = field(default_factory=dict)
    """What outsiders were told while there was nothing inside."""

    def routes(self) -> Iterator[edge.Route]:
        """Every route of the service as its application has it."""
        return routes_of(self.routers)

    def right(self, operation: Operation) -> Right:
        """The right an operation's route declares."""
        for route in self.routes():
            if route.name == operation.id and (right := edge.right_of(route)):
                return right
        raise AssertionError(f"no route is called {operation.id}")

    def about_records(self) -> list[Operation]:
        """Operations whose address names a record."""
        return [one for one in self.operations() if "{" in one.template and one.id not in self.unscoped]

    def collections(self) -> dict[str, tuple[str, list[dict[str, Any]]]]:
        """Reads that name no record, such as lists, sums, feeds: address and query parameters, by operation."""
        document = self.document
        return {
            methods["get"]["operationId"]: (path, methods["get"].get("parameters", []))
            for path, methods in document["paths"].items()
            if "get" in methods and "{" not in path and methods["get"]["operationId"] not in self.unscoped
        }

    @cached_property
    def document(self) -> dict[str, Any]:
        """What FastAPI says of the routes."""
        application = FastAPI(generate_unique_id_function=lambda route: route.name)
        for router in self.routers:
            application.include_router(router)
        return application.openapi()

    def _plausible(self, name: str, schema: dict[str, Any]) -> Any:
        if "region" in name or name == "village":
            return self.area
        instants = any(part.get("format") == "date-time" for part in schema.get("anyOf", [schema]))
        return "2026-03-14T00:00:00Z" if instants else example(schema, self.document)

    def questions(self, parameters: list[dict[str, Any]]) -> list[dict[str, str]]:
        """A list asked plainly, counted, and by each of its filters and orders alone, with the examples that it gives.

        Filters by a record's id are tried by themselves: see `naming`.
        """
        asked: list[dict[str, str]] = [{}]
        for one in parameters:
            name = one["name"]
            if one["in"] == "query" and name not in ("cursor", "limit", "count", *naming([one])):
                value = self._plausible(name, one["schema"])
                asked.append({name: str(value).lower() if isinstance(value, bool) else str(value)})
        if any(one["name"] == "count" for one in parameters):
            asked = [question | {"count": "true"} for question in asked]
        return asked


def nowhere(operation: Operation, ids: Mapping[str, str]) -> tuple[Operation, str, str]:
    """The same operation on a record that there is not, with the id that it names instead; both ids."""
    collection = operation.template.split("/")[2]
    there, absent = ids[collection], absent_like(ids[collection])
    return (
        Operation(
            operation.id, operation.method, operation.template, operation.address.replace(there, absent),
            operation.body, operation.media, operation.paged,
        ),
        there,
        absent,
    )  # fmt: skip


def absent_like(id: str) -> str:
    """What names nothing, of the same form: a UUID of the same version, or a number."""
    if id.isdigit():
        return str(int(id) + 1_000_000)
    return id[:14] + str(uuid4())[14:] if id.count("-") == 4 else id


def told(answer: httpx.Response, *ids: str) -> Answer:
    """All that an answer tells, but for its request's id; ids that the caller named itself are made alike."""
    headers = {name: value for name, value in sorted(answer.headers.items()) if name not in UNSTABLE}
    text = answer.text
    for id in ids:
        text = text.replace(id, "…")
    if answer.headers.get("X-Request-Id"):
        text = text.replace(answer.headers["X-Request-Id"], "…")
    return answer.status_code, text, headers


def naming(parameters: list[dict[str, Any]]) -> list[str]:
    """The filters of a list that take a record's id."""
    return [
        one["name"]
        for one in parameters
        if one["in"] == "query"
        and any(part.get("format") == "uuid" for part in one["schema"].get("anyOf", [one["schema"]]))
    ]
