"""Whatever is wrong with an input is told in both languages, with a remedy, at the element it belongs to."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AnyUrl, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import core_schema

from shared.fault_texts import texts_of
from shared.language import Text
from shared.problems import BadRequest, Fault, InvalidPayload
from shared.validation import Invalid, faults_of, problem_of

KINDS = get_args(core_schema.ErrorType)
CONTEXT = dict.fromkeys(
    ["expected", "min_length", "max_length", "gt", "ge", "lt", "le", "multiple_of", "pattern", "expected_tags", "tag",
     "discriminator", "expected_schemas", "expected_schemes", "expected_version", "max_digits", "decimal_places",
     "whole_digits"], "7",
)  # fmt: skip


class Colour(StrEnum):
    RED = "merah"
    WHITE = "putih"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: Annotated[int, Field(ge=0, le=9)]


class Everything(BaseModel):
    """One field of every kind that crosses our HTTP."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]+$")]
    colour: Colour
    choice: Literal["ya", "tidak"]
    day: date
    at: datetime
    instant: AwareDatetime
    hour: time
    lasts: timedelta
    id: UUID
    count: Annotated[int, Field(gt=0, lt=100, multiple_of=2)]
    share: Annotated[float, Field(allow_inf_nan=False)]
    money: Annotated[Decimal, Field(max_digits=4, decimal_places=1)]
    yes: bool
    tags: Annotated[list[str], Field(min_length=1, max_length=2)]
    distinct: set[int]
    pair: tuple[int, int]
    table: dict[str, int]
    inner: Inner
    nothing: None
    page: AnyUrl
    ruled: str = "ya"

    @field_validator("ruled")
    @classmethod
    def _rule(cls, value: str) -> str:
        if value != "ya":
            raise Invalid("not-yes", Text("Bukan ya.", "Not yes."), Text("Tulis ya.", "Write ya."))
        return value


VALID: dict[str, Any] = {
    "name": "abc", "colour": "merah", "choice": "ya", "day": "2026-03-31", "at": "2026-03-31T09:00:00",
    "instant": "2026-03-31T09:00:00Z", "hour": "09:30", "lasts": "PT30M", "id": "0191d8a2-4c11-7d31-9a55-3e0f6b7a2c01",
    "count": 2, "share": 0.5, "money": "12.5", "yes": True, "tags": ["a"], "distinct": [1], "pair": [1, 2],
    "table": {"a": 1}, "inner": {"count": 1}, "nothing": None, "page": "https://contoh.go.id", "ruled": "ya",
}  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["merah", "2026-02-30", "2026-03-31T09:00", "99:99", "12.55", "http://", "ftp://a", "tidak"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def _faults(value: dict[str, Any]) -> list[Fault]:
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate(value)
    return faults_of(caught.value)


def _is_bilingual(fault: Fault) -> bool:
    parts = (fault.message, fault.remedy)
    return all(
        text.id and text.en and text.id != text.en and not re.search(r"\{\w", text.id + text.en) for text in parts
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_pydantic_is_told_in_both_languages_with_a_remedy(kind: str) -> None:
    message, remedy = texts_of(kind, CONTEXT)
    assert _is_bilingual(Fault(kind, message, remedy))


@pytest.mark.parametrize(
    ("field", "value", "message", "remedy"),
    [
        ("colour", "biru", "Harus salah satu dari: 'merah', 'putih'.", "Pilih salah satu kode itu."),
        ("choice", "mungkin", "Harus salah satu dari: 'ya', 'tidak'.", "Pilih salah satu nilai itu."),
        ("day", "2026-02-30", "Bukan tanggal yang sah.", "Tulis sebagai TTTT-BB-HH, misalnya 2026-03-31."),
        ("at", "kemarin", "Bukan waktu yang sah.", "Tulis dengan zona, misalnya 2026-03-31T09:00:00Z."),
        ("instant", "2026-03-31T09:00:00", "Waktu tanpa zona.", "Tulis dengan zona, misalnya 2026-03-31T09:00:00Z."),
        ("lasts", "lama", "Bukan lama waktu yang sah.", "Tulis sebagai ISO 8601, misalnya PT30M."),
        ("count", "banyak", "Bukan bilangan bulat.", "Tulis bilangan bulat tanpa tanda kutip."),
        ("count", 0, "Harus lebih dari 0.", "Isi nilai di atas 0."),
        ("count", 3, "Harus kelipatan 2.", "Bulatkan ke kelipatan 2."),
        ("count", "9" * 5000, "Bilangannya terlalu besar.", "Periksa jumlah angkanya."),
        ("share", "separuh", "Bukan bilangan.", "Tulis bilangan dengan titik desimal, misalnya 2.5."),
        ("money", "1.25", "Paling banyak 1 angka di belakang koma.", "Bulatkan nilainya."),
        ("tags", [], "Paling sedikit 1 butir.", "Tambahkan butirnya."),
        ("inner", 1, "Bukan objek.", "Tulis sebagai objek { … }."),
        ("ruled", "tidak", "Bukan ya.", "Tulis ya."),
    ],
)
def test_a_fault_says_in_indonesian_what_is_wrong_and_what_to_write(
    field: str, value: object, message: str, remedy: str
) -> None:
    (fault,) = _faults({**VALID, field: value})
    assert (fault.pointer, fault.message.id, fault.remedy.id) == (f"/{field}", message, remedy)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*VALID, "surplus", "a/b~c"]), json_values, max_size=4))
