"""Reading regions: their tree, and the search by name."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from services.registry.models import Region
from services.registry.regions import naming
from shared.codes import RegionLevel
from shared.pagination import Order

ALIKE: Final = 0.45
"""Least share of common trigrams of a name and its misspelling: `Bandng` has 0.5 of Bandung's."""
_LEVELS: Final = {level: place for place, level in enumerate(RegionLevel)}
_parent = aliased(Region)

_columns = Region.__table__.c

BY_CODE = Order([_columns.code])


def regions() -> Select[Any]:
    """All regions, each with the code of its parent as `parent`."""
    c = _columns
    shown = (c.id, c.code, c.name, c.level, c.kind, c.time_zone, c.since, c.until, c.decree, c.local_level, c.sequence)
    return select(*shown, _parent.code.label("parent")).outerjoin(_parent, _parent.id == c.parent_id)


def ancestors(region: Region) -> Select[Any]:
    """The regions above one, from the nation down to its parent."""
    return regions().where(Region.id.in_(region.ancestors)).order_by(_level())


def named(name: naming.Asked) -> tuple[ColumnElement[bool], Order]:
    """The condition that a region is named like this, and the order from the best match on.

    Best is the very name of the very kind, larger regions first; then that name for another kind of village; then the
    more similar by trigrams.
    """
    name_of = _columns.search_name
    if name.kind is None:
        like, similarity = or_(_misspelt(name.whole), _part_of(name.whole)), _similarity(name.whole)
        exactness = case((name_of == name.whole, 0), else_=2)
    else:
        of_kind = Region.kind.in_(name.kinds)
        like = or_(_part_of(name.whole), and_(of_kind, or_(_misspelt(name.rest), _part_of(name.rest))))
        similarity = func.greatest(_similarity(name.whole), case((of_kind, _similarity(name.rest)), else_=0.0))
        very = or_(name_of == name.whole, and_(Region.kind == name.kind, name_of == name.rest))
        exactness = case((very, 0), (and_(of_kind, name_of == name.rest), 1), else_=2)
    # Whole numbers, ascending: a cursor compares them exactly.
    unlikeness = cast(1000 * (1 - similarity), Integer)
    return like, Order([exactness, unlikeness, _level(), _columns.code])


def _part_of(text: str) -> ColumnElement[bool]:
    """That the text is like a part of the name, above pg_trgm's own threshold (0.6)."""
    return _columns.search_name.bool_op("%>")(text)


def _misspelt(text: str) -> ColumnElement[bool]:
    """That the text is like the whole name: one wrong letter in six. The operator is there for the index."""
    whole = func.similarity(_columns.search_name, text)
    return and_(_columns.search_name.bool_op("%")(text), whole >= ALIKE)


def _similarity(text: str) -> ColumnElement[Any]:
    """From 0 to 1; half of it for being a part of the name, half for being all of it: shorter names first."""
    part, whole = func.word_similarity(text, _columns.search_name), func.similarity(_columns.search_name, text)
    return (part + whole) / 2


def _level() -> ColumnElement[int]:
    return case(_LEVELS, value=Region.level)
