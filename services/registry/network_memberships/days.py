"""Which days can be days of an institution's part in a network. Pure."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.registry.memberships.limits import Limits
from services.registry.models import Institution
from services.registry.networks import lifecycle, territory
from services.registry.networks.queries import Held
from shared.days import too_early
from shared.language import Text
from shared.problems import Fault, InvalidPayload


def refuse(begun: Iterable[tuple[str, date]], held: Held, institution: Institution) -> None:
    """Raises InvalidPayload for a first day that cannot be: each comes with the field that holds it."""
    network = held.network
    limits = Limits(held.today, founded_on=institution.founded_on, closed_on=institution.closed_on)
    faults: list[Fault] = []
    for at, day in begun:
        found = limits.begins(day, at)
        if day < network.initiated_on:
            found.append(too_early(network.initiated_on, at))
        if network.ended_on is not None and day >= network.ended_on:
            found.append(lifecycle.network_ended(network.ended_on, at))
        if not any(territory.holds(network.territory, village, day) for village in seats(institution, day)):
            found.append(_outside_territory(at))
        faults += found
    if faults:
        raise InvalidPayload(errors=faults)


def seats(institution: Institution, day: date) -> list[UUID]:
    """The villages of an institution's seats on a day."""
    return [
        seat.village_id
        for seat in institution.seats
        if (seat.since is None or seat.since <= day) and (seat.until is None or day < seat.until)
    ]


def _outside_territory(at: str) -> Fault:
    return Fault(
        "institution-outside-territory",
        Text("Pada hari itu lembaga ini di luar wilayah kerja jaringan.", "On that day its seat was outside the network's territory."),
        Text("Perbaiki harinya, atau wilayah kerja jaringan (PATCH /v1/networks/…).", "Correct the day, or the network's territory (PATCH /v1/networks/…)."),
        pointer=f"/{at}",
    )  # fmt: skip
