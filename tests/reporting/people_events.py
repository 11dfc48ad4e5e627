"""Events of people, one at a time: everything of one village and one institution, and on one day."""

from datetime import date
from uuid import UUID

from shared.arrived import Arrived
from shared.codes import (
    AttendanceRole,
    BeneficiaryUnit,
    FamilyRole,
    HelpKind,
    OrganisationKind,
    PpksKind,
    RegionKind,
    RegionLevel,
    Sex,
)
from shared.events.activities import AttendanceSheet, Attendee, Beneficiary, Benefit, Organisation
from shared.events.envelope import Spell
from shared.events.registry import (
    Family,
    FamilyMember,
    Institution,
    Lineage,
    Membership,
    MembershipSpell,
    NetworkMembership,
    Person,
)
from tests.reporting.histories import HERE, arrived, region
from tests.reporting.people_histories import (
    BENEFITS,
    FAMILIES,
    INSTITUTIONS,
    MEMBERSHIPS,
    NETWORKS,
    PEOPLE,
    PLACES,
    SHEETS,
    VILLAGES,
)

DAY = date(2024, 5, 5)
SINCE = date(2024, 1, 1)


def village() -> Arrived:
    return arrived(VILLAGES[0], 1, region(RegionLevel.VILLAGE, RegionKind.DESA, [Lineage(ancestors=HERE)]))


def institution(until: date | None = None, sequence: int = 1) -> Arrived:
    state = Institution.model_validate(
        {"type": "ARS", "name": "Arisan", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "terverifikasi", "operation": "aktif", "active": [{"since": SINCE, "until": until}],
         "seats": [{"village_id": VILLAGES[0]}]}
    )  # fmt: skip
    return arrived(INSTITUTIONS[0], sequence, state)


def person(number: int = 0, duplicate_of: int | None = None, sequence: int = 1) -> Arrived:
    of = None if duplicate_of is None else PEOPLE[duplicate_of]
    return arrived(PEOPLE[number], sequence, Person(sex=Sex.P, birth_year=1990, duplicate_of=of))


def membership(number: int = 0, until: date | None = None, sequence: int = 1) -> Arrived:
    spells = [MembershipSpell(since=SINCE, until=until)]
    state = Membership(person_id=PEOPLE[number], institution_id=INSTITUTIONS[0], spells=spells)
    return arrived(MEMBERSHIPS[number], sequence, state)


def place() -> Arrived:
    state = NetworkMembership(network_id=NETWORKS[0], institution_id=INSTITUTIONS[0], spells=[Spell(since=SINCE)])
    return arrived(PLACES[0], 1, state)


def sheet(*people: int, number: int = 0, sequence: int = 1) -> Arrived:
    came = [Attendee(person_id=PEOPLE[each], role=AttendanceRole.WARGA) for each in people]
    state = AttendanceSheet(
        activity_id=SHEETS[number], people=came, held_on=DAY, village_id=VILLAGES[0], organiser_ids=[INSTITUTIONS[0]]
    )  # fmt: skip
    return arrived(SHEETS[number], sequence, state)


def benefit(unit: BeneficiaryUnit, to: UUID, giver: OrganisationKind, number: int = 0) -> Arrived:
    by = NETWORKS[0] if giver is OrganisationKind.NETWORK else INSTITUTIONS[0]
    state = Benefit(
        beneficiary=Beneficiary(unit=unit, id=to), giver=Organisation(organisation=giver, id=by), given_on=DAY,
        village_id=VILLAGES[0], ppks_kinds=[PpksKind.LUT], help=HelpKind.UANG,
    )  # fmt: skip
    return arrived(BENEFITS[number], 1, state)


def family(head: int) -> Arrived:
    members = [FamilyMember(person_id=PEOPLE[head], role=FamilyRole.KEPALA_KELUARGA)]
    return arrived(FAMILIES[0], 1, Family(village_id=VILLAGES[0], members=members))
