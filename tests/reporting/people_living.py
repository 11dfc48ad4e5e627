"""People who live in some villages: two of them one, members of whatever institutions there are, who come and are helped."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from shared.codes import AttendanceRole, BeneficiaryUnit, FamilyRole, HelpKind, OrganisationKind, PpksKind, Sex
from shared.events.activities import AttendanceSheet, Attendee, Beneficiary, Benefit, Organisation
from shared.events.envelope import Spell, State
from shared.events.registry import Family, FamilyMember, Membership, MembershipSpell, NetworkMembership, Person
from tests.reporting.publishing import Village

COUNT = 14
FROM = date(2025, 1, 1)


def living(villages: Sequence[Village], institutions: Sequence[UUID], seed: int) -> list[tuple[UUID, State]]:
    """Their events; most of what happens lies in 2025."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    people, families, network = [uuid4() for _ in range(COUNT)], [uuid4() for _ in range(2)], uuid4()

    def day() -> date:
        return FROM + timedelta(days=chance.randrange(450))

    events: list[tuple[UUID, State]] = [
        (id_, Person(
            sex=chance.choice(list(Sex)), birth_year=chance.choice([None, 1950, 1990, 2015]),
            duplicate_of=people[0] if number == 1 else None,
        ))
        for number, id_ in enumerate(people)
    ]  # fmt: skip
    events += [
        (family, Family(
            village_id=villages[0].id, members=[FamilyMember(person_id=head, role=FamilyRole.KEPALA_KELUARGA)]
        ))
        for family, head in zip(families, people, strict=False)
    ]  # fmt: skip
    for person in people:
        for institution in chance.sample(institutions, k=min(2, len(institutions))):
            since = FROM - timedelta(days=chance.randrange(900))
            until = day() if chance.random() < 0.4 else None
            spells = [MembershipSpell(since=since, until=until)]
            events.append((uuid4(), Membership(person_id=person, institution_id=institution, spells=spells)))
    events.append((uuid4(), NetworkMembership(
        network_id=network, institution_id=institutions[0], spells=[Spell(since=FROM)]
    )))  # fmt: skip
    for _ in range(12):
        came = [Attendee(person_id=each, role=AttendanceRole.WARGA) for each in chance.sample(people, k=4)]
        events.append((uuid4(), AttendanceSheet(
            activity_id=uuid4(), people=came, held_on=day(), village_id=chance.choice(villages).id,
            organiser_ids=chance.sample(institutions, k=min(2, len(institutions))),
        )))  # fmt: skip
    givers = [*((OrganisationKind.INSTITUTION, each) for each in institutions), (OrganisationKind.NETWORK, network),
              (OrganisationKind.PARTNER, uuid4())]  # fmt: skip
    helped = [*((BeneficiaryUnit.PERORANGAN, each) for each in people),
              *((BeneficiaryUnit.KELUARGA, each) for each in families), (BeneficiaryUnit.KOMUNITAS, uuid4())]  # fmt: skip
    for _ in range(30):
        (unit, to), (kind, by) = chance.choice(helped), chance.choice(givers)
        events.append((uuid4(), Benefit(
            beneficiary=Beneficiary(unit=unit, id=to), giver=Organisation(organisation=kind, id=by), given_on=day(),
            village_id=chance.choice(villages).id, help=HelpKind.UANG,
            ppks_kinds=chance.sample([PpksKind.LUT, PpksKind.FM, PpksKind.ABT], k=chance.randrange(3)),
        )))  # fmt: skip
    return events
