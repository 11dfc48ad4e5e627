"""How postings are found by words: by their Indonesian stems, or by words that are nearly alike; the best first."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.exchange import words
from shared.fields import folded
from shared.language import Text
from shared.problems import BadRequest, Fault

CONFIGURATION = "indonesian"
ALIKE = 0.45
"""Least strict word similarity (pg_trgm) of a misspelt word. Of whole words: otherwise `jahit` (sew) finds `bibit jahe`."""
SHORTEST = 4
"""Letters of a word that may be misspelt: of fewer, nearly all words are alike."""


class NothingToSearch(BadRequest):
    slug = "nothing-to-search"
    title = Text("Tidak ada huruf atau angka yang dapat dicari", "There is no letter or digit to search for")


def refuse_unsearchable(q: str) -> None:
    """Raises NothingToSearch for a text without a letter or a digit."""
    if not folded(q):
        raise NothingToSearch(
            errors=[
                Fault(
                    "nothing-to-search",
                    Text(f"«{q}» tidak berisi huruf atau angka.", f"«{q}» holds no letter or digit."),
                    Text("Tulis kata yang dicari.", "Write the words to search for."),
                    parameter="q",
                )
            ]
        )


async def holds(session: AsyncSession, columns: Any, q: str) -> ColumnElement[bool]:
    """That a posting holds every word, in any form or nearly alike. Sets how alike for the rest of the transaction."""
    await session.execute(select(func.set_config("pg_trgm.strict_word_similarity_threshold", str(ALIKE), True)))
    return and_(*(_holds(columns, word) for word in words.words(q)))


def _holds(columns: Any, word: str) -> ColumnElement[bool]:
    by_stem: ColumnElement[bool] = columns.search.bool_op("@@")(func.to_tsquery(CONFIGURATION, words.query(word)))
    if len(word) < SHORTEST:
        return by_stem
    return or_(by_stem, columns.search_text.bool_op("%>>")(literal(word)))


def rank(columns: Any, q: str) -> ColumnElement[int]:
    """How well a posting answers to the words: their stems, those of the title most, and how alike they are."""
    stems = func.ts_rank(columns.search, func.to_tsquery(CONFIGURATION, words.any_of(q)))
    alike = func.strict_word_similarity(folded(q), columns.search_text)
    return cast(func.round(1000 * stems + 200 * alike), Integer)