def test_whatever_is_sent_no_fault_speaks_one_language_only(changes: dict[str, Any]) -> None:
    try:
        Everything.model_validate({**VALID, **changes})
    except ValidationError as error:
        faults = faults_of(error)
    else:
        faults = []
    assert all(_is_bilingual(fault) for fault in faults)
    assert all((fault.pointer or "").startswith("/") for fault in faults)


def test_a_pointer_escapes_what_a_field_name_may_hold() -> None:
    (fault,) = _faults({**VALID, "a/b~c": 1})
    assert fault.pointer == "/a~1b~0c"
    assert fault.code == "extra-forbidden"


def test_an_inner_element_is_pointed_at() -> None:
    (fault,) = _faults({**VALID, "inner": {"count": 10}})
    assert (fault.pointer, fault.message) == ("/inner/count", Text("Paling besar 9.", "At most 9."))


def test_a_rule_over_several_fields_names_the_one_it_blames() -> None:
    class Span(BaseModel):
        until: date

        @field_validator("until")
        @classmethod
        def _ends(cls, value: date) -> date:
            if value.year < 2027:
                raise Invalid("early", Text("Terlalu awal.", "Too early."), Text("Mundurkan.", "Later."), at="days/0")
            return value

    with pytest.raises(ValidationError) as caught:
        Span.model_validate({"until": "2026-01-01"})
    (fault,) = faults_of(caught.value)
    assert (fault.code, fault.pointer) == ("early", "/until/days/0")


def test_a_validators_plain_english_stays_out_of_the_indonesian_answer() -> None:
    message, _ = texts_of("value_error", {"error": ValueError("write 2 digits")})
    assert message == Text("Nilainya tidak sah.", "write 2 digits")


def _request_error(*entries: tuple[str, tuple[str | int, ...]]) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": place, "msg": "", "input": None} for kind, place in entries])


def test_a_wrong_parameter_is_400_and_named_even_inside_a_list() -> None:
    problem = problem_of(_request_error(("enum", ("query", "kind", 0)), ("missing", ("body", "name"))))
    assert isinstance(problem, BadRequest)
    assert [(fault.parameter, fault.pointer) for fault in problem.errors] == [("kind", None)]


def test_a_wrong_payload_is_422_and_pointed_at_from_its_root() -> None:
    problem = problem_of(
        _request_error(("missing", ("body", "plan", 0, "planned_from")), ("json_invalid", ("body", 17)))
    )
    assert isinstance(problem, InvalidPayload)
    assert [fault.pointer for fault in problem.errors] == ["/plan/0/planned_from", ""]
