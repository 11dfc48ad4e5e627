"""Keyset lists: pages neither overlap nor lose rows, and a cursor is good for its own list only."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared import database
from tests.shared import trial

CODES = [f"32.04.{district:02}.{village}" for district in range(1, 6) for village in (1001, 2001, 2002)]
OUTSIDE = ["32.040", "32.05.01.2001", "33.04.01.2001"]


@pytest.fixture(scope="module")
def villages(servers: Servers) -> str:
    """The address of a database with the villages CODES and some outside of their regency."""
    servers.postgres.create_database("pages")

    async def fill() -> None:
        connection = await asyncpg.connect(servers.dsn("pages"))
        await connection.execute('CREATE TABLE village (code text COLLATE "C" PRIMARY KEY, people int)')
        rows = [(code, place) for place, code in enumerate([*CODES, *OUTSIDE])]
        await connection.executemany("INSERT INTO village VALUES ($1, $2)", rows)
        await connection.close()

    asyncio.run(fill())
    return servers.dsn("pages")


@pytest.fixture
async def officer(villages: str, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """An officer of the regency 32.04."""
    token, app = issuer.mint("regency-officer", "32.04"), trial.app(issuer.url, villages)
    async with trial.client(app, token) as client:
        app.state.pool = await database.open_pool(app.state.settings)
        yield client
        await app.state.pool.close()


@pytest.fixture(params=["villages", "shown-villages"])
def listed(request: pytest.FixtureRequest) -> str:
    """The same list, rendered by its model and by the database."""
    return f"/v1/{request.param}"


async def test_following_the_pages_gives_every_row_once(officer: httpx.AsyncClient, listed: str) -> None:
    seen, address = [], f"{listed}?limit=4&least=0"
    while address:
        answer = await officer.get(address)
        page = answer.json()
        seen += [item["code"] for item in page["items"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == bool(page["next"])
        address = link.removeprefix("<").removesuffix('>; rel="next"')
    assert seen == CODES


async def test_the_count_is_of_the_callers_area_and_only_when_asked(officer: httpx.AsyncClient, listed: str) -> None:
    assert (await officer.get(f"{listed}?limit=2")).json()["count"] is None
    assert (await officer.get(f"{listed}?limit=2&count=true")).json()["count"] == len(CODES)
    assert (await officer.get(f"{listed}?limit=2&count=true&least=10")).json()["count"] == len(CODES) - 10


async def test_the_last_page_may_be_full(officer: httpx.AsyncClient, listed: str) -> None:
    page = (await officer.get(f"{listed}?limit={len(CODES)}")).json()
    assert (len(page["items"]), page["next"]) == (len(CODES), None)


async def test_the_limit_may_change_between_pages(officer: httpx.AsyncClient, listed: str) -> None:
    first = (await officer.get(f"{listed}?limit=2")).json()
    second = (await officer.get(f"{listed}", params={"limit": 200, "cursor": first["next"]})).json()
    assert [item["code"] for item in first["items"] + second["items"]] == CODES


async def test_a_cursor_of_another_list_or_filter_is_refused(officer: httpx.AsyncClient, listed: str) -> None:
    cursor = (await officer.get(f"{listed}?limit=2")).json()["next"]
    for address in ("/v1/hamlets", f"{listed}?least=1"):
        answer = await officer.get(address, params={**httpx.URL(address).params, "cursor": cursor})
        assert answer.status_code == 400
        assert answer.json()["type"] == "urn:wahana:problem:cursor-not-of-this-list"
        assert answer.json()["errors"][0]["parameter"] == "cursor"


def _written(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def test_whatever_is_no_cursor_is_refused(officer: httpx.AsyncClient, listed: str) -> None:
    genuine = (await officer.get(f"{listed}?limit=2")).json()["next"]
    mark = json.loads(base64.urlsafe_b64decode(genuine + "=="))[0]
    forged = [
        "x", "%", "é", "0", genuine[:-3], genuine[::-1], _written({}), _written([]), _written(None), _written([mark]),
        _written([mark, 7]), _written([mark, None]), _written([mark, {"t": "soon"}]), _written([mark, {"q": 1}]),
        _written([mark, {}]), _written([mark, "a", "b"]), _written([mark, ["a"]]), _written([mark, {"u": 5}]),
        _written([mark, True]), _written([mark, "a\x00b"]),
    ]  # fmt: skip
    for cursor in forged:
        answer = await officer.get(listed, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:wahana:problem:cursor-not-of-this-list"), (
            cursor
        )


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "count=perhaps", "cursor=" + "x" * 2001])
async def test_nonsense_paging_is_refused_by_name(officer: httpx.AsyncClient, query: str) -> None:
    answer = await officer.get(f"/v1/villages?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, query.partition("=")[0])
