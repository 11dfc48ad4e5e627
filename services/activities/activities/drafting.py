"""What becomes of a body that plans or records an activity: a row, its first sheet, and what they tell. Pure.

known = await referred.find(driver, bodies, principal)      # two or three round trips for up to 500 of them
drafts = [drafting.drafted(body, known, principal, now) for body in bodies]
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from services.activities.activities import naming, parties, rows, rules
from services.activities.activities.answers import ActivityOut, WarningOut
from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import ActivityIn, Description
from services.activities.attendance import naming as attending
from services.activities.attendance import sheets
from services.activities.attendance.models import AttendanceSheet
from services.activities.known import places
from services.activities.known.places import Warned
from services.activities.known.references import Institution, Region
from services.activities.programmes import rules as programme_rules
from shared import outbox
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus
from shared.events.activity import Activity as State
from shared.language import Language
from shared.problems import Fault

PEOPLE = "/completion/attendance/people"


@dataclass(slots=True)
class Drafted:
    """An activity that is not stored yet, with its first sheet if it names people, and what its answer needs.

    `activity` joins no session. Its occurrence of a series may be set before it is stored.
    """

    activity: Activity
    sheet: AttendanceSheet | None
    region: Region
    lead: Institution
    warned: list[Warned] = field(default_factory=list)

    @property
    def regions(self) -> set[UUID]:
        """The regions that its events concern."""
        return {self.region.id, self.lead.seat_id}

    def registration(self, by: Principal, now: datetime) -> tuple[Activity, State, outbox.Fact]:
        """What `outbox.register` and `register_many` store: the row, its first event, and the fact."""
        verb = "planned" if self.activity.status is ActivityStatus.DIRENCANAKAN else "recorded"
        fact = outbox.Fact(verb, by=by.subject, at=now, regions=self.regions)
        return self.activity, activity_state(self.activity), fact

    def answer(self, language: Language) -> ActivityOut:
        """The answer once it is stored, with the warnings in a language."""
        told = [WarningOut.of(each, language) for each in self.warned]
        return ActivityOut.of(
            self.activity, self.region.name, self.lead.name, told, self.sheet.id if self.sheet else None
        )


def drafted(body: ActivityIn, known: Referred, principal: Principal, now: datetime) -> Drafted | list[Fault]:
    """The activity that a body plans or records, or all that is wrong with it, by pointer into the body.

    Raises ReferenceNotArrived while the village of the lead's seat has not been announced.
    """
    last = _last_day(body, now)
    region, faults, warned = places.meant(body.village, last, known.holders.get(body.village, ()))
    lead = known.institutions.get(body.lead_institution_id)
    days = [
        *([body.plan.planned_from] if body.plan else []),
        *([body.completion.held_from] if body.completion else []),
    ]
    faults += description_faults(body, None, known, days, days, last, principal)
    if region and body.completion:
        today = local_date(now, region.time_zone)
        faults += rules.future_faults(body.completion.held_until, today, "/completion/held_until")
    if body.completion and body.completion.attendance:
        people, length = body.completion.attendance.people, (last - body.completion.held_from).days + 1
        faults += attending.people_faults(people, known.people, length, PEOPLE)
    if region is None or lead is None or faults:
        return faults
    activity = _row(body, known, region, now)
    made = Drafted(activity, None, region, lead, [*warned, *parties.place_warnings(body)])
    if body.completion and body.completion.attendance:
        made.sheet = sheets.first(activity, body.completion.attendance, now)
        made.warned += sheets.warnings(
            activity, body.completion.attendance.people, known.people, PEOPLE, activity.named
        )
    return made


def _row(body: ActivityIn, known: Referred, region: Region, now: datetime) -> Activity:
    activity = Activity(
        id=body.id or uuid7(),
        status=ActivityStatus.DIRENCANAKAN,
        plan=[],
        named=0,
        resources=[],
        voided=False,
        recorded_at=now,
        changed_at=now,
    )
    rows.describe(activity, body, known, region, _last_day(body, now))
    if body.plan:
        rows.plan(activity, body.plan, local_date(now, region.time_zone))
    if body.completion:
        rows.complete(activity, body.completion)
    return activity


def _last_day(body: ActivityIn, now: datetime) -> date:
    """The day an activity belongs to: the last one held, or planned."""
    if body.completion:
        return body.completion.held_until
    return body.plan.planned_until if body.plan else now.date()


def description_faults(
    wanted: Description,
    current: Description | None,
    known: Referred,
    days: Sequence[date],
    days_before: Sequence[date],
    last: date | None,
    principal: Principal,
) -> list[Fault]:
    """What is wrong with those who take part, as far as they, or the days they must be at work on, are new.

    `last` is the day that the activity belongs to.
    """
    faults = naming.naming_faults(naming.new(naming.institutions_of, wanted, current), known, principal)
    amiss = {fault.pointer for fault in faults}
    organisers = naming.new(naming.organisers_of, wanted, current if days == days_before else None)
    accepted = {at: one for at, one in organisers.items() if at not in amiss}
    faults += naming.idle_faults(accepted, known, days, principal)
    if naming.LEAD not in amiss:
        faults += naming.partner_faults(wanted, current, known)
    faults += parties.party_faults(wanted, current, known) + parties.experience_faults(wanted, current, known)
    return faults + _programme_faults(wanted, current, known, last)


def _programme_faults(
    wanted: Description, current: Description | None, known: Referred, last: date | None
) -> list[Fault]:
    """A programme that was named before stays, while the lead does: its networks may have changed since."""
    stands = (
        current is not None
        and wanted.programme_id == current.programme_id
        and wanted.lead_institution_id == current.lead_institution_id
    )
    if stands:
        return []
    return programme_rules.faults(wanted.programme_id, known.programmes, wanted.lead_institution_id, last)
