"""Random histories of regions, institutions, networks, values, reports and activities as events, for the projection's properties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from shared.arrived import Arrived
from shared.codes import (
    ActivityKind,
    ActivityStatus,
    CodeSystem,
    DevelopmentStage,
    DocumentKind,
    FacilityClass,
    FacilityCondition,
    FundingSource,
    InstitutionType,
    LegalStatus,
    NetworkStatus,
    Operation,
    OrganisationKind,
    Origin,
    PartyRole,
    PpksKind,
    RegionKind,
    RegionLevel,
    ResourceForm,
    Role,
    ValueKind,
    ValueState,
    Verification,
    VillageReportState,
)
from shared.events.activities import (
    Activity,
    Headcount,
    Party,
    PlanVersion,
    ResourceSum,
    TargetGroup,
    VillageReport,
)
from shared.events.envelope import Event, Spell, State
from shared.events.regions import AppliedChange
from shared.events.registry import (
    Absorbed,
    Assessment,
    CulturalValue,
    Document,
    Facility,
    FacilityCheck,
    Institution,
    Legalisation,
    Lineage,
    Network,
    Region,
    RegionCode,
    Seat,
    Term,
    Territory,
    ValueSpell,
)

SPACE = UUID("5d0c6c4e-5f3e-4f0c-9d43-7f7b9a5d7f10")
BEGIN = date(2024, 1, 1)


def identity(name: str) -> UUID:
    """The id of a named subject."""
    return uuid5(SPACE, name)


def arrived(subject: UUID, sequence: int, state: State) -> Arrived:
    """An event as the consumer hands it over."""
    return Arrived(
        Event(
            id=uuid5(subject, str(sequence)),
            type=state.event_type(state.FACTS[0]),
            subject=subject,
            sequence=sequence,
            time=datetime(2026, 1, 1, tzinfo=UTC),
            data=state.model_dump_json().encode(),
            schema=state.schema_uri(),
        ),
        state,
    )


NATION, PROVINCE, OTHER_PROVINCE, REGENCY, OTHER_REGENCY, DISTRICT, OTHER_DISTRICT = map(
    identity, ("nation", "province", "other province", "regency", "other regency", "district", "other district")
)
HERE = [NATION, PROVINCE, REGENCY, DISTRICT]
THERE = [NATION, OTHER_PROVINCE, OTHER_REGENCY, OTHER_DISTRICT]
VILLAGES = [identity(f"village {number}") for number in range(4)]
INSTITUTIONS = [identity(f"institution {number}") for number in range(4)]
NETWORKS = [identity(f"network {number}") for number in range(2)]
VALUES = [identity(f"value {number}") for number in range(3)]
REPORTS = [identity(f"report {number}") for number in range(4)]
ACTIVITIES = [identity(f"activity {number}") for number in range(6)]

days = st.integers(0, 900).map(lambda count: BEGIN + timedelta(days=count))


def region(level: RegionLevel, kind: RegionKind, lineage: Sequence[Lineage], code: str = "32") -> Region:
    """A region's state."""
    return Region(
        level=level, kind=kind, name="Desa", time_zone="Asia/Jakarta", lineage=list(lineage),
        codes=[RegionCode(system=CodeSystem.KEMENDAGRI, code=code)],
    )  # fmt: skip


@st.composite
def village_states(draw: st.DrawFn) -> Region:
    """A village in one district or the other, moved between them now and then, perhaps founded or ended on a day."""
    cuts = sorted(draw(st.lists(days, max_size=4, unique=True)))
    founded, ended, here = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    since = cuts.pop(0) if cuts and founded else None
    until = cuts.pop() if cuts and ended else None
    sides = [HERE, THERE] if here else [THERE, HERE]
    runs = zip([since, *cuts], [*cuts, until], strict=True)
    lineage = [Lineage(ancestors=sides[number % 2], since=begin, until=end) for number, (begin, end) in enumerate(runs)]
    code = draw(st.sampled_from(["32.04.05.2001", "32.04.06.2001"]))
    numbers = draw(st.lists(st.integers(1, 3), max_size=2, unique=True))
    changes = [AppliedChange(number=number, regions=3) for number in numbers]
    state = region(RegionLevel.VILLAGE, RegionKind.DESA, lineage, code)
    return state.model_copy(update={"since": since, "until": until, "changes": changes})


