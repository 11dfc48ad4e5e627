"""Finding institutions by what they are called.

A name is found that holds each word of the query, in any order, or is alike (`pg_trgm`). In a small area every name is
looked at. In a large one the index of trigrams finds the words; only if no name there holds them all, those words that no
name holds stand for what is alike.
"""

import asyncpg
from sqlalchemy import ColumnElement, Select, Text, and_, func, literal, or_, select

from services.registry.models import Institution
from shared import statements
from shared.auth import Principal
from shared.fields import folded
from shared.pagination import Order
from shared.searching import ALIKE

WORD_ALIKE = 0.4
"""Least word similarity of a name with a word of the query, in a large area; in a small one the whole query counts."""
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
    words = folded(q).split()
    holding = [_held(word) for word in words]
    if (await _known(driver, statement, and_(*holding)))[0]:
        return and_(*holding)
    await driver.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {WORD_ALIKE}")
    known = zip(words, holding, await _known(driver, statement, *holding), strict=True)
    return and_(*(held if is_known else _text.bool_op("%>")(word) for word, held, is_known in known))


async def _known(driver: asyncpg.Connection, statement: Select[str], *holding: ColumnElement[bool]) -> asyncpg.Record:
    """For each condition whether one of the statement's rows meets it."""
    rows = statement.with_only_columns(literal(1), maintain_column_froms=True)
    asked = select(*(rows.where(held).exists() for held in holding))
    return (await statements.fetch(driver, asked))[0]


def _held(word: str) -> ColumnElement[bool]:
    # Folded words hold letters and digits only: nothing that LIKE would read as a pattern.
    return _text.contains(word) if len(word) >= TRIGRAM else or_(_text.startswith(word), _text.contains(f" {word}"))


def order(by: Order) -> Order:
    """The order of what the index finds: the same, but by no index of names.

    Those alike stand together in it, every Posyandu after all others of the country: who reads it until a page is full
    reads most of the table.
    """
    first, *others = by.columns
    return Order([first.concat("") if isinstance(first.type, Text) else first, *others], by.descending)
