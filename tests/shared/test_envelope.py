"""Our Kafka messages are CloudEvents for everybody: the `cloudevents` package is the oracle, in both directions."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings import kafka as oracle
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from shared.events import envelope
from shared.events.envelope import Event, Unreadable
from shared.events.registry import Institution

zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001  # zones are drawn
letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
payloads = st.dictionaries(
    st.text(letters, max_size=20), st.integers() | st.text(letters, max_size=50) | st.none(), max_size=5
)
events = st.builds(
    Event,
    id=st.uuids(),
    type=st.sampled_from([Institution.event_type(fact) for fact in Institution.FACTS]),
    subject=st.uuids(),
    sequence=st.integers(1, 2**29),
    time=instants.map(lambda instant: instant.astimezone(UTC)),
    data=payloads.map(lambda payload: json.dumps(payload, ensure_ascii=False).encode()),
    schema=st.just(Institution.schema_uri()),
    traceparent=st.none() | st.just("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
)
EVENT = Event(
    id=UUID(int=1),
    type="registry.institution.verified.v1",
    subject=UUID(int=2),
    sequence=4,
    time=datetime(2026, 3, 2, 3, 41, tzinfo=UTC),
    data=b"{}",
    schema=Institution.schema_uri(),
)


def _without(name: str) -> list[tuple[str, bytes]]:
    return [header for header in envelope.headers(EVENT) if header[0] != name]


@given(events)
def test_what_is_published_is_read_back_unchanged(event: Event) -> None:
    assert envelope.read(envelope.headers(event), event.data) == event


@given(events)
def test_the_cloudevents_package_decodes_our_message(event: Event) -> None:
    message = oracle.KafkaMessage(dict(envelope.headers(event)), str(event.subject).encode(), event.data)
    decoded = oracle.from_binary_event(message)
    assert decoded.get_specversion() == "1.0"
    assert decoded.get_id() == str(event.id)
    assert decoded.get_source() == event.source == "registry"
    assert decoded.get_type() == event.type
    assert decoded.get_subject() == decoded.get_extension("partitionkey") == str(event.subject)
    assert decoded.get_time() == event.time
    assert decoded.get_dataschema() == event.schema
    assert decoded.get_datacontenttype() == "application/json"
    assert decoded.get_extension("sequence") == str(event.sequence)
    # The package gives no data at all for an empty object.
    assert (decoded.get_data() or {}) == json.loads(event.data)


@given(events, zones)
def test_we_read_what_the_cloudevents_package_encodes(event: Event, zone: timezone) -> None:
    attributes: dict[str, Any] = {
        "specversion": "1.0", "id": str(event.id), "source": event.source, "type": event.type,
        "subject": str(event.subject), "time": event.time.astimezone(zone), "sequence": str(event.sequence),
        "dataschema": event.schema, "datacontenttype": "application/json",
    }  # fmt: skip
    message = oracle.to_binary_event(CloudEvent(attributes, json.loads(event.data)))
    read = envelope.read(list(message.headers.items()), message.value)
    assert (read.id, read.source, read.type, read.subject) == (event.id, event.source, event.type, event.subject)
    assert (read.sequence, read.time, read.schema) == (event.sequence, event.time, event.schema)
    assert json.loads(read.data) == json.loads(event.data)


def test_the_trace_of_the_request_travels_as_the_w3c_header() -> None:
    traced = [*envelope.headers(EVENT), ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    assert envelope.read(traced, b"{}").traceparent == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert "traceparent" not in dict(envelope.headers(EVENT))


def test_a_record_without_a_value_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="no value"):
        envelope.read(envelope.headers(EVENT), None)


@pytest.mark.parametrize("value", [rb'{"name": "a\u0000b"}', rb'{"name": "\\\u0000"}', rb'{"\u0000": 1}'])
def test_data_with_nul_is_unreadable(value: bytes) -> None:
    with pytest.raises(Unreadable, match="NUL"):
        envelope.read(envelope.headers(EVENT), value)


@pytest.mark.parametrize("value", [rb'{"name": "\\u0000"}', rb'{"name": "a\\\\u0000b"}', rb'{"name": "\u0001"}'])
def test_data_that_only_looks_like_nul_is_read(value: bytes) -> None:
    assert envelope.read(envelope.headers(EVENT), value).data == value


@pytest.mark.parametrize(
    "name", ["ce_specversion", "ce_id", "ce_type", "ce_subject", "ce_sequence", "ce_time", "ce_dataschema"]
)
def test_a_missing_or_empty_header_is_named(name: str) -> None:
    with pytest.raises(Unreadable, match=name):
        envelope.read(_without(name), b"{}")
    with pytest.raises(Unreadable, match=name):
        envelope.read([*_without(name), (name, None)], b"{}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"17"),
        ("ce_id", b"\xff\xfe"),
        ("ce_subject", b"not-a-uuid"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1_000"),
        ("ce_sequence", b" 4"),
        ("ce_sequence", b"99999999999999999999"),
        ("ce_sequence", "４".encode()),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-03-02T03:41:00"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_malformed_header_is_unreadable(name: str, content: bytes) -> None:
    with pytest.raises(Unreadable, match="malformed"):
        envelope.read([*_without(name), (name, content)], b"{}")


@given(
    st.lists(st.tuples(st.sampled_from([n for n, _ in envelope.headers(EVENT)]), st.none() | st.binary(max_size=40)))
)
def test_whatever_the_headers_hold_the_record_is_read_or_unreadable(noise: list[tuple[str, bytes | None]]) -> None:
    with contextlib.suppress(Unreadable):
        assert envelope.read([*envelope.headers(EVENT), *noise], b"{}").sequence >= 1


def test_the_contract_names_its_facts_and_no_other() -> None:
    assert Institution.event_type("verified") == "registry.institution.verified.v1"
    with pytest.raises(ValueError, match="evaporated"):
        Institution.event_type("evaporated")