@st.composite
def spells(draw: st.DrawFn) -> list[Spell]:
    """Ordered, disjoint spells; the last one may last."""
    cuts = sorted(draw(st.lists(days, min_size=1, max_size=5, unique=True)))
    found = [Spell(since=a, until=b) for a, b in zip(cuts[::2], [*cuts[1::2], None][: len(cuts[::2])], strict=False)]
    return found or [Spell(since=cuts[0])]


@st.composite
def seats(draw: st.DrawFn) -> list[Seat]:
    """One seat, or two one after the other."""
    first, second = draw(st.sampled_from(VILLAGES)), draw(st.sampled_from(VILLAGES))
    moved = draw(days)
    if draw(st.booleans()):
        return [Seat(village_id=first)]
    return [Seat(village_id=first, until=moved), Seat(village_id=second, since=moved)]


ends = st.none() | st.integers(1, 500)
"""How many days something lasts, if it ends."""
roles = st.sampled_from([Role.KETUA, Role.SEKRETARIS, Role.KETUA, Role.SEKRETARIS, Role.BENDAHARA])


def lasting(made: Any, **fields: Any) -> st.SearchStrategy[Any]:
    """Something that is so from a day on, for a while or without an end."""
    return st.builds(
        lambda since, end, told: made(since=since, until=since + timedelta(days=end) if end else None, **told),
        days, ends, st.fixed_dictionaries(fields),
    )  # fmt: skip


documents = lasting(Document, kind=st.sampled_from(DocumentKind))
terms = lasting(Term, role=roles)
checks = st.builds(FacilityCheck, on=days, condition=st.sampled_from(FacilityCondition))
facilities = lasting(
    Facility, facility_class=st.sampled_from(FacilityClass), name=st.just("Tenda"), checks=st.lists(checks, max_size=3)
)
assessments = st.builds(
    Assessment, on=days, stage=st.sampled_from(DevelopmentStage), instrument=st.just("KUBE 2012, 1")
)  # fmt: skip
absorbed = st.builds(
    Absorbed, institution_id=st.just(INSTITUTIONS[0]), type=st.sampled_from(InstitutionType), active=spells(), seats=seats(),
    merged_on=days,
)  # fmt: skip
parts = st.fixed_dictionaries(
    {"documents": st.lists(documents, max_size=4), "officers": st.lists(terms, max_size=4),
     "facilities": st.lists(facilities, max_size=5), "assessments": st.lists(assessments, max_size=3),
     "absorbed": st.lists(absorbed, max_size=1)}
)  # fmt: skip


@st.composite
def network_states(draw: st.DrawFn) -> Network:
    """A network over a village or some, legalised and led now and then."""
    territory = lasting(Territory, village_id=st.sampled_from(VILLAGES[:3]), part=st.none() | st.just("Dusun I"))
    return Network(
        name="WKSBM Karangasem", status=NetworkStatus.AKTIF, active=draw(spells()),
        territory=draw(st.lists(territory, min_size=1, max_size=3)),
        legalisations=draw(st.lists(lasting(Legalisation, number=st.just("140/7")), min_size=1, max_size=2)),
        management=draw(st.lists(terms, min_size=2, max_size=5)), voided=draw(st.sampled_from([False] * 5 + [True])),
    )  # fmt: skip


@st.composite
def institution_states(draw: st.DrawFn) -> Institution:
    """An institution in any state of verification, with one seat or two, with parts or without."""
    more = draw(st.just({}) | parts)
    return Institution(
        type=draw(st.sampled_from(InstitutionType)), name="Arisan", origin=Origin.TUMBUH,
        legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM, operation=Operation.AKTIF, active=draw(spells()), seats=draw(seats()),
        verification=draw(st.sampled_from([Verification.TERVERIFIKASI] * 3 + [Verification.DRAF])),
        voided=draw(st.sampled_from([False] * 5 + [True])), **more,
    )  # fmt: skip


@st.composite
def value_states(draw: st.DrawFn) -> CulturalValue:
    """A value of a village or some, lived, lost and revived in any order."""
    since = draw(st.lists(days, min_size=1, max_size=4, unique=True))
    return CulturalValue(
        name="Rewang", kind=draw(st.sampled_from(ValueKind)),
        village_ids=draw(st.lists(st.sampled_from(VILLAGES), min_size=1, max_size=3, unique=True)),
        states=[ValueSpell(state=draw(st.sampled_from(ValueState)), since=day) for day in sorted(since)],
        voided=draw(st.sampled_from([False] * 5 + [True])),
    )  # fmt: skip


