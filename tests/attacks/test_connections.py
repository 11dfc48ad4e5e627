"""Bytes on a socket that are no honest request: smuggled, endless, slow."""

import asyncio

import pytest

from shared import bounds, connection
from tests.attacks import raw
from tests.house import House
from tests.registry.institutions import VILLAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")

INNER = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED_INNER = b"0\r\n\r\n" + INNER
SMUGGLED = {
    "length and chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(CHUNKED_INNER)
    + CHUNKED_INNER,
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKED_INNER,
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(INNER) + INNER,
    "one length twice in a list": b"Content-Length: 0, %d\r\n\r\n" % len(INNER) + INNER,
    "a signed length": b"Content-Length: +%d\r\n\r\n" % len(INNER) + INNER,
    "a negative length": b"Content-Length: -1\r\n\r\n" + INNER,
    "a length in hexadecimal": b"Content-Length: 0x10\r\n\r\n" + INNER,
    "a length beyond all": b"Content-Length: 99999999999999999999999\r\n\r\n" + INNER,
    "an encoding nobody knows": b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED_INNER,
    "chunks inside of something": b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED_INNER,
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED_INNER,
    "a header that is folded": b"X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n" + CHUNKED_INNER,
    "lines that end too soon": b"X-A: b\nTransfer-Encoding: chunked\n\n" + CHUNKED_INNER,
    "a carriage return in a header": b"X-A: b\rContent-Length: 5\r\n\r\n" + INNER,
    "a null in a header": b"X-A: b\0c\r\n\r\n" + INNER,
    "a chunk of negative size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + INNER,
    "a chunk beyond all": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + INNER,
}


@pytest.mark.parametrize("attack", SMUGGLED.values(), ids=SMUGGLED)
async def test_no_request_is_smuggled_within_another(edge_house: House, attack: bytes) -> None:
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(b"POST /v1/institutions HTTP/1.1\r\nHost: x\r\n" + attack)
        answers = await wire.end()
    assert raw.statuses(answers) in ([400], []), answers  # what is wrong with a body ends a request that has begun
    assert b"/smuggled" not in answers


async def test_what_follows_a_request_is_answered_as_one_of_its_own(edge_house: House) -> None:
    """The counterpart: an honest second request on the same connection is served, and no third is made of the two."""
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(
            b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + INNER.replace(b"Host: x", b"Host: x\r\nConnection: close")
        )
        answers = await wire.end()
    assert raw.statuses(answers) == [200, 404]


@pytest.mark.parametrize(
    "attack",
    [
        b"X-A: " + b"a" * (connection.HEADER_BYTES + 1),
        b"X-A: " + b"a" * (connection.HEADER_BYTES + 1) + b"\r\n\r\n",
        b"".join(b"X-%d: a\r\n" % number for number in range(connection.HEADERS + 1)) + b"\r\n",
        b"A: \r\n" * (connection.HEADER_BYTES // 5 + 1),
    ],
    ids=["one without an end", "one with an end", "many", "many without an end"],
)  # fmt: skip
async def test_headers_without_end_are_refused(edge_house: House, attack: bytes) -> None:
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n" + attack)
        answers = await wire.end()
    assert raw.statuses(answers) in ([431], []), answers  # a reset may overtake the answer


@pytest.mark.parametrize(
    "sent", [b"", b"GE", b"GET /livez HTTP/1.1\r\nX-A: b"], ids=["nothing", "a word", "half a head"]
)
async def test_headers_that_never_come_are_not_waited_for(
    edge_house: House, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connection, "HEADER_SECONDS", 0.2)
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(sent)
        assert raw.statuses(await wire.end()) == ([408] if sent else [])


@pytest.mark.parametrize("sent", [b"\r\n", b"GET /livez HTTP/1.1\r\nX-A"], ids=["line ends", "half a request"])
async def test_nor_are_those_of_a_second_request(
    edge_house: House, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.statuses(await wire.answer()) == [200]
        monkeypatch.setattr(connection, "HEADER_SECONDS", 0.2)
        await wire.send(sent)
        assert raw.statuses(await wire.end()) == [408]


async def test_a_body_that_hardly_moves_is_not_waited_for_and_holds_no_transaction(
    edge_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(bounds, "SLOWEST", 1_000_000)
    token = edge_house.issuer.mint("village-operator", VILLAGE).encode()
    head = (
        b"POST /v1/institutions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
        % token
    )
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(head + b"Content-Length: 1000\r\n\r\n{")
        answer = await wire.end()
    assert raw.statuses(answer) == [408]
    assert b"request-too-slow" in answer
    assert await edge_house.fetch("registry", "SELECT pid FROM pg_stat_activity WHERE state LIKE 'idle in%'") == []


async def test_who_goes_on_sending_after_the_answer_is_hung_up_on(
    edge_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.2)
    async with raw.connected(edge_house.url("registry")) as wire:
        await wire.send(b"POST /v1/institutions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert raw.statuses(await wire.answer()) == [401]
        ended = asyncio.create_task(wire.end())
        while not ended.done():
            await wire.send(b" ")
            await asyncio.sleep(0.01)
        assert await ended == b""


async def test_a_connection_is_never_made_one_of_another_protocol(edge_house: House) -> None:
    for upgrade in (b"websocket", b"h2c"):
        head = (
            b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: %s\r\nSec-WebSocket-Key: eA==\r\n\r\n"
            % upgrade
        )
        async with raw.connected(edge_house.url("registry")) as wire:
            await wire.send(head)
            assert raw.statuses(await wire.answer()) == [200]
