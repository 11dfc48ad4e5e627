"""People who do not exist, and the proof that what identifies anybody stays in registry's database.

When a house closes, everything that left registry is searched for the names and numbers of all people that it held, and
for those of the marked people below: every byte of every topic, every table of the other services, the logs of its
processes. What a test's own processes and the servers wrote is searched for the marked people (`tests/conftest.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from aiokafka.structs import TopicPartition

from deploy.local.servers import Servers
from services.registry.people.keys import Keyring, Unopened
from shared import kafka

if TYPE_CHECKING:
    from tests.house import House


@dataclass(frozen=True)
class Marked:
    """A person with what would identify them. Marked: it stands nowhere else, so that it is found wherever it leaks to.

    The NIK has the district part `00`, which no district has.
    """

    name: str
    nik: str
    sex: str
    birth_date: date
    phone: str

    @property
    def marks(self) -> list[str]:
        """By what they are found."""
        return [self.name.split()[-1], self.nik, self.phone[3:]]


def _marked(place: int) -> Marked:
    sex = "PL"[place % 2]
    born = date(1960 + place, 1 + place % 12, 1 + place % 28)
    day = born.day + (40 if sex == "P" else 0)
    return Marked(
        name=f"{('Siti', 'Budi', 'Dewi', 'Agus')[place % 4]} Xqzwarga{place:02}",
        nik=f"320400{day:02}{born.month:02}{born.year % 100:02}{7300 + place}",
        sex=sex,
        birth_date=born,
        phone=f"+6281299007{place:03}",
    )


PEOPLE = [_marked(place) for place in range(40)]
MARKS = re.compile(r"xqzwarga|320400[0-9]{6}|81299007[0-9]", re.IGNORECASE)
"""What all marked people have in common."""
_SHORTEST = 6
"""Letters of a name that is searched for; a shorter one may stand in any text by chance."""


def found_in(text: str) -> list[str]:
    """The marks of marked people that stand in a text, in any case."""
    return sorted({mark.casefold() for mark in MARKS.findall(text)})


async def leaks(house: "House") -> list[str]:
    """Where outside registry's database the people of a house can be found: `place: mark`, one each."""
    if "registry" not in house.services:
        return []
    marks = await _marks(house)
    if not marks:
        return []
    wanted = re.compile("|".join([*map(re.escape, sorted(marks)), MARKS.pattern]), re.IGNORECASE)
    found = [f"log {process.log.name}: {mark}" for process in house.processes for mark in _in_file(process.log, wanted)]
    for service in house.services:
        if service != "registry":
            found += [f"{service}.{place}" for place in await in_database(house.dsn(service), wanted)]
    return sorted({*found, *await _in_topics(house, wanted)})


async def in_database(dsn: str, wanted: re.Pattern[str] = MARKS) -> list[str]:
    """Where in a database a pattern stands: `table: mark`, one each. Bytes are read as text too."""
    connection = await asyncpg.connect(dsn)
    try:
        found = set()
        for table, columns in await connection.fetch(_TABLES):
            rows = await connection.fetch(f"SELECT concat_ws(' ', {columns}) FROM {table}")
            found |= {f"{table}: {mark}" for row in rows for mark in wanted.findall(row[0])}
        return sorted(found)
    finally:
        await connection.close()


_TABLES = """
    SELECT format('%I.%I', table_schema, table_name),
           string_agg(format(CASE data_type WHEN 'bytea' THEN 'encode(%I, ''escape'')' ELSE '%I::text' END, column_name),
                      ', ')
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
      AND table_name NOT IN ('region', 'known_region', 'alembic_version')
    GROUP BY 1
"""


def logs(servers: Servers) -> list[Path]:
    """What the servers wrote about themselves and their clients."""
    return [servers.postgres.log, servers.kafka.log]


def in_files(files: Iterable[Path]) -> list[str]:
    """Where in these files marked people stand: `file: mark`, one each."""
    return sorted({f"{file.name}: {mark}" for file in files for mark in _in_file(file, MARKS)})


def judge(report: pytest.TestReport) -> None:
    """Fails a test during which something wrote of a marked person to its output or its log."""
    written = {f"{name}: {mark}" for name, text in report.sections for mark in MARKS.findall(text)}
    if written and report.passed:
        report.outcome = "failed"
        report.longrepr = f"what identifies a person was written: {', '.join(sorted(written))}"


async def _marks(house: "House") -> set[str]:
    """Names and numbers of all people of a house; of those whose key is not set, the names alone."""
    connection = await asyncpg.connect(house.dsn("registry"))
    try:
        people = await connection.fetch("SELECT id, name, nik, phone FROM person WHERE NOT erased")
        families = await connection.fetch("SELECT id, card FROM family WHERE card IS NOT NULL")
    finally:
        await connection.close()
    keyring: Keyring = house.settings("registry").keyring
    marks = {row["name"] for row in people if len(row["name"]) >= _SHORTEST and " " in row["name"]}
    for rows, field in ((people, "nik"), (people, "phone"), (families, "card")):
        for row in rows:
            try:
                marks |= {keyring.open(row["id"], field, row[field])} if row[field] else set()
            except Unopened:
                continue
    return marks


async def _in_topics(house: "House", wanted: re.Pattern[str]) -> set[str]:
    ends = (
        {TopicPartition(*place): end for place, end in (await house.ends()).items() if end} if house.has_topics else {}
    )
    if not ends:
        return set()
    consumer = kafka.consumer(house.settings("registry"), None)
    await consumer.start()
    try:
        consumer.assign(list(ends))
        await consumer.seek_to_beginning(*ends)
        found = set()
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for place, messages in (await consumer.getmany(timeout_ms=1000)).items():
                for message in messages:
                    parts = [message.value or b"", message.key or b"", *(value or b"" for _, value in message.headers)]
                    text = b" ".join(parts).decode(errors="replace")
                    found |= {f"topic {place.topic.partition('.')[2]}: {mark}" for mark in wanted.findall(text)}
        return found
    finally:
        await consumer.stop()


def _in_file(file: Path, wanted: re.Pattern[str]) -> set[str]:
    return set(wanted.findall(file.read_text(errors="replace"))) if file.exists() else set()