@st.composite
def report_states(draw: st.DrawFn) -> VillageReport:
    """A report of a month, handed in before or after it was due."""
    first = draw(days)
    return VillageReport(
        village_id=draw(st.sampled_from(VILLAGES[:2])), month=f"{first.year}-{first.month:02}",
        state=draw(st.sampled_from([VillageReportState.DITERIMA, *VillageReportState])), nihil=draw(st.booleans()),
        completed=0, submitted_on=first + timedelta(days=50), first_submitted_on=first + timedelta(days=40),
        due_on=first + timedelta(days=draw(st.integers(39, 41))), voided=draw(st.sampled_from([False] * 5 + [True])),
    )  # fmt: skip


parties = st.builds(
    Party, organisation=st.sampled_from([OrganisationKind.NETWORK, OrganisationKind.PARTNER]),
    id=st.sampled_from(NETWORKS), role=st.sampled_from(PartyRole), of_lead=st.booleans(),
)  # fmt: skip
resources = st.builds(
    ResourceSum, source=st.sampled_from(FundingSource), form=st.sampled_from(ResourceForm),
    value=st.integers(0, 900_000), unvalued=st.integers(0, 2),
)  # fmt: skip
target_groups = st.builds(
    TargetGroup, members=st.booleans(), ppks_kinds=st.lists(st.sampled_from(PpksKind), max_size=1)
)
whole = st.fixed_dictionaries(
    {"objective": st.none() | st.sampled_from(["", "Saluran bersih"]), "target_group": st.none() | target_groups,
     "target_institution_ids": st.lists(st.sampled_from(INSTITUTIONS), max_size=2), "named": st.integers(0, 60),
     "parties": st.lists(parties, max_size=2), "resources": st.lists(resources, max_size=3),
     "cultural_value_ids": st.lists(st.sampled_from(VALUES), max_size=2)}
)  # fmt: skip
"""What an activity may tell beside who held it and how many came."""


@st.composite
def activity_states(draw: st.DrawFn) -> Activity:
    """An activity with some plan versions, perhaps completed."""
    held = draw(days)
    status = draw(
        st.sampled_from([ActivityStatus.SELESAI] * 3 + [ActivityStatus.DIRENCANAKAN, ActivityStatus.DIBATALKAN])
    )
    done = status is ActivityStatus.SELESAI
    lead, *others = draw(st.lists(st.sampled_from(INSTITUTIONS), min_size=1, max_size=3, unique=True))
    count = st.none() | st.integers(0, 50).map(lambda total: Headcount(total=total))
    return Activity(
        title="Kerja bakti", kind=draw(st.sampled_from([ActivityKind.PENYADARAN, ActivityKind.PELATIHAN, *ActivityKind])),
        village_id=draw(st.sampled_from(VILLAGES)), lead_institution_id=lead, co_organiser_ids=others,
        partners=draw(st.lists(st.sampled_from(["Dinsos", "dinsos", "PKK"]), max_size=2)),
        plan=draw(st.lists(plan_versions(), max_size=3)), status=status,
        held_from=held if done else None, held_until=held if done else None,
        invited=draw(count), attended=draw(count), voided=draw(st.sampled_from([False] * 5 + [True])),
        **draw(st.just({}) | whole),
    )  # fmt: skip


@st.composite
def plan_versions(draw: st.DrawFn) -> PlanVersion:
    """A plan version, recorded before or after its start."""
    start = draw(days)
    return PlanVersion(
        planned_from=start,
        planned_until=start + timedelta(days=draw(st.integers(0, 40))),
        recorded_on=start + timedelta(days=draw(st.integers(-60, 10))),
    )


@dataclass(frozen=True, repr=False)
class History:
    """Events of all subjects, each subject's in order, and a delivery of them: permuted, repeated, cut into batches."""

    events: list[Arrived]
    delivery: list[list[Arrived]]

    @property
    def final(self) -> dict[UUID, State]:
        """The newest state of each subject."""
        return {item.event.subject: item.state for item in sorted(self.events, key=lambda e: e.event.sequence)}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A history and an arbitrary delivery of it."""
    events: list[Arrived] = []
    kinds: list[tuple[list[UUID], Any, int]] = [
        (VILLAGES, village_states(), 2),
        (INSTITUTIONS, institution_states(), 3),
        (NETWORKS, network_states(), 3),
        (VALUES, value_states(), 2),
        (REPORTS, report_states(), 2),
        (ACTIVITIES, activity_states(), 3),
    ]
    for subjects, states, most in kinds:
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
