"""What happens to networks: registered in their beginnings, changed, and voided. Each is one event.

What is legalised changes by no one person's hand: only a verifier who wrote none of it changes or ends it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions import review
from services.registry.networks import queries, states, territory
from services.registry.networks.models import Network
from services.registry.networks.queries import Held
from services.registry.networks.schemas import Content, NetworkIn, NetworkPatch
from services.registry.regions.service import Village
from services.registry.rights import OwnRecordOnly
from shared import outbox, records
from shared.auth import Principal, Right
from shared.clock import local_date
from shared.codes import NetworkStatus
from shared.days import in_the_future
from shared.events.networks import Territory
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Fault, Forbidden, InvalidPayload
from shared.records import IdTaken


class LegalisedNeedsVerifier(Forbidden):
    slug = "legalised-needs-verifier"
    title = Text(
        "Jaringan yang disahkan hanya diubah oleh verifikator", "Only a verifier may change a legalised network"
    )


async def register(
    session: AsyncSession, body: NetworkIn, *, by: Principal, now: datetime
) -> tuple[Network, dict[UUID, Village]]:
    """Registers a network in its beginnings, with its first event; also the villages of its territory.

    Raises InvalidPayload naming the field, IdTaken for an id that is in use, OwnRecordOnly for an institution's operator.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    wanted, villages = await territory.kept(session, body.territory, {})
    territory.refuse_outside([], wanted, villages, by)
    network = draft(body, wanted, villages, by=by, now=now)
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=set(villages))
    try:
        await outbox.register_many(session, [(network, states.state(network), fact)])
    except IntegrityError as error:
        raise IdTaken.of(network.id) from error
    await territory.seen_from(session, network.id, wanted, villages)
    return network, villages


def draft(
    body: NetworkIn, wanted: Sequence[Territory], villages: Mapping[UUID, Village], *, by: Principal, now: datetime
) -> Network:
    """The row of a new network; `wanted` is its territory as stored. Pure. Raises InvalidPayload naming the field."""
    today = local_date(now, villages[wanted[0].village_id].time_zone)
    territory.refuse_contradictions(wanted, today)
    _refuse_beginning(body.initiated_on, None, today)
    return Network(
        id=body.id or uuid7(),
        sequence=1,
        name=body.name,
        local_name=body.local_name,
        territory=list(wanted),
        status=NetworkStatus.DIRINTIS,
        initiated_on=body.initiated_on,
        formed_on=None,
        legalisations=[],
        active=[],
        ended_on=None,
        management=[],
        absorbed=[],
        successor_id=None,
        makers=[by.subject],
        voided=False,
        registered_at=now,
        changed_at=now,
        **_spelled(body),
    )


async def change(
    session: AsyncSession, id: UUID, patch: NetworkPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> Held:
    """Merges a patch into a network; one that is legalised is changed by a verifier who is none of its makers.

    A patch that changes nothing leaves everything as it is, and no event. Raises NotFound, PreconditionFailed,
    NetworkOutsideYourArea, NotChangeableNow, LegalisedNeedsVerifier, MakerMayNotVerify, InvalidPayload naming the field.
    """
    held = await queries.held(session, id, by, now)
    network = held.network
    precondition.check(network.sequence)
    refuse_voided(network)
    current = Content(
        name=network.name, local_name=network.local_name, initiated_on=network.initiated_on,
        territory=territory.declared(network.territory, held.villages),
    )  # fmt: skip
    content = patched(current, patch)
    if content == current:
        return held
    wrote_as = _writer(network, by)
    wanted, villages = await territory.kept(session, content.territory, held.villages)
    territory.refuse_contradictions(wanted, held.today)
    territory.refuse_outside(network.territory, wanted, held.villages | villages, by)
    _refuse_beginning(content.initiated_on, network.formed_on, held.today)
    regions = held.regions | set(villages)
    if wanted != network.territory:
        await territory.seen_from(session, network.id, wanted, villages)
    # From here on no statement: it would write the record before its event and the audit entry tell what it was.
    network.name, network.local_name, network.initiated_on = content.name, content.local_name, content.initiated_on
    network.territory = wanted
    for name, value in _spelled(content).items():
        setattr(network, name, value)
    made_by(network, wrote_as)
    await record(session, network, "changed", by=by, now=now, regions=regions)
    return Held(network, villages, held.today)


async def record(
    session: AsyncSession, network: Network, verb: str, *, by: Principal, now: datetime,
    regions: Collection[UUID] | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Writes a locked network's changes and the event that tells them to its territory, of before and after.

    Raises EventTooLarge.
    """
    concerned = {*(regions or ()), *(place.village_id for place in network.territory)}
    state = states.state(network)
    await records.record(session, network, state, verb, by=by, now=now, regions=concerned, reason=reason)


def refuse_voided(network: Network) -> None:
    """Raises NotChangeableNow for an entry error."""
    if network.voided:
        raise review.voided()


def refuse_maker_of_legalised(network: Network, by: Principal, step: str) -> None:
    """What is legalised counts: who changes or ends it must be a verifier, and none of those who wrote it.

    Raises LegalisedNeedsVerifier, MakerMayNotVerify.
    """
    if not network.legalisations:
        return
    if not by.may(Right.VERIFY):
        raise LegalisedNeedsVerifier
    refuse_maker(network, by, step)


def refuse_maker(network: Network, by: Principal, step: str) -> None:
    """Raises MakerMayNotVerify when the caller wrote any of what the step decides about."""
    if by.subject in network.makers:
        raise review.MakerMayNotVerify(
            Text(
                f"Anda ikut mengisi data jaringan ini; «{step}» harus dilakukan orang lain.",
                f"You wrote some of this network's record; «{step}» is for another person.",
            )
        )


def made_by(network: Network, by: Principal | None) -> None:
    """Remembers who wrote some of what a legalisation covers: the record, its management, its members."""
    if by is not None and by.subject not in network.makers:
        network.makers = sorted({*network.makers, by.subject})


def _writer(network: Network, by: Principal) -> Principal | None:
    """Who becomes a maker by a change: nobody, if it is a verifier's of what is legalised."""
    refuse_maker_of_legalised(network, by, "PATCH")
    return None if network.legalisations else by


def _spelled(content: Content) -> dict[str, str]:
    """The names as they are sorted and searched."""
    return {
        "sort_name": folded(content.name),
        "search_text": " ".join(filter(None, (folded(content.name), folded(content.local_name or "")))),
    }


def _refuse_beginning(initiated_on: date, formed_on: date | None, today: date) -> None:
    if initiated_on > today:
        raise InvalidPayload(errors=[in_the_future(today, "initiated_on")])
    if formed_on is not None and initiated_on > formed_on:
        raise InvalidPayload(
            errors=[
                Fault(
                    "initiated-after-formed",
                    Text(
                        f"Dibentuk pada {formed_on}, sebelum dirintis.", f"It was formed on {formed_on}, before that."
                    ),
                    Text(f"Isi hari sampai {formed_on}.", f"Give a day up to {formed_on}."),
                    pointer="/initiated_on",
                )
            ]
        )
