"""What all three OpenAPI documents have in common, word for word: the problem document, headers, tags, errors by status."""

from typing import Any

from shared import synced
from shared.bounds import LARGEST_BODY
from shared.idempotency import LONGEST

FAULT = {
    "title": "Fault",
    "type": "object",
    "description": "One thing that is wrong with one element of the input: where, what, and what to do about it.",
    "required": ["code", "message", "remedy"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body.", "examples": ["/planned_until"]},
        "parameter": {"type": "string", "description": "Query, path or header parameter.", "examples": ["period"]},
        "code": {"type": "string", "examples": ["end-before-start"]},
        "message": {"type": "string", "examples": ["Selesai sebelum mulai."]},
        "remedy": {"type": "string", "examples": ["Perbaiki salah satu tanggal."]},
    },
}
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 problem details, in Indonesian or by `Accept-Language: en` in English. `type` is what a program "
    "decides by: one of `ProblemType`, or one that a newer version adds.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {
            "anyOf": [{"$ref": "#/components/schemas/ProblemType"}, {"type": "string", "format": "uri"}],
            "examples": ["urn:wahana:problem:invalid-payload"],
        },
        "title": {"type": "string", "examples": ["Isi permintaan tidak sah"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "examples": ["Isi permintaan tidak sah"]},
        "instance": {"type": "string", "examples": ["/v1/institutions"]},
        "request_id": {"type": "string", "examples": ["5f0c9b7a8f6f4f9b8f6f4f9b8f6f4f9b"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
TAGS = {
    "operations": "Health and metrics for who runs the service, and events that could not be read.",
    "events": "The change feed: every change of every public record in the order it was published, from any place on.",
    "code lists": "Official lists with their codes, labels, spellings, sources and editions.",
    "audit": "Who changed what, from what to what; sealed day by day.",
}
"""Tags that more than one service has."""

RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which the same request may be sent again.",
        "schema": {"type": "string", "examples": ["2"]},
    }
}
CHALLENGE = {
    "WWW-Authenticate": {
        "description": "RFC 6750: how to authenticate, and what was wrong with the token.",
        "schema": {"type": "string", "examples": ['Bearer realm="wahana"']},
    }
}
RATES = {
    "RateLimit-Policy": {
        "description": "What may be asked in a window of so many seconds, by what the request costs.",
        "schema": {"type": "string", "examples": ['"reads";q=600;w=60']},
    },
    "RateLimit": {
        "description": "What is left of it, and after how many seconds the next window begins.",
        "schema": {"type": "string", "examples": ['"reads";r=0;t=17']},
    },
}
EVERYWHERE = ("400", "414", "429", "503")
SECURED = ("401", "403")
BODY = ("408", "413", "415", "422")
VERSIONED = ("412", "428")
ERRORS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "400": ("BadRequest", "A parameter or header is wrong.", {}),
    "401": ("Unauthorized", "No accepted access token.", CHALLENGE),
    "403": ("Forbidden", "A right is missing.", {}),
    "404": ("NotFound", "Not there, or not in the caller's area.", {}),
    "408": ("TooSlow", "The body came too slowly.", {}),
    "409": (
        "Conflict",
        "The record's state does not allow it; or, with `Retry-After`, what it refers to has not arrived yet.",
        RETRY_AFTER,
    ),
    "412": ("PreconditionFailed", "The record changed since it was read.", {}),
    "413": ("TooLarge", f"The body has over {LARGEST_BODY // 1024**2} MiB.", {}),
    "414": ("AddressTooLong", "Path and query have over 8 KiB.", {}),
    "415": ("UnsupportedMediaType", "The body is not JSON.", {}),
    "422": ("InvalidPayload", "The body is not valid.", {}),
    "428": ("PreconditionRequired", "If-Match is missing.", {}),
    "429": ("TooManyRequests", "Too many requests in this window; wait for `Retry-After`.", RETRY_AFTER | RATES),
    "503": ("Unavailable", "The database is away; try again.", RETRY_AFTER),
}
"""Answers that every operation words alike: the name of the response, what it says, its headers."""

IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body again: the first answer, no second effect. Kept 48 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "examples": ["9c7f1e2a-regis-2026-0001"]},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "`ETag` of the version you read. `*` changes whichever version there is.",
    "schema": {"type": "string", "examples": ['"3"']},
}
RECORD_HEADERS = {
    "ETag": {
        "description": "Version of the record, for `If-Match`.",
        "schema": {"type": "string", "examples": ['"4"']},
    },
    "Wahana-Position": {
        "description": "Where this write stands, for `at_least=` and `Wahana-At-Least`; on published records only.",
        "schema": {"type": "string", "examples": ["registry/0195a1c4-7e20-7b64-8c3f-52d1e9a4b710@4"]},
    },
}
LOCATION = {
    "Location": {
        "description": "Address of the new record.",
        "schema": {"type": "string", "examples": ["/v1/institutions/0195a1c4-7e20-7b64-8c3f-52d1e9a4b710"]},
    }
}
LINK = {
    "Link": {
        "description": 'The next page, `rel="next"` (RFC 8288); absent on the last one.',
        "schema": {"type": "string", "examples": ['</v1/institutions?cursor=WyI4ZG>; rel="next"']},
    }
}
SYNCED = {
    synced.HEADER: {
        "description": "On the first page of what changed since an instant: give it as `changed_since` next time, once you "
        "have read all pages, and you miss nothing. What you have already comes again; compare `id` and `sequence`. "
        "Sort by `changed_at`, with `voided=any` where there is such a parameter.",
        "schema": {"type": "string", "format": "date-time", "examples": ["2026-03-15T11:59:45Z"]},
    }
}
