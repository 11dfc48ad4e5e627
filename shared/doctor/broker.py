"""Kafka: reachable, the topics as declared, and enough copies of each record."""

import asyncio
from collections.abc import AsyncIterator

from shared import kafka
from shared.doctor.findings import Finding, fault, ok, unknown, warning
from shared.settings import SharedSettings

WITHIN = 20.0
"""Seconds for all that is asked."""
LOSES = ("retention.ms", "cleanup.policy")
"""Settings of a topic that make Kafka throw facts away."""


async def checks(settings: SharedSettings) -> AsyncIterator[Finding]:
    """All of it; nothing is written."""
    async with asyncio.timeout(WITHIN):
        copies = await kafka.copies(settings)
        yield ok("broker.reach", f"{copies.brokers} broker{'s' if copies.brokers > 1 else ''}")
        differences = await kafka.diff_topics(settings)
    for difference in differences:
        topic, _, said = difference.partition(": ")
        if said == "missing":
            yield fault("broker.topics", difference, "Run wahana topics create.")
        elif "partitions" in said:
            yield fault("broker.topics", difference, "Partitions never change; see docs/doctor.md, topics.")
        elif said.startswith(LOSES):
            key, _, rest = said.partition(" is ")
            wanted = rest.rpartition("declared ")[2]
            yield fault(
                "broker.topics",
                difference,
                f"kafka-configs.sh --alter --topic {topic} --add-config {key}={wanted}; what was thrown away comes back by wahana republish.",
            )
        else:
            yield warning(
                "broker.topics", difference, f"kafka-configs.sh --alter --topic {topic}: set what is declared."
            )
    if not differences:
        yield ok("broker.topics", "all are there, with the partitions and the retention that are declared")
    for finding in _copies(copies):
        yield finding
    yield unknown("broker.clock", "Kafka tells no time; nothing depends on it but the retention of watermarks (1 h)")
    yield unknown(
        "broker.disk", "what is free there cannot be asked", "Watch the free space of Kafka's machines where they are."
    )


def _copies(copies: kafka.Copies) -> list[Finding]:
    found = []
    if copies.behind:
        found.append(
            warning(
                "broker.copies",
                f"a copy of {', '.join(copies.behind[:5])} is behind or gone",
                "Bring the broker back that holds it.",
            )
        )
    if copies.fewest == 1:
        found.append(warning(
            "broker.copies", "each record is on one broker only: what it loses comes back by republish only",
            "Run three brokers, and give topics three copies (wahana topics create --replication 3).",
        ))  # fmt: skip
    elif copies.fewest > 1 and copies.fewest_in_sync < 2:
        found.append(
            warning(
                "broker.copies",
                "min.insync.replicas is 1: one broker's word counts",
                "Set min.insync.replicas=2 on the brokers.",
            )
        )
    return found or [ok("broker.copies", f"{copies.fewest} of each record")]
