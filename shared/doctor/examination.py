"""Which checks there are, and their order: of one service, of what all share, of this machine."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from shared.clock import Clock, SystemClock
from shared.doctor import broker, database, flow, issuer, roles
from shared.doctor.findings import TROUBLE, Finding, collected, fault, graded, ok, reason
from shared.migrations.roles import Rights
from shared.settings import ServiceSettings, SharedSettings

ROOM = (500.0, 50.0)
"""MiB free in this machine's folder for temporary files, below which there is a warning and a fault."""
MACHINE = SystemClock()


@dataclass(frozen=True)
class Subject:
    """A service to look at: its settings, what its roles may do, whom it hears, and what only it has."""

    settings: ServiceSettings
    api: Rights
    worker: Rights
    sources: Sequence[str] = ()
    schema: str | None = None
    own: Callable[[Any, asyncpg.Connection, Clock], AsyncIterator[Finding]] | None = None


async def of_service(subject: Subject, clock: Clock = MACHINE) -> list[Finding]:
    """All checks of one service's database. If it cannot be reached, that is the only finding."""
    service = subject.settings.service
    name = f"{service.upper()}_DATABASE_URL"
    try:
        connection = await database.connect(subject.settings, subject.schema)
    except TROUBLE as error:
        remedy = f"Start PostgreSQL, or correct {name} (host, port, database, role, password)."
        return [replace(fault("database.reach", f"{name}: {reason(error)}", remedy), of=service)]
    found = [ok("database.reach", f"{subject.settings.database.host}:{subject.settings.database.port or 5432} answers")]
    try:
        for check, look in _looks(subject, connection, clock):
            found += await collected(check, look, "See the database's log.")
    finally:
        await connection.close()
    return [replace(finding, of=service) for finding in found]


def _looks(subject: Subject, c: asyncpg.Connection, clock: Clock) -> list[tuple[str, AsyncIterator[Finding]]]:
    settings, service = subject.settings, subject.settings.service
    own = [("own", subject.own(settings, c, clock))] if subject.own else []
    return [
        ("database.version", database.version(c)),
        ("database.migrations", database.migrated(c, settings)),
        ("database.restored", flow.restored(c, service)),
        ("database.owner", database.owner(c, settings)),
        ("role.attributes", roles.attributes(c)),
        ("role.rights", roles.rights(c, subject.api, subject.worker)),
        ("role.walls", roles.walls(c, subject.api.schemas)),
        ("audit.append_only", roles.audit(c)),
        ("audit.sealed", flow.sealed(c, service, clock)),
        *own,
        ("flow.outbox", flow.outbox(c, service, clock)),
        ("flow.parked", flow.parked(c, service)),
        ("flow.behind", flow.behind(c, service, subject.sources, clock)),
        ("clock.database", database.clocks(c, clock)),
        ("database.timeouts", database.timeouts(c)),
        ("database.durable", database.durable(c)),
        ("database.connections", database.crowded(c)),
        ("database.held", database.held_back(c)),
        ("database.slots", database.slots(c)),
        ("database.vacuum", database.wraparound(c)),
        ("database.collation", database.collation(c)),
        ("database.disk", database.size(c)),
    ]


async def of_all(settings: SharedSettings, clock: Clock = MACHINE) -> list[Finding]:
    """Kafka, the token issuer, and this machine."""
    return [
        *await collected("broker.reach", broker.checks(settings), "Start Kafka, or correct KAFKA_BOOTSTRAP_SERVERS."),
        *await collected("issuer.reach", issuer.checks(settings, clock), "Start the issuer, or correct AUTH_JWKS_URL."),
        machine(),
    ]


def machine() -> Finding:
    """Room for temporary files here: batches and answers larger than memory go there."""
    folder = tempfile.gettempdir()
    remedy = f"Free some of {folder}, or set TMPDIR to a folder with room."
    try:
        with tempfile.TemporaryFile():
            free = shutil.disk_usage(folder).free / (1 << 20)
    except OSError as error:
        return fault("machine.disk", f"{folder} cannot be written: {os.strerror(error.errno or 0)}", remedy)
    return graded("machine.disk", f"{free:.0f} MiB are free in {folder}", -free, (-ROOM[0], -ROOM[1]), remedy)
