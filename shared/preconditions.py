"""ETags, If-Match and JSON merge patch: a change is made to the version that was read, or not at all."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Response
from pydantic import BaseModel, ValidationError

from shared.language import Text
from shared.problems import InvalidPayload, PreconditionFailed, PreconditionRequired
from shared.validation import faults_of

MERGE_PATCH = "application/merge-patch+json"
"""Media type of a PATCH body; the body is a model whose unset fields stay as they are."""
Model = TypeVar("Model", bound=BaseModel)


def etag(sequence: int) -> str:
    """The strong ETag of a record's version."""
    return f'"{sequence}"'


def announce(
    response: Response, service: str, subject: object, sequence: int, beside: Sequence[tuple[object, int]] = ()
) -> None:
    """Sets `ETag` and `Wahana-Position`, by which a later read can wait for this write (`at_least=`).

    `beside`: other subjects that the same write has changed; their positions follow, comma separated.
    """
    response.headers["ETag"] = etag(sequence)
    told = [(subject, sequence), *beside]
    response.headers["Wahana-Position"] = ",".join(f"{service}/{one}@{version}" for one, version in told)


class IfMatch:
    """The version a change is meant for."""

    def __init__(self, versions: frozenset[str]) -> None:
        self._versions = versions

    def check(self, sequence: int) -> None:
        """Raises PreconditionFailed when the record is at another version."""
        if "*" not in self._versions and etag(sequence) not in self._versions:
            raise PreconditionFailed(
                Text(
                    f"Versi sekarang {etag(sequence)}. Baca ulang data, lalu kirim perubahan dengan ETag itu.",
                    f"The current version is {etag(sequence)}. Read the record again and send the change with that ETag.",
                ),
                headers={"ETag": etag(sequence)},
            )


async def _if_match(
    if_match: Annotated[
        str | None, Header(description="ETag of the version you read. Required.", examples=['"3"'])
    ] = None,
) -> IfMatch:
    return required(if_match)


def required(if_match: str | None) -> IfMatch:
    """The version that a header names. Raises PreconditionRequired if there is none."""
    if not if_match:
        raise PreconditionRequired(
            Text(
                'Sertakan If-Match dengan ETag dari data yang Anda baca, misalnya If-Match: "3".',
                'Send If-Match with the ETag of the record you read, such as If-Match: "3".',
            )
        )
    return IfMatch(frozenset(part.strip() for part in if_match.split(",")))


Precondition = Annotated[IfMatch, Depends(_if_match)]
"""The required `If-Match` header of a change."""


def merge(target: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def patched(current: Model, patch: BaseModel) -> Model:
    """`current` with the fields that the patch sets merged in, validated as if sent whole. Raises InvalidPayload."""
    merged = merge(
        current.model_dump(mode="json", exclude_none=True), patch.model_dump(mode="json", exclude_unset=True)
    )
    try:
        return type(current).model_validate(merged)
    except ValidationError as error:
        raise InvalidPayload(errors=faults_of(error)) from error
