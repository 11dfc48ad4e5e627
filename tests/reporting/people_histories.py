"""Random histories of people: who they are, what they join, come to and are given, and where. Few subjects and few days,
so that they meet: months' ends, years' ends, the day a village moves."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from shared.arrived import Arrived
from shared.codes import (
    AttendanceRole,
    BeneficiaryUnit,
    CommunityKind,
    FamilyRole,
    HelpKind,
    InstitutionType,
    LegalStatus,
    Operation,
    OrganisationKind,
    Origin,
    PpksKind,
    RegionKind,
    RegionLevel,
    Sex,
    Verification,
)
from shared.events.activities import AttendanceSheet, Attendee, Beneficiary, Benefit, Organisation
from shared.events.envelope import Spell
from shared.events.registry import (
    Community,
    Family,
    FamilyMember,
    Institution,
    Lineage,
    Membership,
    MembershipSpell,
    NetworkMembership,
    Person,
    Seat,
)
from tests.reporting.histories import HERE, THERE, History, arrived, identity, region

VILLAGES = [identity(f"village of people {number}") for number in range(3)]
PEOPLE = [identity(f"person {number}") for number in range(5)]
FAMILIES = [identity(f"family {number}") for number in range(2)]
COMMUNITIES = [identity("community")]
INSTITUTIONS = [identity(f"institution of people {number}") for number in range(3)]
NETWORKS = [identity(f"giving network {number}") for number in range(2)]
PARTNERS = [identity("giving partner")]
SHEETS = [identity(f"sheet {number}") for number in range(4)]
MEMBERSHIPS = [identity(f"membership {number}") for number in range(5)]
PLACES = [identity(f"network membership {number}") for number in range(3)]
BENEFITS = [identity(f"benefit {number}") for number in range(5)]

_EDGES = [
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 3, 31),
    date(2024, 4, 1),
    date(2024, 12, 31),
    date(2025, 1, 1),
]
days = st.sampled_from(_EDGES) | st.integers(0, 500).map(lambda count: date(2024, 1, 1) + timedelta(days=count))
voided = st.sampled_from([False] * 6 + [True])


@st.composite
def villages(draw: st.DrawFn) -> Any:
    """A village in one district or the other, moved between them now and then."""
    cuts = sorted(draw(st.lists(days, max_size=2, unique=True)))
    sides = [HERE, THERE] if draw(st.booleans()) else [THERE, HERE]
    lineage = [
        Lineage(ancestors=sides[number % 2], since=begin, until=end)
        for number, (begin, end) in enumerate(zip([None, *cuts], [*cuts, None], strict=True))
    ]
    return region(RegionLevel.VILLAGE, RegionKind.DESA, lineage)


@st.composite
def spells(draw: st.DrawFn, made: Any = Spell) -> list[Any]:
    """Ordered, disjoint spells; the last one may last."""
    cuts = sorted(draw(st.lists(days, min_size=1, max_size=4, unique=True)))
    ends = [*cuts[1::2], None][: len(cuts[::2])]
    return [made(since=since, until=until) for since, until in zip(cuts[::2], ends, strict=True)]


persons = st.builds(
    Person, sex=st.sampled_from(Sex), birth_year=st.sampled_from([None, 1960, 1990, 2012, 2024, 2025]),
    duplicate_of=st.sampled_from([None, None, *PEOPLE]), erased=voided, voided=voided,
)  # fmt: skip
members = st.builds(
    FamilyMember, person_id=st.sampled_from(PEOPLE), since=st.none() | days, until=st.none() | days,
    role=st.sampled_from([FamilyRole.KEPALA_KELUARGA, FamilyRole.KEPALA_KELUARGA, FamilyRole.ANAK]),
)  # fmt: skip
families = st.builds(
    Family, village_id=st.sampled_from(VILLAGES), members=st.lists(members, max_size=3), voided=voided
)  # fmt: skip
communities = st.builds(
    Community, kind=st.sampled_from(CommunityKind), village_id=st.sampled_from(VILLAGES), voided=voided
)  # fmt: skip
memberships = st.builds(
    Membership, person_id=st.sampled_from(PEOPLE), institution_id=st.sampled_from(INSTITUTIONS),
    spells=spells(MembershipSpell), voided=voided,
)  # fmt: skip
places = st.builds(
    NetworkMembership, network_id=st.sampled_from(NETWORKS), institution_id=st.sampled_from(INSTITUTIONS),
    spells=spells(), voided=voided,
)  # fmt: skip
sheets = st.builds(
    AttendanceSheet, activity_id=st.just(identity("activity of people")), held_on=st.none() | days | days | days,
    people=st.lists(st.sampled_from(PEOPLE), max_size=4, unique=True).map(
        lambda ids: [Attendee(person_id=id_, role=AttendanceRole.WARGA) for id_ in ids]
    ),
    village_id=st.sampled_from(VILLAGES), voided=voided,
    organiser_ids=st.lists(st.sampled_from(INSTITUTIONS), min_size=1, max_size=2, unique=True),
)  # fmt: skip
beneficiaries = (
    st.builds(Beneficiary, unit=st.just(BeneficiaryUnit.PERORANGAN), id=st.sampled_from(PEOPLE))
    | st.builds(Beneficiary, unit=st.just(BeneficiaryUnit.KELUARGA), id=st.sampled_from(FAMILIES))
    | st.builds(Beneficiary, unit=st.just(BeneficiaryUnit.KOMUNITAS), id=st.sampled_from(COMMUNITIES))
)
givers = (
    st.builds(Organisation, organisation=st.just(OrganisationKind.INSTITUTION), id=st.sampled_from(INSTITUTIONS))
    | st.builds(Organisation, organisation=st.just(OrganisationKind.NETWORK), id=st.sampled_from(NETWORKS))
    | st.builds(Organisation, organisation=st.just(OrganisationKind.PARTNER), id=st.sampled_from(PARTNERS))
)
benefits = st.builds(
    Benefit, beneficiary=beneficiaries, giver=givers, given_on=days, village_id=st.sampled_from(VILLAGES),
    ppks_kinds=st.lists(st.sampled_from([PpksKind.LUT, PpksKind.FM, PpksKind.ABT]), max_size=2, unique=True),
    help=st.sampled_from(HelpKind), voided=voided,
)  # fmt: skip


@st.composite
def institutions(draw: st.DrawFn) -> Institution:
    """An institution, mostly verified, with one seat or two."""
    first, second, moved = draw(st.sampled_from(VILLAGES)), draw(st.sampled_from(VILLAGES)), draw(days)
    seats = [Seat(village_id=first, until=moved), Seat(village_id=second, since=moved)]
    return Institution(
        type=InstitutionType.ARS, name="Arisan", origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
        operation=Operation.AKTIF, active=draw(spells()), seats=seats if draw(st.booleans()) else seats[1:],
        verification=draw(st.sampled_from([Verification.TERVERIFIKASI] * 3 + [Verification.DRAF])), voided=draw(voided),
    )  # fmt: skip


KINDS: list[tuple[Sequence[UUID], st.SearchStrategy[Any], int]] = [
    (VILLAGES, villages(), 2), (PEOPLE, persons, 3), (FAMILIES, families, 2), (COMMUNITIES, communities, 2),
    (INSTITUTIONS, institutions(), 2), (MEMBERSHIPS, memberships, 2), (PLACES, places, 2), (SHEETS, sheets, 3),
    (BENEFITS, benefits, 2),
]  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A history of people and an arbitrary delivery of it: permuted, repeated, cut into batches."""
    events: list[Arrived] = []
    for subjects, states, most in KINDS:
        for subject in subjects:
            for sequence, state in enumerate(draw(st.lists(states, max_size=most)), 1):
                events.append(arrived(subject, sequence, state))
    delivered = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=8)))) if events else []
    batches: list[list[Arrived]] = []
    while delivered:
        size = draw(st.integers(1, 12))
        batches.append(list(delivered[:size]))
        delivered = delivered[size:]
    return History(events, batches)
