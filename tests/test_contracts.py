"""The checked-in contract files: they say what the code says, and the AsyncAPI document is one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deploy.contracts import __main__ as contracts
from deploy.contracts import asyncapi, event_schemas, http, releases
from shared import kafka
from shared.events import envelope
from shared.settings import SharedSettings

DOCUMENT: dict[str, Any] = json.loads(contracts.ASYNCAPI.read_text())
SETTINGS = SharedSettings(kafka_bootstrap_servers="localhost:9", auth_issuer="x", auth_jwks_url="http://x")


def _resolved(reference: str) -> Any:
    """What a reference of the document points to, here or in the file it names."""
    place, _, pointer = reference.partition("#")
    node = json.loads((contracts.ASYNCAPI.parent / place).read_text()) if place else DOCUMENT
    for step in pointer.split("/")[1:]:
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _references(inner)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from _references(inner)


def _messages() -> Iterator[tuple[str, dict[str, Any]]]:
    for topic, channel in DOCUMENT["channels"].items():
        for message in channel["messages"].values():
            yield topic, message


def test_the_checked_in_files_say_what_the_code_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert contracts.main(["--check"]) == 0, capsys.readouterr().err


def test_a_file_that_differs_is_shown_line_by_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wanted = contracts.documents()
    monkeypatch.setattr(contracts, "ROOT", tmp_path)
    file = tmp_path / "asyncapi.json"
    changed = {**wanted[contracts.ASYNCAPI], "id": "urn:another"}
    file.write_text(contracts.render(wanted[contracts.ASYNCAPI]))
    assert contracts.differences({file: wanted[contracts.ASYNCAPI]}) == []
    (shown,) = contracts.differences({file: changed})
    assert '-  "id": "urn:wahana:events",' in shown
    assert '+  "id": "urn:another",' in shown


def test_what_would_break_a_client_of_the_last_release_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for service in http.SERVICES:
        released = json.loads(http.file_of(service).read_text())
        released["paths"]["/v1/gone"] = {"get": {"operationId": "read_gone", "responses": {}}}
        (tmp_path / f"{service}.json").write_text(json.dumps(released))
    monkeypatch.setattr(releases, "newest", lambda _: tmp_path)
    assert contracts.main(["--check"]) == 1
    assert "registry GET /v1/gone: removed." in capsys.readouterr().err


def test_a_file_is_written_the_same_whoever_writes_it() -> None:
    first, second = contracts.documents(), contracts.documents()
    assert {path: contracts.render(found) for path, found in first.items()} == {
        path: contracts.render(found) for path, found in second.items()
    }


def test_the_document_has_what_asyncapi_3_demands() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    allowed = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    assert DOCUMENT.keys() <= allowed
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
        assert set(re.findall(r"\{(\w+)\}", server["host"])) == server["variables"].keys()
    for section in DOCUMENT["components"].values():
        assert all(re.fullmatch(r"[\w.-]+", name) for name in section)
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == channel["parameters"].keys()
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        # Messages of an operation are those of its channel, and never the components themselves.
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_every_reference_of_the_document_is_there() -> None:
    assert [reference for reference in set(_references(DOCUMENT)) if not _resolved(reference)] == []


def test_every_topic_of_the_installation_is_a_channel_with_its_partitions() -> None:
    declared = {topic.name: topic for topic in kafka.declared(SETTINGS)}
    channels = {
        channel["address"].format(prefix=SETTINGS.kafka_topic_prefix): channel["bindings"]["kafka"]
        for channel in DOCUMENT["channels"].values()
    }
    assert channels.keys() == declared.keys()
    for name, binding in channels.items():
        assert binding["partitions"] == declared[name].partitions
        told = {key: str(v[0] if isinstance(v, list) else v) for key, v in binding["topicConfiguration"].items()}
        assert told == declared[name].config


def test_every_event_type_is_a_message_with_its_schema_key_and_headers() -> None:
    wanted = {state.event_type(fact): state for state in event_schemas.STATES for fact in state.facts()}
    found = {message["name"]: message for _, message in _messages() if message["name"] != "watermark"}
    assert found.keys() == wanted.keys()
    for name, message in found.items():
        payload = _resolved(message["payload"]["$ref"])
        assert _resolved(payload["schema"]["$ref"])["$id"] == wanted[name].schema_uri()
        assert message["bindings"]["kafka"]["key"]["format"] == "uuid"
    sent = [message["$ref"] for operation in DOCUMENT["operations"].values() for message in operation["messages"]]
    assert len(sent) == len(set(sent)) == len(list(_messages()))


@pytest.mark.parametrize("file", sorted(event_schemas.SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_the_headers_are_those_we_send(file: Path) -> None:
    sample = json.loads(file.read_text())
    sent = {f"ce_{name}": value for name, value in sample.items() if name not in ("data", "datacontenttype")}
    headers = dict(envelope.headers(envelope.read([(n, v.encode()) for n, v in sent.items()], b"{}")))
    trait = DOCUMENT["components"]["messageTraits"]["cloudevent"]["headers"]["schema"]
    jsonschema.validate({name: value.decode() for name, value in headers.items()}, trait)
    assert headers.keys() <= trait["properties"].keys()


def test_the_document_holds_no_secret_and_no_address_of_ours() -> None:
    text = contracts.ASYNCAPI.read_text().lower()
    assert not re.search(r"password|secret|token|sasl|127\.0\.0\.1", text)
    assert asyncapi.document() == DOCUMENT
