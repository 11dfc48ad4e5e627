"""The one family of errors and its rendering as RFC 9457 problem details, in Indonesian and English.

    Problem
    ├── BadRequest 400          what is wrong with the address, its parameters or its headers
    ├── Unauthorized 401        no token, or none that we accept
    ├── Forbidden 403           a right is missing
    ├── NotFound 404            not there, or not in the caller's area
    ├── Conflict 409            the record's state does not allow it
    ├── PreconditionFailed 412  the record changed since it was read
    ├── TooLarge 413
    ├── UnsupportedMediaType 415
    ├── InvalidPayload 422      what is wrong with the body, element by element
    ├── PreconditionRequired 428
    └── Unavailable 503         try again after a while

Raise a subclass named as a sentence where the rule is; the slug is its stable public name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from shared.language import Language, Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one element of the input.

    `pointer` is a JSON pointer into the body (`/planned_until`); `parameter` names a query, path or header parameter.
    `message` says what is wrong, `remedy` what to do about it.
    """

    code: str
    message: Text
    remedy: Text
    pointer: str | None = None
    parameter: str | None = None

    def render(self, language: Language) -> dict[str, str]:
        """The fault as it crosses HTTP."""
        place = {"pointer": self.pointer} if self.pointer is not None else {"parameter": self.parameter or ""}
        return {
            **place,
            "code": self.code,
            "message": self.message.to(language),
            "remedy": self.remedy.to(language),
        }


@dataclass(eq=False)
class Problem(Exception):
    """An answer other than success. `detail` tells this occurrence; `extra` adds members of its own to the document."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[Text] = Text("Terjadi kesalahan pada server", "The server failed")

    detail: Text | None = None
    errors: Sequence[Fault] = ()
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.slug}: {(self.detail or self.title).en}"

    def render(self, language: Language, instance: str) -> dict[str, Any]:
        """The problem document (`application/problem+json`) in one language."""
        document: dict[str, Any] = {
            "type": f"urn:wahana:problem:{self.slug}",
            "title": self.title.to(language),
            "status": self.status,
            "detail": (self.detail or self.title).to(language),
            "instance": instance,
            **self.extra,
        }
        if self.errors:
            document["errors"] = [fault.render(language) for fault in self.errors]
        return document


class BadRequest(Problem):
    status = 400
    slug = "bad-request"
    title = Text("Permintaan tidak dapat dipahami", "The request cannot be understood")


class Unauthorized(Problem):
    status = 401
    slug = "unauthorized"
    title = Text("Token akses tidak ada atau tidak diterima", "The access token is missing or not accepted")


class Forbidden(Problem):
    status = 403
    slug = "forbidden"
    title = Text("Hak Anda tidak mencakup tindakan ini", "Your rights do not cover this action")


class NotFound(Problem):
    status = 404
    slug = "not-found"
    title = Text("Data tidak ditemukan di wilayah Anda", "Nothing found under this address in your area")


class Conflict(Problem):
    status = 409
    slug = "conflict"
    title = Text("Keadaan data tidak mengizinkan tindakan ini", "The record's state does not allow this action")


class PreconditionFailed(Problem):
    status = 412
    slug = "stale-etag"
    title = Text("Data sudah berubah sejak Anda membacanya", "The record changed since you read it")


class TooLarge(Problem):
    status = 413
    slug = "body-too-large"
    title = Text("Isi permintaan terlalu besar", "The request body is too large")


class UnsupportedMediaType(Problem):
    status = 415
    slug = "unsupported-media-type"
    title = Text("Jenis isi permintaan tidak didukung", "The media type of the body is not supported")


class InvalidPayload(Problem):
    status = 422
    slug = "invalid-payload"
    title = Text("Isi permintaan tidak sah", "The request body is not valid")


class PreconditionRequired(Problem):
    status = 428
    slug = "etag-required"
    title = Text("Header If-Match wajib diisi", "The If-Match header is required")


class Unavailable(Problem):
    status = 503
    slug = "unavailable"
    title = Text("Layanan sedang tidak tersedia", "The service is not available right now")
