"""What only registry has: the keys over people."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg

from services.registry.people import key_ages, keys, rotation
from services.registry.settings import Settings
from shared.clock import Clock
from shared.doctor.findings import Finding, fault, ok, unknown, warning

OLD = timedelta(days=730)
"""Age at which a key in use should be changed."""
SOURCES = ()
"""Services that registry hears: none."""


async def own(settings: Settings, connection: asyncpg.Connection, clock: Clock) -> AsyncIterator[Finding]:
    """The keys are set, young, and those that the stored values need. That they are apart, the settings refuse."""
    if settings.person_keys is None or settings.lookup_keys is None:
        missing = [
            n
            for n, v in (("REGISTRY_PERSON_KEYS", settings.person_keys), ("REGISTRY_LOOKUP_KEYS", settings.lookup_keys))
            if v is None
        ]
        yield fault(
            "keys.set",
            f"{' and '.join(missing)} not set here",
            "Give this command what the API is given; without them the API does not start.",
        )
        return
    ring = settings.keyring
    yield ok("keys.set", f"{len(ring.sealing)} that seal, {len(ring.lookup)} that find, each its own")
    for finding in _ages(ring, clock.now()):
        yield finding
    async for finding in _stored(ring, connection):
        yield finding


def _ages(ring: keys.Keyring, now: datetime) -> list[Finding]:
    found = []
    for name, id in (("REGISTRY_PERSON_KEYS", ring.sealing_id), ("REGISTRY_LOOKUP_KEYS", ring.lookup_id)):
        made = datetime.fromtimestamp(key_ages.made(id), UTC)
        if not made.timestamp():
            found.append(
                unknown(
                    "keys.age", f"{name}: the id {id} begins with no month", "Call the next key by its month: 2026-03."
                )
            )
        elif now - made > OLD:
            found.append(
                warning(
                    "keys.age",
                    f"{name}: {id} is {(now - made).days} days old",
                    "Change it: docs/configuration.md tells the order.",
                )
            )
        else:
            found.append(ok("keys.age", f"{name}: {id} is {max(0, (now - made).days)} days old"))
    return found


async def _stored(ring: keys.Keyring, connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Under which keys the stored values are; reads the whole tables of people and families."""
    lost, older = set(), 0
    for kept in rotation.KEPT:
        for column, known, used in (
            *((field, ring.sealing, ring.sealing_id) for field in kept.sealed),
            (kept.index, ring.lookup, ring.lookup_id),
        ):
            for id, count in await connection.fetch(
                f"SELECT split_part({column}, ':', 1), count(*) FROM {kept.table.name} WHERE {column} IS NOT NULL GROUP BY 1"  # noqa: S608  # our own columns
            ):
                if id not in known:
                    lost.add(id)
                older += count * (id != used)
    if lost:
        yield fault(
            "keys.stored",
            f"values are sealed under {', '.join(sorted(lost))}, which is not set",
            "Set that key again, behind the one in use; without it these numbers are lost.",
        )
    elif older:
        yield warning(
            "keys.stored",
            f"{older} values are under an older key",
            "Run wahana people rotate-keys; then the older key can go.",
        )
    else:
        yield ok("keys.stored", "everything is under the keys in use")
