"""What a restore from a backup leaves in a database that publishes: a row that says from what, when and by whom, and what
was found in Kafka that the backup did not know.

While `finished_at` is null the database's subjects may still stand below what was published of them: no API and no
worker starts on it (`refuse_unfinished`). A restore keeps such a database under a name of its own, where no address leads
to; the mark is for those who lead one there by hand.
"""

import asyncpg
from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from shared.database import NAMING, TROUBLE, transient
from shared.settings import ServiceSettings

restoration_metadata = MetaData(naming_convention=NAMING)
"""The table of a service that publishes and can be restored from a backup."""

restoration = Table(
    "restoration",
    restoration_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("backup", JSONB, comment="The backup's manifest; null: restored by other means than `wahana restore`"),
    Column("restored_at", DateTime(timezone=True), nullable=False),
    Column("restored_by", Text, nullable=False, comment="User of the machine that gave the command"),
    Column(
        "finished_at", DateTime(timezone=True), comment="Null: sequences are not raised yet, nothing may start on it"
    ),
    Column("found", JSONB, comment="What Kafka knew that the backup did not, and what was done: counts by name"),
)


class RestoreUnfinished(RuntimeError):
    """The database was restored from a backup and not brought level with what was published since."""


async def checked(settings: ServiceSettings) -> None:
    """For an API that starts: raises RestoreUnfinished. A database that is away is not asked: an API waits for it."""
    try:
        connection = await asyncpg.connect(settings.driver_dsn, timeout=5)
        try:
            await refuse_unfinished(connection, settings.service)
        finally:
            await connection.close()
    except TROUBLE as error:
        if not transient(error):
            raise


async def refuse_unfinished(connection: asyncpg.Connection, service: str) -> None:
    """Raises RestoreUnfinished. A database without the table was never restored, or is reporting's."""
    if not await connection.fetchval("SELECT to_regclass('restoration') IS NOT NULL"):
        return
    since = await connection.fetchval("SELECT restored_at FROM restoration WHERE finished_at IS NULL LIMIT 1")
    if since is not None:
        raise RestoreUnfinished(
            f"{service} was restored from a backup at {since:%Y-%m-%d %H:%M} UTC and not brought level with what it had"
            f" published since; nothing may start on it before: wahana restore finish {service}"
        )
