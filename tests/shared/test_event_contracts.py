"""What is published stays readable for ever: schemas, samples, and the gate that refuses a breaking change."""

import copy
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings import kafka as oracle
from cloudevents.core.formats.json import JSONFormat
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from deploy.contracts import __main__ as contracts
from deploy.contracts import compatibility, event_schemas
from shared.arrived import understand
from shared.events import activities, registry
from shared.events.envelope import Event, State, Unreadable, headers

SCHEMAS = sorted(event_schemas.FOLDER.glob("*.json"))
SAMPLES = sorted(event_schemas.SAMPLES.glob("*.json"))
STATES = {state.topic(): state for state in event_schemas.STATES}
INSTITUTION = event_schemas.schema_of(registry.Institution)
# What hypothesis does not see in a contract: how many decimal places there are, and what a month looks like.
_QUANTITY = st.decimals(0, 10**11 - 1, places=3)
st.register_type_strategy(
    activities.Resource, st.builds(activities.Resource, quantity=st.none() | _QUANTITY, days=st.none() | _QUANTITY)
)
st.register_type_strategy(
    activities.StockEntry, st.builds(activities.StockEntry, quantity=_QUANTITY, balance=_QUANTITY)
)
_MONTH = st.dates(date(1945, 1, 1), date(2100, 12, 31)).map(lambda day: f"{day:%Y-%m}")
st.register_type_strategy(activities.VillageReport, st.builds(activities.VillageReport, month=_MONTH))
PERSONAL = {"nik", "phone", "address", "birth_date", "full_name", "person_name"}


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for inner in node for found in _objects(inner)]
    if not isinstance(node, dict):
        return []
    mine = [node] if node.get("type") == "object" else []
    return mine + [found for inner in node.values() for found in _objects(inner)]


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_each_published_version_has_its_schema_and_a_sample(state: type[State]) -> None:
    schema = json.loads(event_schemas.file_of(state).read_text())
    assert schema == event_schemas.schema_of(state)
    assert schema["$id"] == state.schema_uri()
    assert event_schemas.SAMPLES / f"{state.topic()}.json" in SAMPLES


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_a_published_schema_is_valid_closed_and_without_personal_data(file: Path) -> None:
    schema = json.loads(file.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for found in _objects(schema):
        assert found["additionalProperties"] is False
        assert not PERSONAL & found["properties"].keys()


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_a_sample_of_every_version_ever_published_is_understood(file: Path) -> None:
    event = JSONFormat().read(None, file.read_bytes())
    message = oracle.to_binary_event(event)
    arrived = understand(STATES[file.stem], list(message.headers.items()), message.value)
    assert arrived.event.schema == STATES[file.stem].schema_uri()
    schema = json.loads((event_schemas.FOLDER / file.name).read_text())
    assert arrived.event.type in schema["x-facts"]
    _validator(schema).validate(event.get_data())
    # Nothing of it is lost: what the state says again is what was published.
    again = arrived.state.model_dump(mode="json")
    assert {name: again[name] for name in json.loads(message.value)} == json.loads(message.value)


def test_a_field_that_a_later_publisher_adds_is_ignored() -> None:
    sample = json.loads((event_schemas.SAMPLES / "registry.institution.v1.json").read_text())
    sample["data"] |= {"motto": "Guyub rukun"}
    sample["data"]["members"] |= {"children": 3}
    message = oracle.to_binary_event(JSONFormat().read(None, json.dumps(sample)))
    state = understand(registry.Institution, list(message.headers.items()), message.value).state
    assert state.model_dump(mode="json")["members"] == {"female": 34, "male": 2, "unknown": 0}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (b"{", registry.Institution.schema_uri()),
        (b"{}", registry.Institution.schema_uri()),
        (b"null", registry.Institution.schema_uri()),
        (b"{}", "urn:wahana:schema:registry.institution.v2"),
    ],
    ids=["no JSON", "fields missing", "null", "another version"],
)
def test_data_that_break_the_contract_are_unreadable(value: bytes, schema: str) -> None:
    sample = JSONFormat().read(None, (event_schemas.SAMPLES / "registry.institution.v1.json").read_bytes())
    raw = {**oracle.to_binary_event(sample).headers, "ce_dataschema": schema.encode()}
    with pytest.raises(Unreadable):
        understand(registry.Institution, list(raw.items()), value)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
