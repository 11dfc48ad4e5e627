"""What a database is asked while a request is answered: the exact counterpart of measuring how long it takes."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared import walls

_HEARD: list[str] = []


class Listened(walls.Connection):
    """A connection whose statements are heard. Put in the place of `walls.Connection` before a house opens."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.add_query_logger(lambda record: _HEARD.append(record.query))


@contextmanager
def listening() -> Iterator[list[str]]:
    """The statements of all such connections from now on."""
    _HEARD.clear()
    yield _HEARD


async def differing(one: Callable[[], Awaitable[Any]], other: Callable[[], Awaitable[Any]]) -> Any:
    """What two requests are told, and what the database is asked for each, if they differ; None if they do not.

    Asked again a few times: now and then one of them is the one that reads anew what area codes mean today.
    """
    found: list[Any] = []
    for _ in range(4):
        found = []
        for ask in (one, other):
            with listening() as statements:
                found.append((await ask(), list(statements)))
        if found[0] == found[1]:
            return None
    return found
