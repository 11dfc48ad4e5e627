"""How much of its partitions a consumer has not applied yet, as metrics."""

from collections.abc import Collection, Mapping

from aiokafka.structs import TopicPartition

from shared import telemetry
from shared.positions import Place


def tell(
    prefix: str,
    mine: Collection[TopicPartition],
    ends: Mapping[TopicPartition, int],
    applied: Mapping[TopicPartition, Place],
) -> None:
    """Sets the gauges of the assigned partitions, and by topic without the installation's prefix, what they hold more
    than was applied. A partition whose end is not known counts as applied."""
    telemetry.assigned.set(len(mine))
    behind: dict[str, int] = {}
    for partition in mine:
        place = applied.get(partition)
        rest = max(0, ends.get(partition, 0) - (place.next_offset if place else 0))
        topic = partition.topic.removeprefix(f"{prefix}.")
        behind[topic] = behind.get(topic, 0) + rest
    telemetry.behind.clear()  # topics that another worker reads now
    for topic, count in behind.items():
        telemetry.behind.labels(topic).set(count)