@given(data=st.data())
def test_whatever_a_state_holds_is_valid_under_its_schema_and_read_back(state: type[State], data: Any) -> None:
    told: State = data.draw(st.from_type(state))
    value = told.model_dump_json().encode()
    assume(b"\\u0000" not in value)  # no service takes it, and no consumer reads it
    _validator(event_schemas.schema_of(state)).validate(json.loads(value))
    sample = JSONFormat().read(None, (event_schemas.SAMPLES / f"{state.topic()}.json").read_bytes())
    raw = oracle.to_binary_event(sample)
    arrived = understand(state, list(raw.headers.items()), value)
    assert arrived.state == told
    assert isinstance(arrived.event, Event)
    assert understand(state, headers(arrived.event), value).state == told


def _field(name: str, schema: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda new: new["properties"].update({name: schema})


def _required(new: dict[str, Any]) -> None:
    new["properties"]["motto"] = {"type": "string"}
    new["required"].append("motto")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda new: new["properties"].pop("local_name"), "log .*: local_name"),
        (lambda new: new["$defs"]["MemberCounts"]["properties"].pop("male"), "log .*: members"),
        (_field("name", {"type": "integer"}), "log .*: name"),
        (_field("founded_on", {"type": "string", "format": "date"}), "log .*: founded_on"),
        (lambda new: new["$defs"]["Origin"]["enum"].pop(), "log .*: origin"),
        (_required, "log .*: motto"),
        (lambda new: new["properties"]["seats"].update(minItems=2), "log .*: seats"),
        (lambda new: new["$defs"]["Spell"]["properties"]["since"].update(format="date-time"), "log .*: absorbed, active"),
        (lambda new: new["required"].remove("name"), "readers .*: name"),
        (_field("name", {"anyOf": [{"type": "string"}, {"type": "null"}]}), "readers .*: name"),
        (lambda new: new["$defs"]["Seat"]["properties"]["village_id"].pop("format"), "readers .*: absorbed, seats"),
        (lambda new: new["x-facts"].remove("registry.institution.voided.v1"), "facts were removed"),
        (lambda new: new.update({"$id": "urn:wahana:schema:registry.institution.v9"}), "named"),
    ],
    ids=[
        "field removed", "inner field removed", "type changed", "null no longer allowed", "code removed",
        "required field added", "bound tightened", "format changed", "required no longer", "null allowed",
        "format dropped", "fact removed", "renamed",
    ],
)  # fmt: skip
def test_a_breaking_change_of_a_published_version_is_refused(
    change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    new = copy.deepcopy(INSTITUTION)
    change(new)
    assert re.search(reason, "; ".join(compatibility.breaks(INSTITUTION, new)))


@pytest.mark.parametrize(
    "change",
    [
        lambda new: new["properties"].update(motto={"type": "string", "default": ""}),
        lambda new: new["$defs"]["MemberCounts"]["properties"].update(children={"type": "integer"}),
        lambda new: new["$defs"]["InstitutionType"]["enum"].append("KRT"),
        lambda new: new["x-facts"].append("registry.institution.praised.v1"),
        lambda new: new.update(description="Said better."),
        lambda new: None,
    ],
    ids=["optional field", "inner optional field", "code", "fact", "description", "nothing"],
)
def test_an_addition_to_a_published_version_is_allowed(change: Callable[[dict[str, Any]], object]) -> None:
    new = copy.deepcopy(INSTITUTION)
    change(new)
    assert compatibility.breaks(INSTITUTION, new) == []


def test_the_program_refuses_to_overwrite_what_was_published(tmp_path: Path) -> None:
    published = copy.deepcopy(INSTITUTION)
    published["properties"]["motto"] = {"type": "string"}
    (tmp_path / "registry.institution.v1.json").write_text(json.dumps(published))
    (tmp_path / "registry.weather.v1.json").write_text(json.dumps(published))
    told = "\n".join(contracts.refusals(tmp_path))
    assert "registry.institution.v1.json: events in the log would no longer be valid: motto." in told
    assert "publish VERSION = 2 beside it" in told
    assert "registry.weather.v1.json: published and gone" in told
    assert contracts.refusals() == []
