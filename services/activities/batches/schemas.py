"""What crosses HTTP about batches."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SkipValidation,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic.types import StringConstraints

from services.activities.activities.answers import WarningOut
from services.activities.activities.fields import Closed
from services.activities.batches.operations import OPERATIONS, Operation
from shared.fields import printable
from shared.language import Text
from shared.preconditions import etag
from shared.validation import Invalid

MOST = 500
"""Operations in a batch."""


def _known(name: str) -> str:
    if name not in OPERATIONS:
        raise Invalid(
            "operation-unknown",
            Text(f"Operasi «{name[:80]}» tidak dikenal.", f"The operation «{name[:80]}» is not known."),
            Text(f"Pakai salah satu: {', '.join(OPERATIONS)}.", f"Use one of: {', '.join(OPERATIONS)}."),
        )
    return name


ClientId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$"),
    Field(
        description="The operation's id, made by the device that captured it. Sent again it is not done again.",
        examples=["0197a3b2-7c51-7d3e-9a52-5d0c7a1f2b3c"],
    ),
]
At = Annotated[
    UUID | None,
    Field(description="Of a step: the record that it is about, also one that this batch makes; its id in the address."),
]
Version = Annotated[
    int | Literal["*"] | None,
    Field(description="Of a step: the version that was read, as `If-Match`; `*`: whichever it has.", examples=[1]),
]


class OperationIn(Closed):
    """An operation as it was captured. Its body is read by the operation's own rules."""

    client_id: ClientId
    operation: Annotated[str, AfterValidator(printable), AfterValidator(_known)]
    body: dict[str, Any]
    at: Annotated[At, Field(validate_default=True)] = None
    if_match: Version = None

    @property
    def precondition(self) -> str | None:
        """The version that a step is meant for, as the header `If-Match` of the single request."""
        if self.if_match is None:
            return None
        return "*" if self.if_match == "*" else etag(self.if_match)

    @field_validator("at")
    @classmethod
    def _names_a_record(cls, at: UUID | None, info: ValidationInfo) -> UUID | None:
        operation = OPERATIONS.get(info.data.get("operation", ""))
        if operation is None or operation.about_a_record == (at is not None):
            return at
        if at is None:
            raise Invalid(
                "record-missing",
                Text("Tidak disebut catatan mana yang dimaksud.", "It does not say which record it is about."),
                Text("Isi `at` dengan id catatan itu.", "Give the record's id in `at`."),
            )
        raise Invalid(
            "record-not-expected",
            Text("Operasi ini membuat catatan baru.", "This operation makes a new record."),
            Text(
                "Hapus `at`; id catatan baru ditulis di `body`.", "Leave `at` out; a new record's id stands in `body`."
            ),
        )


def _documented(operation: Operation) -> type[BaseModel]:
    """An operation as the API's document shows it."""
    name: Any = Literal[operation.name]
    title = "".join(part.capitalize() for part in operation.name.split("_"))
    about: dict[str, Any] = {"at": (At, ...), "if_match": (Version, ...)} if operation.about_a_record else {}
    model: type[BaseModel] = create_model(
        f"{title}Operation",
        __config__=ConfigDict(extra="forbid"),
        __doc__=f"`POST {operation.route.path}`: {operation.route.summary}.",
        client_id=(ClientId, ...),
        operation=(name, ...),
        body=(operation.body, ...),
        **about,
    )
    return model


_Any = reduce(or_, (_documented(operation) for operation in OPERATIONS.values()))
# Each is read for itself: one that cannot be read is refused alone.
_Operation = SkipValidation[Annotated[_Any, Field(discriminator="operation")]]  # type: ignore[valid-type]


class BatchIn(Closed):
    """Operations in the order in which they are to be done: a later one may refer to what an earlier one makes."""

    operations: Annotated[list[_Operation], Field(min_length=1, max_length=MOST)]


class ProblemOut(BaseModel):
    """What is wrong, as the single request would be told: pointers lead into the operation's body."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(examples=["urn:wahana:problem:invalid-payload"])]
    title: Annotated[str, Field(examples=["Isi permintaan tidak sah"])]
    status: Annotated[int, Field(examples=[422])]


class ResultOut(BaseModel):
    """What became of one operation."""

    client_id: Annotated[str | None, Field(description="Null if it could not be read.", examples=["luring-17"])]
    status: Annotated[
        int, Field(description="As the single request is answered: 200, 201, or a problem's.", examples=[201])
    ]
    already: Annotated[bool, Field(description="It had been done before: the same operation, sent again.", examples=[False])] = False  # fmt: skip
    id: Annotated[UUID | None, Field(description="The record's.")] = None
    position: Annotated[
        str | None,
        Field(
            description="Where it stands, for `at_least=` of reporting, as `Wahana-Position`.",
            examples=["activities/0197a3b2-7c51-7d3e-9a52-5d0c7a1f2b3c@1"],
        ),
    ] = None
    warnings: Annotated[list[WarningOut], Field(description="What was understood otherwise than it was written.", examples=[[]])] = []  # fmt: skip
    problem: Annotated[ProblemOut | None, Field(description="Why nothing was stored of it.")] = None


class BatchOut(BaseModel):
    """What became of each operation, in their order."""

    done: Annotated[int, Field(description="Operations that are stored, now or already.", examples=[499])]
    refused: Annotated[int, Field(description="Operations of which nothing was stored.", examples=[1])]
    results: list[ResultOut]
