"""What the shared rules need to know of needs, offers and experiences, each a noun of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement

from services.activities.exchange.columns import Posted
from shared.auth import Principal
from shared.events.envelope import State
from shared.fields import folded

Row = TypeVar("Row", bound=Posted)


@dataclass(frozen=True)
class Noun(Generic[Row]):
    """A kind of posting: its table, how its event tells it, how a description is taken on and told again, who may read
    it, the verb of its first event, and the values that a new row has of what others do to it."""

    table: type[Row]
    state: Callable[[Row], State]
    describe: Callable[[Row, Any], None]
    description_of: Callable[[Row], Any]
    readable: Callable[[Principal], ColumnElement[bool]]
    first: str
    untouched: Mapping[str, Any]


def take_on(row: Any, body: Any, *more: str) -> None:
    """Takes on what a description says of any posting, and of these fields; and the words by which it is found."""
    row.title, row.scope, row.network_id = body.title, body.scope, body.network_id
    for name in more:
        setattr(row, name, getattr(body, name))
    said = [row.title, *(getattr(row, name) for name in SEARCHED if name in more)]
    row.search_text = folded(" ".join(one for one in said if one))


SEARCHED = ("commodity", "text", "story", "lessons")
SOUGHT = ("kind", "text", "commodity", "quantity", "last_day")
"""What needs and offers are described by beside."""


def describe_sought(row: Any, body: Any) -> None:
    """Takes on what a description says of a need or an offer."""
    take_on(row, body, *SOUGHT)
