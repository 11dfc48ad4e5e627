"""What postings refer to, read for many of them at once, and held while codes are copied from it.

known = await exchange.known.find(session, bodies)      # a few round trips for up to 500 of them
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known import networks as known_networks
from services.activities.known import references
from services.activities.known.networks import Network, NetworkMembership
from services.activities.known.reading import found
from services.activities.known.references import Held, Institution
from shared.codes import OrganisationKind
from shared.events.activities import Organisation

_HOLD_INSTITUTIONS = text("SELECT id FROM known_institution WHERE id = ANY(:ids) ORDER BY id FOR SHARE").bindparams(
    bindparam("ids", type_=ARRAY(Uuid))
)
_HOLD_REGIONS = text("""
    SELECT id FROM known_region WHERE id = ANY(ARRAY(SELECT region_id FROM known_region_code WHERE code = ANY(:codes)))
    ORDER BY id FOR SHARE
""").bindparams(bindparam("codes", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Known:
    """What was found: organisations by id, who has or had each code, and the networks that institutions belong to."""

    institutions: Mapping[UUID, Institution]
    networks: Mapping[UUID, Network]
    memberships: Sequence[NetworkMembership] = ()
    holders: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)

    def own_village(self, party: Organisation) -> str | None:
        """The code of an institution's seat, or of the one village a network works in; None if there are several."""
        if party.organisation is OrganisationKind.INSTITUTION:
            institution = self.institutions.get(party.id)
            return institution.seat_code if institution else None
        codes = set(self.networks[party.id].codes.values()) if party.id in self.networks else set()
        return codes.pop() if len(codes) == 1 else None

    def codes(self, party: Organisation) -> set[str]:
        """The codes of where an organisation is: its seat, or all villages it works in."""
        if party.organisation is OrganisationKind.INSTITUTION:
            own = self.own_village(party)
            return {own} if own else set()
        return set(self.networks[party.id].codes.values()) if party.id in self.networks else set()

    def regions(self, party: Organisation) -> set[UUID]:
        """The villages where an organisation is: they are told what it posts and answers."""
        if party.organisation is OrganisationKind.INSTITUTION:
            return {self.institutions[party.id].seat_id} if party.id in self.institutions else set()
        return set(self.networks[party.id].codes) if party.id in self.networks else set()

    def name(self, party: Organisation) -> str | None:
        """What it is called; None if it is not known."""
        one = self.institutions.get(party.id) or self.networks.get(party.id)
        return one.name if one else None


async def find(session: AsyncSession, wanted: Iterable[tuple[Organisation, str | None]]) -> Known:
    """What is known of organisations and of the villages they post from, None standing for their own.

    These institutions and villages stay as they are until the transaction ends. Call it before a record is locked.
    """
    asked = list(wanted)
    parties = {party for party, _ in asked}
    await session.execute(_HOLD_INSTITUTIONS, {"ids": sorted(_of(parties, OrganisationKind.INSTITUTION))})
    known = await organisations(session, parties)
    codes = {code or known.own_village(party) for party, code in asked} - {None}
    await session.execute(_HOLD_REGIONS, {"codes": sorted(code for code in codes if code)})
    holders = {code: (await references.find(session, code, [])).holders for code in codes if code}
    return Known(known.institutions, known.networks, known.memberships, holders)


async def organisations(session: AsyncSession, parties: Iterable[Organisation]) -> "Known":
    """What is known of organisations alone; nothing is held."""
    asked = set(parties)
    institutions = _of(asked, OrganisationKind.INSTITUTION)
    return Known(
        (await references.find(session, None, institutions)).institutions if institutions else {},
        await known_networks.find(session, _of(asked, OrganisationKind.NETWORK)),
        await found(session, known_networks.OF_MEMBERS, institutions),
    )


def _of(parties: Iterable[Organisation], kind: OrganisationKind) -> set[UUID]:
    return {party.id for party in parties if party.organisation is kind}
