"""Reading regions: their tree, and the search by name."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.models import Region
from services.registry.regions import naming
from shared.codes import RegionLevel
from shared.pagination import Order

ALIKE: Final = 0.5
"""Least word similarity (pg_trgm) of a name with the query."""
_LEVELS: Final = {level: place for place, level in enumerate(RegionLevel)}
_parent = aliased(Region)

_columns = Region.__table__.c

BY_CODE = Order([_columns.code])


def regions() -> Select[Any]:
    """All regions, each with the code of its parent as `parent`."""
    c = _columns
    shown = (c.id, c.code, c.name, c.level, c.kind, c.time_zone, c.since, c.until, c.decree, c.sequence)
    return select(*shown, _parent.code.label("parent")).outerjoin(_parent, _parent.id == c.parent_id)


def ancestors(region: Region) -> Select[Any]:
    """The regions above one, from the nation down to its parent."""
    return regions().where(Region.id.in_(region.ancestors)).order_by(_level())


async def alike(session: AsyncSession, name: str) -> tuple[ColumnElement[bool], Order]:
    """The condition that a region is named like this in any spelling, and the order from the best match on.

    Best is the very name, with its kind or without, larger regions first; then the name of another kind of village; then
    the more similar. Sets how similar is similar enough for the rest of the transaction.
    """
    await session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(ALIKE), True)))
    asked, *others = naming.variants(name)
    similar = or_(*(Region.full_name.bool_op("%>")(variant) for variant in (asked, *others)))
    similarity = func.greatest(*(func.word_similarity(variant, Region.full_name) for variant in (asked, *others)))
    exactness = case(
        (or_(Region.full_name == asked, Region.bare_name == asked), 0), (Region.full_name.in_(others), 1), else_=2
    )
    # Whole numbers, ascending: a cursor compares them exactly.
    unlikeness = cast(1000 * (1 - similarity), Integer)
    return similar, Order([exactness, unlikeness, _level(), _columns.code])


def _level() -> ColumnElement[int]:
    return case(_LEVELS, value=Region.level)
