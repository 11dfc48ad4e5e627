"""The AsyncAPI 3.0 document of everything that is published to Kafka, made of the same catalogue as the topics."""

from pathlib import Path
from typing import Any

from deploy.contracts.event_schemas import DIALECT, STATES, file_of
from shared import kafka
from shared.events import envelope
from shared.events.envelope import State

FILE = Path(__file__).parents[1] / "asyncapi.json"
"""Where the document is checked in."""
SERVICES = ("registry", "activities")
"""Those that publish."""
FORMAT = "application/schema+json;version=draft-2020-12"
BINDING = "0.5.0"
PREFIX = {
    "prefix": {"default": "wahana", "description": "The installation's topic prefix, `KAFKA_TOPIC_PREFIX`."},
}
WATERMARK = {
    "$schema": DIALECT,
    "title": "Watermark",
    "description": "Everything the service committed before `through` lies before `next_offsets` in its topics.",
    "type": "object",
    "required": ["through", "next_offsets"],
    "properties": {
        "through": {"type": "string", "format": "date-time", "examples": ["2026-03-15T12:00:00.250000+00:00"]},
        "next_offsets": {
            "type": "object",
            "description": "Topic, then partition: the first offset that is not needed.",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
            "examples": [{"wahana.registry.institution.v1": {"0": 17, "11": 4}}],
        },
    },
    "additionalProperties": False,
}


def document() -> dict[str, Any]:
    """The document; channels carry the topics' names without the installation's prefix."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:wahana:events",
        "info": {
            "title": "Wahana events",
            "version": "1",
            "description": (
                "State-carrying facts as CloudEvents 1.0, Kafka binding, binary content mode. The key is the subject's"
                " id. An event can be read alone, twice and late: it carries the whole public state of its subject, and"
                " `sequence` is the subject's version. Ignore an event whose sequence is not above the one you have."
                " Ignore fields you do not know; a code you do not know may have been added within a version."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": envelope.CONTENT_TYPE.decode(),
        "servers": {
            "kafka": {
                "host": "{host}:{port}",
                "protocol": "kafka",
                "description": "The installation's Kafka, `KAFKA_BOOTSTRAP_SERVERS`. Topics are never auto-created.",
                "variables": {"host": {"default": "localhost"}, "port": {"default": "19092"}},
            }
        },
        "channels": {
            **{state.topic(): _facts_channel(state) for state in STATES},
            **{kafka.watermark_topic(service): _watermark_channel(service) for service in SERVICES},
        },
        "operations": {
            **{f"publish-{state.topic()}": _operation(state.topic(), state.facts()) for state in STATES},
            **{f"publish-{(topic := kafka.watermark_topic(service))}": _operation(topic) for service in SERVICES},
        },
        "components": {
            "messageTraits": {"cloudevent": {"headers": {"schemaFormat": FORMAT, "schema": _headers()}}},
            "schemas": {
                **{state.topic(): {"schemaFormat": FORMAT, "schema": {"$ref": _place(state)}} for state in STATES},
                "watermark": {"schemaFormat": FORMAT, "schema": WATERMARK},
            },
        },
    }


def _place(state: type[State]) -> str:
    """The schema's file as seen from `deploy/asyncapi.json`."""
    return f"../shared/events/schemas/{file_of(state).name}"


def _facts_channel(state: type[State]) -> dict[str, Any]:
    return {
        "address": f"{{prefix}}.{state.topic()}",
        "title": f"{state.SERVICE.capitalize()}: {state.NOUN}",
        "description": (state.__doc__ or "").strip(),
        "parameters": PREFIX,
        "messages": {fact: _fact(state, fact) for fact in state.facts()},
        "bindings": {"kafka": _topic(kafka.PARTITIONS, kafka.FACTS_CONFIG)},
    }


def _fact(state: type[State], fact: str) -> dict[str, Any]:
    return {
        "name": state.event_type(fact),
        "title": f"{state.NOUN.capitalize()} {fact.replace('_', ' ')}",
        "contentType": envelope.CONTENT_TYPE.decode(),
        "payload": {"$ref": f"#/components/schemas/{state.topic()}"},
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "bindings": {
            "kafka": {
                "key": {"type": "string", "format": "uuid", "description": "The subject's id."},
                "bindingVersion": BINDING,
            }
        },
    }


def _watermark_channel(service: str) -> dict[str, Any]:
    message = {"name": "watermark", "title": "Watermark", "payload": {"$ref": "#/components/schemas/watermark"}}
    return {
        "address": f"{{prefix}}.{kafka.watermark_topic(service)}",
        "title": f"{service.capitalize()}: watermark",
        "description": f"How far {service} has published, about once a second. No key; kept for an hour.",
        "parameters": PREFIX,
        "messages": {"watermark": message},
        "bindings": {"kafka": _topic(1, kafka.WATERMARK_CONFIG)},
    }


def _topic(partitions: int, config: dict[str, str]) -> dict[str, Any]:
    settings: dict[str, Any] = {name: int(v) if v.lstrip("-").isdigit() else [v] for name, v in config.items()}
    return {"partitions": partitions, "topicConfiguration": settings, "bindingVersion": BINDING}


def _operation(topic: str, messages: tuple[str, ...] = ("watermark",)) -> dict[str, Any]:
    channel = f"#/channels/{topic}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"{topic.partition('.')[0].capitalize()} publishes.",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in messages],
    }


def _headers() -> dict[str, Any]:
    texts: dict[str, dict[str, Any]] = {
        "ce_specversion": {"const": envelope.SPEC_VERSION},
        "ce_id": {"format": "uuid", "description": "Of this event (UUIDv7); the same when it is sent again."},
        "ce_source": {"enum": list(SERVICES)},
        "ce_type": {"examples": ["registry.institution.verified.v1"]},
        "ce_subject": {"format": "uuid", "description": "Whose state the data is; also the record's key."},
        "ce_time": {"format": "date-time", "description": "When it was recorded, UTC."},
        "ce_sequence": {"pattern": "^[1-9][0-9]*$", "description": "The subject's version: 1, 2, 3 …"},
        "ce_dataschema": {"examples": ["urn:wahana:schema:registry.institution.v1"]},
        "content-type": {"const": envelope.CONTENT_TYPE.decode()},
        "traceparent": {"description": "W3C trace context of the request, where there was one."},
    }
    return {
        "type": "object",
        "required": [name for name in texts if name != "traceparent"],
        "properties": {name: {"type": "string", **more} for name, more in texts.items()},
    }
