"""What an event's row holds: its size as the database counts it, and the trace of the request that caused it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.registry import models
from shared import database, outbox
from shared.codes import InstitutionType, LegalStatus, Operation, Origin, Verification
from shared.events.envelope import LARGEST
from shared.events.registry import Institution, Seat
from tests.house import House
from tests.registry.institutions import VILLAGE, record, registration

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
async def engine(registry_api: House) -> AsyncIterator[AsyncEngine]:
    """An engine as the services open it."""
    opened = database.open_engine(registry_api.settings("registry"), pool_size=1)
    yield opened
    await opened.dispose()


def _row() -> models.Institution:
    """What an event is about, with no row in the database."""
    return models.Institution(id=uuid4(), sequence=0)


def _state(letters: str) -> Institution:
    return Institution(
        type=InstitutionType.ARS, name=letters, local_name=None, origin=Origin.TUMBUH,
        legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM, founded_on=None, members=None, verification=Verification.DRAF,
        operation=Operation.AKTIF, active=[], seats=[Seat(village_id=UUID(int=1))], voided=False,
    )  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "é", "ꦲ", "😀", '"'])
async def test_what_is_not_refused_as_too_large_fits_to_the_byte(engine: AsyncEngine, letter: str) -> None:
    fact = outbox.Fact("registered", "operator-1", datetime(2026, 3, 15, tzinfo=UTC), regions=None)
    width = len(letter.encode()) + (letter == '"')
    fits = (LARGEST - len(_state("").model_dump_json().encode())) // width
    async with database.transaction(database.sessions(engine)) as session:
        await outbox.record(session, _row(), _state(letter * fits), fact)
        size = await session.scalar(text("SELECT max(octet_length(data::text)) FROM outbox"))
        assert LARGEST - width < size <= LARGEST
        with pytest.raises(outbox.EventTooLarge):
            await outbox.record(session, _row(), _state(letter * (fits + 1)), fact)


async def test_a_statement_that_fails_does_not_tell_its_values(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with database.transaction(database.sessions(engine)) as session:
            await session.execute(text("SELECT CAST(:a AS int) / 0, :b"), {"a": 1, "b": "Siti Aminah"})
    assert "Siti" not in str(failure.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (TRACE, TRACE),
        (None, None),
        ("Siti Aminah", None),
        (f"{TRACE}-more", None),
        (TRACE.upper(), None),
        (f"ff{TRACE[2:]}", None),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        (f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01", None),
    ],
)
async def test_an_event_goes_on_with_the_trace_of_its_request_which_is_begun_unless_given_in_w3c_form(
    registry_api: House, given: str | None, kept: str | None
) -> None:
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    headers = {"traceparent": given} if given else {}
    body = record(await operator.post("/v1/institutions", json=registration(), headers=headers), 201)
    (row,) = await registry_api.fetch("registry", "SELECT traceparent FROM outbox WHERE subject_id = $1", body["id"])
    version, trace_id, span_id, flags = row["traceparent"].split("-")
    assert (version, len(trace_id), len(span_id)) == ("00", 32, 16)
    assert (trace_id == TRACE[3:35]) is (kept is not None)
    assert flags == (kept[-2:] if kept else "00")
    assert span_id != TRACE[36:52]
