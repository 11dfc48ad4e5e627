"""Those of a community's people who are known by name: parts of the community, changed under its lock.

Each change raises the community's version and is told as its event, though the event names nobody.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.communities import queries, service
from services.registry.communities.models import Community, CommunityMember
from services.registry.communities.schemas import CommunityMemberContent, CommunityMemberIn, CommunityMemberPatch
from services.registry.models import Region
from services.registry.people import service as people
from services.registry.people.models import Person
from shared import audit, records
from shared.auth import Principal
from shared.clock import local_date
from shared.days import in_the_future
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, InvalidPayload


class AlreadyInCommunity(Conflict):
    slug = "already-in-community"
    title = Text("Orang ini sudah tercatat pada hari yang sama", "This person is in it on the same days already")


class MemberVoided(Conflict):
    slug = "member-voided"
    title = Text("Catatan anggota ini dibatalkan", "This entry of a member was voided")


class Entered(NamedTuple):
    """A member's entry after a change, its community at the new version, and the person."""

    member: CommunityMember
    community: Community


async def enter(
    session: AsyncSession, community_id: UUID, body: CommunityMemberIn, *, by: Principal, now: datetime
) -> Entered:
    """Says that a person belongs to a community. Raises NotFound, CommunityVoided, AlreadyInCommunity, and InvalidPayload:
    `person-unknown`, `before-birth`, `in-the-future`."""
    community = await service.locked(session, community_id, by)
    service.refuse_voided(community)
    person = await people.found(session, body.person_id, by, "/person_id")
    await _refuse_days(session, community, person, body, now)
    member = CommunityMember(
        id=uuid7(), sequence=1, community_id=community_id, person_id=person.id, since=body.since, until=body.until,
        voided=False, registered_at=now, changed_at=now,
    )  # fmt: skip
    session.add(member)
    await _written(session, community, member, "registered", by=by, now=now)
    return Entered(member, community)


async def change(
    session: AsyncSession, community_id: UUID, id: UUID, patch: CommunityMemberPatch, *, by: Principal,
    precondition: IfMatch, now: datetime,
) -> Entered:  # fmt: skip
    """Corrects a person's days in a community, or ends them. Raises what `enter` raises, PreconditionFailed, MemberVoided."""
    community, member = await _both(session, community_id, id, by, precondition)
    wanted = patched(CommunityMemberContent(since=member.since, until=member.until), patch)
    person = await session.get_one(Person, member.person_id)
    await _refuse_days(session, community, person, wanted, now)
    if (member.since, member.until) != (wanted.since, wanted.until):
        member.since, member.until = wanted.since, wanted.until
        _raised(member, now)
        await _written(session, community, member, "changed", by=by, now=now)
    return Entered(member, community)


async def void(
    session: AsyncSession, community_id: UUID, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime,
    reason: str,
) -> Entered:  # fmt: skip
    """Takes out an entry that should never have been. Raises NotFound, PreconditionFailed, CommunityVoided, MemberVoided."""
    community, member = await _both(session, community_id, id, by, precondition)
    member.voided = True
    _raised(member, now)
    await _written(session, community, member, "voided", by=by, now=now, reason=reason)
    return Entered(member, community)


async def _both(
    session: AsyncSession, community_id: UUID, id: UUID, by: Principal, precondition: IfMatch
) -> tuple[Community, CommunityMember]:
    community = await service.locked(session, community_id, by)
    member = await records.locked(session, CommunityMember, id, queries.members.community_id == community_id)
    precondition.check(member.sequence)
    service.refuse_voided(community)
    if member.voided:
        raise MemberVoided
    return community, member


def _raised(member: CommunityMember, now: datetime) -> None:
    member.sequence += 1
    member.changed_at = now


async def _written(
    session: AsyncSession, community: Community, member: CommunityMember, action: str, *, by: Principal,
    now: datetime, reason: str | None = None,
) -> None:  # fmt: skip
    regions = (community.village_id,)
    try:
        await audit.note(session, member, action, by=by.subject, at=now, regions=regions, reason=reason)
        await service.record(session, community, "changed", by=by, now=now, reason=reason)
    except IntegrityError as error:
        if "once_at_a_time" in str(error.orig):
            raise AlreadyInCommunity from error
        raise


async def _refuse_days(
    session: AsyncSession, community: Community, person: Person, wanted: CommunityMemberContent, now: datetime
) -> None:
    village = await session.get_one(Region, community.village_id)
    today = local_date(now, village.time_zone)
    faults = [
        in_the_future(today, name)
        for name in ("since", "until")
        if (day := getattr(wanted, name)) is not None and day > today
    ]
    born = person.birth_date or (date(person.birth_year, 1, 1) if person.birth_year else None)
    if born is not None and wanted.since is not None and wanted.since < born:
        faults.append(
            Fault(
                "before-birth",
                Text("Pada hari itu orang ini belum lahir.", "By that day the person was not born yet."),
                Text("Perbaiki `since`, atau kosongkan.", "Correct `since`, or leave it out."),
                pointer="/since",
            )
        )
    if faults:
        raise InvalidPayload(errors=faults)
