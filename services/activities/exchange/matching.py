"""How well an offer meets a need: what it is, how far it is, and the words they have in common; told part by part.

    score = kind (40 the same, 20 a related one) + distance (30 in the village … 0 elsewhere in the nation)
            + words (6 for each in common, up to 30)

Offers and needs are compared when they are of the same or a related kind, or have a word in common.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.exchange import words
from services.activities.exchange.scope import DISTRICT, PROVINCE, REGENCY
from shared.codes import ExchangeKind, RegionLevel
from shared.pagination import Order

SAME_KIND, RELATED_KIND = 40, 20
DISTANCES: Mapping[RegionLevel, int] = {
    RegionLevel.VILLAGE: 30,
    RegionLevel.DISTRICT: 24,
    RegionLevel.REGENCY: 16,
    RegionLevel.PROVINCE: 8,
    RegionLevel.NATION: 0,
}
"""Points by the lowest region that holds both."""
WORD, MOST_WORDS = 6, 30
_PAIRS = (
    (ExchangeKind.DANA, ExchangeKind.BARANG),
    (ExchangeKind.DANA, ExchangeKind.SARANA),
    (ExchangeKind.BARANG, ExchangeKind.SARANA),
    (ExchangeKind.TENAGA, ExchangeKind.KEAHLIAN),
    (ExchangeKind.KEAHLIAN, ExchangeKind.PENGETAHUAN),
    (ExchangeKind.KEAHLIAN, ExchangeKind.PENDAMPINGAN),
    (ExchangeKind.PENGETAHUAN, ExchangeKind.PENDAMPINGAN),
    (ExchangeKind.PENDAMPINGAN, ExchangeKind.PEMASARAN),
)
"""Kinds of which one may stand for the other."""
_LETTERS = {"district": DISTRICT, "regency": REGENCY, "province": PROVINCE}


def related(kind: ExchangeKind) -> set[ExchangeKind]:
    """The kinds that may stand for one, without it. Of `lainnya` only itself: that both are something else tells little."""
    if kind is ExchangeKind.LAINNYA:
        return {kind}
    return {other for pair in _PAIRS if kind in pair for other in pair if other is not kind}


class KindPart(BaseModel):
    """What both are."""

    relation: Annotated[Literal["same", "related", "other"], Field(examples=["same"])]
    points: Annotated[int, Field(examples=[40])]


class DistancePart(BaseModel):
    """How far they are from each other."""

    within: Annotated[RegionLevel, Field(description="The lowest region that holds both.", examples=["district"])]
    points: Annotated[int, Field(examples=[24])]


class WordsPart(BaseModel):
    """What both say."""

    common: Annotated[list[str], Field(description="Stems of the words in common.", examples=[["beras", "pinjam"]])]
    points: Annotated[int, Field(examples=[12])]


class Score(BaseModel):
    """How well they meet, and why."""

    total: Annotated[int, Field(examples=[76])]
    kind: KindPart
    distance: DistancePart
    words: WordsPart


async def stems(session: AsyncSession, row: Any) -> list[str]:
    """The stems by which a need or an offer is compared."""
    text = " ".join(form for word in words.words(row.search_text)[: words.MOST] for form in words.forms(word))
    vector = func.to_tsvector(cast(literal("indonesian"), REGCONFIG), text)
    return list(await session.scalar(select(func.tsvector_to_array(vector, type_=ARRAY(Text)))) or [])


def matches(row: Any, others: Any, sought: list[str], statement: Select[Any]) -> Select[Any]:
    """The statement over others, narrowed to those that are comparable with a need or an offer, with the parts of their
    score as `kind_points`, `distance_points`, `common` and `score`. `others` are their columns."""
    kin = related(row.kind) - {row.kind} if row.kind is not ExchangeKind.LAINNYA else set()
    same = RELATED_KIND if row.kind is ExchangeKind.LAINNYA else SAME_KIND
    kind = case((others.kind == row.kind, same), (others.kind.in_(kin), RELATED_KIND), else_=0)
    distance = _distance(others.village_code, row.village_code)
    common = _common(others.search, sought)
    text = func.least(WORD * func.cardinality(common), MOST_WORDS)
    has_word = others.search.bool_op("@@")(_any(sought)) if sought else literal(False)
    comparable = or_(others.kind.in_({row.kind, *kin}), has_word)
    another = and_(others.poster_id != row.poster_id, comparable)
    return statement.where(another).add_columns(
        kind.label("kind_points"),
        distance.label("distance_points"),
        common.label("common"),
        cast(kind + distance + text, Integer).label("score"),
    )


def best_first(compared: Select[Any], others: Any) -> Order:
    """The order of what was compared: by score, then what changed last."""
    return Order([compared.selected_columns.score, others.changed_at, others.id], descending=True)


def score_of(found: Row[Any], other: ExchangeKind, kind: ExchangeKind) -> Score:
    """The parts of a row's score as they are told; `other` is its kind, compared with `kind`."""
    relation: Literal["same", "related", "other"] = (
        "same" if other is kind else "related" if found.kind_points else "other"
    )
    within = next(level for level, points in DISTANCES.items() if points == found.distance_points)
    points = found.score - found.kind_points - found.distance_points
    return Score(
        total=found.score,
        kind=KindPart(relation=relation, points=found.kind_points),
        distance=DistancePart(within=within, points=found.distance_points),
        words=WordsPart(common=found.common, points=points),
    )


def _distance(code: ColumnElement[str], here: str) -> ColumnElement[int]:
    above = [(func.left(code, size) == here[:size], DISTANCES[RegionLevel(level)]) for level, size in _LETTERS.items()]
    return case((code == here, DISTANCES[RegionLevel.VILLAGE]), *above, else_=DISTANCES[RegionLevel.NATION])


def _common(search: ColumnElement[Any], sought: list[str]) -> Any:
    stem = func.unnest(func.tsvector_to_array(search)).column_valued("stem")
    asked = cast(literal(sought, ARRAY(Text)), ARRAY(Text))
    return func.array(select(stem).where(stem == any_(asked)).order_by(stem).scalar_subquery(), type_=ARRAY(Text))


def _any(sought: list[str]) -> Any:
    return func.to_tsquery(cast(literal("simple"), REGCONFIG), " | ".join(sought))
