"""Dated parts of what registry announced, as its events carry them: over `[since, until)`, both local dates. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def lasts(spell: Mapping[str, Any], day: date) -> bool:
    """Whether the day lies in a spell. No `since`: from the beginning; no `until`: it lasts."""
    since, until = spell.get("since"), spell.get("until")
    return (since is None or date.fromisoformat(since) <= day) and (until is None or day < date.fromisoformat(until))
