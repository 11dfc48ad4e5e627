"""How names are found in any spelling: by parts of them, and by words that are alike."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.fields import folded

ALIKE = 0.5
"""Least word similarity (pg_trgm) of a name with what is looked for."""


async def said_like(session: AsyncSession, words: ColumnElement[str], q: str) -> ColumnElement[bool]:
    """That a column of folded words is like the query, in any spelling.

    It sets how similar is similar enough for the rest of the transaction.
    """
    await session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", str(ALIKE), True)))
    asked = folded(q)
    # Folded words hold letters, digits and blanks only: nothing that LIKE would read as a pattern.
    return or_(words.contains(asked), words.bool_op("%>")(asked))
