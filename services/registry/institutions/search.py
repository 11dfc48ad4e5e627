"""Finding institutions by what they are called.

A name is found that holds each word of the query, in any order, or is alike (`pg_trgm`). In a small area every name is looked at. In a
large one the index of trigrams finds the words, and what is only alike is looked for when no name there holds them.
"""

import asyncpg
from sqlalchemy import ColumnElement, Select, Text, and_, func, literal, or_

from services.registry.models import Institution
from services.registry.searching import ALIKE
from shared import statements
from shared.auth import Principal
from shared.fields import folded
from shared.pagination import Order

MORE_ALIKE = 0.6
"""Least word similarity (pg_trgm) of a name with the query in a large area; in a small one it is `ALIKE`."""
TRIGRAM = 3
"""Letters of a word that may stand within another; a shorter one must begin it."""
_text = Institution.__table__.c.search_text


def is_small(region: str | None, principal: Principal) -> bool:
    """Whether only the institutions of a few regencies, or of smaller areas, can be found: some thousands at most."""
    if principal.own_record_only or (region is not None and "." in region):
        return True
    return all("." in area for area in principal.areas)


def looked_at(q: str) -> ColumnElement[bool]:
    """That a name is found, as a condition on each row that other conditions leave: no index is meant to help."""
    asked = folded(q)
    begun = literal(" ").concat(_text)
    holding = (
        func.strpos(_text, word) > 0 if len(word) >= TRIGRAM else func.strpos(begun, f" {word}") > 0
        for word in asked.split()
    )
    return or_(and_(*holding), func.word_similarity(asked, _text) >= ALIKE)


async def looked_up(driver: asyncpg.Connection, statement: Select[str], q: str) -> ColumnElement[bool]:
    """That a name is found, as a condition for the index.

    `statement` gives the rows among which it looks. It sets how to plan, and how similar is similar enough, for the rest
    of the transaction.
    """
    # What is asked decides how it is best found: a plan made for any words may read the whole table for these.
    await driver.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    asked = folded(q)
    # Folded words hold letters and digits only: nothing that LIKE would read as a pattern.
    holding = and_(
        *(
            _text.contains(word) if len(word) >= TRIGRAM else or_(_text.startswith(word), _text.contains(f" {word}"))
            for word in asked.split()
        )
    )
    held = statement.with_only_columns(literal(1), maintain_column_froms=True).where(holding).limit(1)
    if await statements.fetch(driver, held):
        return holding
    await driver.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {MORE_ALIKE}")
    return _text.bool_op("%>")(asked)


def order(by: Order) -> Order:
    """The order of what the index finds: the same, but by no index of names.

    Those alike stand together in it, every Posyandu after all others of the country: who reads it until a page is full
    reads most of the table.
    """
    first, *others = by.columns
    return Order([first.concat("") if isinstance(first.type, Text) else first, *others], by.descending)
