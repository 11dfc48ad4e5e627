"""What the doctor says of one thing: whether it is well, and what to do."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import asyncpg
import httpx
from aiokafka.errors import KafkaError

from shared import database

TROUBLE = (*database.TROUBLE, KafkaError, httpx.HTTPError, TimeoutError)
"""What keeps a check from seeing anything."""


class State(StrEnum):
    """How a thing is. Only a fault makes the exit code 1."""

    OK = "ok"
    UNKNOWN = "unknown"
    """It cannot be seen from here, or not with these rights."""
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, `area.thing`; what was seen; and one sentence on what to do, unless it is well."""

    check: str
    state: State
    seen: str
    remedy: str = ""
    of: str = ""
    """The service it is about; empty: the installation."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "of": self.of or None, "remedy": self.remedy or None}


def ok(check: str, seen: str) -> Finding:
    """It is as it should be."""
    return Finding(check, State.OK, seen)


def unknown(check: str, seen: str, remedy: str = "") -> Finding:
    """It cannot be seen from here."""
    return Finding(check, State.UNKNOWN, seen, remedy)


def warning(check: str, seen: str, remedy: str) -> Finding:
    """It works, and will not for ever, or not as safely as it could."""
    return Finding(check, State.WARNING, seen, remedy)


def fault(check: str, seen: str, remedy: str) -> Finding:
    """It does not work, or what was promised does not hold."""
    return Finding(check, State.FAULT, seen, remedy)


def graded(check: str, seen: str, value: float, limits: tuple[float, float], remedy: str) -> Finding:
    """Fault from the second limit on, warning from the first on."""
    warned, failed = limits
    if value >= failed:
        return fault(check, seen, remedy)
    return warning(check, seen, remedy) if value >= warned else ok(check, seen)


async def collected(check: str, looking: AsyncIterator[Finding], remedy: str) -> list[Finding]:
    """All that a check says. If it breaks off, that is a finding too; no address and no value stands in it."""
    found: list[Finding] = []
    try:
        async for finding in looking:
            found.append(finding)  # what was seen before it broke off stays
    except asyncpg.InsufficientPrivilegeError as error:
        found.append(unknown(check, f"this role may not look: {error}"))
    except TROUBLE as error:
        found.append(fault(check, f"could not be looked at: {reason(error)}", remedy))
    return found


def reason(error: BaseException) -> str:
    """An error in a few words: its kind, and what it says."""
    said = str(error).partition("\n")[0][:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


Look = Callable[[asyncpg.Connection], AsyncIterator[Finding]]
