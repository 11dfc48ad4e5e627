"""WKSBM networks and their members, as far as activities knows them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from services.activities.known.spells import lasts
from shared.auth import Principal
from shared.codes import NetworkStatus


@dataclass(frozen=True, slots=True)
class Network:
    """A known network. `territory` and `active` as in its event; `codes` are those by which its villages of today are
    seen, by the village's id, as far as they have been announced.
    """

    id: UUID
    name: str
    status: NetworkStatus
    territory: list[dict[str, Any]]
    active: list[dict[str, Any]]
    codes: dict[UUID, str]
    voided: bool

    def at_work(self, day: date) -> bool:
        """Whether the day lies in an active spell."""
        return any(lasts(spell, day) for spell in self.active)

    def villages(self, day: date) -> set[UUID]:
        """The villages it works in on a day, wholly or in part."""
        return {UUID(place["village_id"]) for place in self.territory if lasts(place, day)}

    def seen_by(self, principal: Principal) -> bool:
        """Whether its name and its days are for the caller: a village of its territory lies in the area."""
        return any(principal.covers(code) for code in self.codes.values())


def _of(row: dict[str, Any]) -> Network:
    return Network(
        UUID(row["id"]), row["name"], NetworkStatus(row["status"]), row["territory"], row["active"],
        {UUID(village): code for village, code in (row["codes"] or {}).items() if code}, row["voided"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NetworkMembership:
    """That an institution belongs to a network; no entry error. `spells` as in its event."""

    network_id: UUID
    institution_id: UUID
    spells: list[dict[str, Any]]

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return any(lasts(spell, day) for spell in self.spells)


def _membership_of(row: dict[str, Any]) -> NetworkMembership:
    return NetworkMembership(UUID(row["network_id"]), UUID(row["institution_id"]), row["spells"])


NETWORKS = Kind(
    """
    SELECT id, name, status, territory, active, voided, (
        SELECT json_object_agg(village.id, village.area_code) FROM known_region village WHERE village.id IN (
            SELECT CAST(place ->> 'village_id' AS uuid) FROM jsonb_array_elements(territory) AS place
            WHERE place ->> 'until' IS NULL
        )
    ) AS codes
    FROM known_network WHERE id = ANY({ids})
    """,
    _of,
)
_OF_MEMBERS = """
    SELECT membership.network_id, membership.institution_id, spells FROM known_network_membership membership
    JOIN known_network network ON network.id = membership.network_id AND NOT network.voided
    WHERE NOT membership.voided AND
"""
OF_MEMBERS = Kind(f"{_OF_MEMBERS} membership.institution_id = ANY({{ids}}) ORDER BY membership.id", _membership_of)
MEMBERS_OF = Kind(f"{_OF_MEMBERS} membership.network_id = ANY({{ids}}) ORDER BY membership.id", _membership_of)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, Network]:
    """The networks with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, NETWORKS, ids)}


async def member_networks(reader: Reader, institution_ids: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """The networks each of these institutions belongs to on a day."""
    networks: dict[UUID, set[UUID]] = {one: set() for one in institution_ids}
    for membership in await found(reader, OF_MEMBERS, institution_ids):
        if membership.on(day):
            networks[membership.institution_id].add(membership.network_id)
    return networks


async def members(reader: Reader, network_ids: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """The institutions that belong to each of these networks on a day."""
    institutions: dict[UUID, set[UUID]] = {one: set() for one in network_ids}
    for membership in await found(reader, MEMBERS_OF, network_ids):
        if membership.on(day):
            institutions[membership.network_id].add(membership.institution_id)
    return institutions
