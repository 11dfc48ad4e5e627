"""The steps of a network's life: each dated, each for the version that was read, each one event."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions.review import WrongState
from services.registry.network_memberships import queries as memberships
from services.registry.networks import lifecycle, queries, service
from services.registry.networks.lifecycle import Life, Step
from services.registry.networks.models import KeptLegalisation, Network
from services.registry.networks.queries import Held
from services.registry.networks.step_schemas import LegalisationIn, NetworkMerger
from shared.auth import Principal
from shared.codes import Role
from shared.days import too_early
from shared.events.networks import AbsorbedNetwork
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, InvalidPayload, NotFound

LEAST_MEMBERS = 2
"""Institutions that make a network: "a number of" them (Permensos 8/2012), and one alone is none."""
LEAST_MANAGEMENT = (Role.KETUA, Role.SEKRETARIS)
"""Roles without which there is no management (`domain.md` §1.2)."""


class FormationIncomplete(Conflict):
    slug = "formation-incomplete"
    title = Text("Pengurus atau anggota jaringan belum lengkap", "The network lacks management or members")


async def take(
    session: AsyncSession, id: UUID, step: Step, day: date, *, at: str, by: Principal, precondition: IfMatch,
    now: datetime, reason: str | None,
) -> Held:  # fmt: skip
    """Forms, activates, rests, reactivates or dissolves a network from `day` on; `at` is the field that holds it.

    Raises NotFound, PreconditionFailed, NetworkOutsideYourArea, WrongState naming the steps that are possible,
    InvalidPayload for a day that does not fit, FormationIncomplete; for a dissolution LegalisedNeedsVerifier,
    MakerMayNotVerify.
    """
    held = await _ready(session, id, step, by, precondition, now)
    if step is Step.DISSOLUTION:
        service.refuse_maker_of_legalised(held.network, by, step)
    after = _after(held, step, day, at)
    if step is Step.FORMATION:
        await _refuse_incomplete(session, held.network, day)
        service.made_by(held.network, by)
    _put(held.network, after)
    await service.record(session, held.network, lifecycle.FACTS[step], by=by, now=now, reason=reason)
    return held


async def legalise(
    session: AsyncSession, id: UUID, body: LegalisationIn, *, by: Principal, precondition: IfMatch, now: datetime
) -> Held:
    """Records a pengesahan, a renewal, or the correction of one; by a verifier who covers the whole territory.

    Raises NotFound, PreconditionFailed, NetworkOutsideYourArea, WrongState, MakerMayNotVerify, InvalidPayload.
    """
    held = await _ready(session, id, Step.LEGALISATION, by, precondition, now)
    network = held.network
    if outside := held.uncovered(by):
        raise queries.NetworkOutsideYourArea(
            Text(
                f"Desa {', '.join(outside)} di luar wilayah Anda; pengesahan untuk yang membawahi semuanya.",
                f"{', '.join(outside)} outside your area; a legalisation is for who covers all its villages.",
            )
        )
    service.refuse_maker(network, by, Step.LEGALISATION)
    others = [kept for kept in network.legalisations if kept.id != body.corrects]
    if body.corrects is not None and len(others) == len(network.legalisations):
        raise InvalidPayload(errors=[_no_such_legalisation(body.corrects)])
    _put(network, _after(held, Step.LEGALISATION, body.on, "on"))
    new = KeptLegalisation(
        id=uuid7(), number=body.number, since=body.on,
        until=body.valid_until and body.valid_until + timedelta(days=1),
    )  # fmt: skip
    network.legalisations = sorted([*others, new], key=lambda kept: (kept.since, kept.id))
    await service.record(session, network, "legalised", by=by, now=now, reason=body.reason)
    return held


async def merge(
    session: AsyncSession, id: UUID, body: NetworkMerger, *, by: Principal, precondition: IfMatch, now: datetime
) -> Held:
    """Makes a network part of another from a day on; both are told, the other as `absorbed`.

    Raises NotFound, PreconditionFailed, NetworkOutsideYourArea, WrongState, LegalisedNeedsVerifier, MakerMayNotVerify,
    InvalidPayload: `successor-unknown`, `successor-itself`, `successor-not-formed`, or a day that does not fit.
    """
    if body.successor_id == id:
        raise InvalidPayload(errors=[_successor_itself()])
    # Two mergers in opposite directions must not wait for each other: both rows are locked in one order.
    for other in sorted((id, body.successor_id)):
        await session.get(Network, other, with_for_update=True)
    held = await _ready(session, id, Step.MERGER, by, precondition, now)
    service.refuse_maker_of_legalised(held.network, by, Step.MERGER)
    successor = (await _successor(session, body.successor_id, by, now)).network
    if successor.voided or successor.status not in lifecycle.FORMED:
        raise InvalidPayload(errors=[_successor_not_formed(successor)])
    if successor.formed_on is not None and body.on < successor.formed_on:
        raise InvalidPayload(errors=[too_early(successor.formed_on, "on")])
    _put(held.network, _after(held, Step.MERGER, body.on, "on"))
    held.network.successor_id = successor.id
    told = held.regions | {place.village_id for place in successor.territory}
    await service.record(session, held.network, "merged", by=by, now=now, regions=told, reason=body.reason)
    successor.absorbed = [*successor.absorbed, AbsorbedNetwork(network_id=id, merged_on=body.on)]
    await service.record(session, successor, "absorbed", by=by, now=now, regions=told, reason=body.reason)
    return held


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Held:
    """Takes an entry error out of every number. Raises NotFound, PreconditionFailed, NetworkOutsideYourArea, WrongState,
    LegalisedNeedsVerifier, MakerMayNotVerify."""
    held = await _ready(session, id, Step.VOIDING, by, precondition, now)
    service.refuse_maker_of_legalised(held.network, by, Step.VOIDING)
    held.network.voided = True
    await service.record(session, held.network, "voided", by=by, now=now, reason=reason)
    return held


def possible_steps(network: Network) -> list[Step]:
    """The steps that its status allows: none once it is voided."""
    return [] if network.voided else [*lifecycle.STEPS[network.status], Step.VOIDING]


async def _ready(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch, now: datetime
) -> Held:
    held = await queries.held(session, id, by, now)
    network = held.network
    precondition.check(network.sequence)
    if step not in (possible := possible_steps(network)):
        ways = ", ".join(f"«{other}»" for other in possible)
        raise WrongState(
            Text(
                f"Langkah «{step}» tidak mungkin pada status «{network.status}». Yang mungkin: {ways or 'tidak ada'}.",
                f"The step «{step}» is not possible at status «{network.status}». Possible now: {ways or 'none'}.",
            ),
            extra={
                "state": {"status": str(network.status), **({"voided": "true"} if network.voided else {})},
                "possible_steps": [str(other) for other in possible],
            },
        )
    return held


def _after(held: Held, step: Step, day: date, at: str) -> Life:
    network = held.network
    legalised_on = min((kept.since for kept in network.legalisations), default=None)
    life = Life(network.status, network.initiated_on, network.formed_on, legalised_on, network.active, network.ended_on)
    return lifecycle.stepped(life, step, day, held.today, at)


def _put(network: Network, after: Life) -> None:
    network.status, network.formed_on, network.ended_on = after.status, after.formed_on, after.ended_on
    network.active = list(after.active)


async def _refuse_incomplete(session: AsyncSession, network: Network, day: date) -> None:
    in_office = {t.role for t in network.management if t.since <= day and (t.until is None or day < t.until)}
    missing = [str(role) for role in LEAST_MANAGEMENT if role not in in_office]
    members = await memberships.count_on(session, network.id, day)
    if missing or members < LEAST_MEMBERS:
        raise FormationIncomplete(
            Text(
                f"Pada {day}: jabatan yang kosong: {', '.join(missing) or '-'}; anggota: {members} lembaga, "
                f"paling sedikit {LEAST_MEMBERS}. Lengkapi lewat /v1/network-officers dan /v1/network-memberships.",
                f"On {day}: roles that nobody holds: {', '.join(missing) or '-'}; members: {members} institutions, at "
                f"least {LEAST_MEMBERS}. Add them by /v1/network-officers and /v1/network-memberships.",
            ),
            extra={"missing_roles": missing, "members": members},
        )


async def _successor(session: AsyncSession, id: UUID, by: Principal, now: datetime) -> Held:
    try:
        return await queries.held(session, id, by, now)
    except (NotFound, queries.NetworkOutsideYourArea) as missing:
        raise InvalidPayload(
            errors=[
                Fault(
                    "successor-unknown",
                    Text(f"Tidak ada jaringan {id} yang dapat Anda ubah.", f"There is no network {id} that you may change."),
                    Text("Cari idnya: GET /v1/networks?q=nama.", "Look up its id: GET /v1/networks?q=name."),
                    pointer="/successor_id",
                )
            ]
        ) from missing  # fmt: skip


def _successor_itself() -> Fault:
    return Fault(
        "successor-itself",
        Text("Jaringan tidak dapat bergabung ke dirinya sendiri.", "A network cannot be merged into itself."),
        Text("Isi id jaringan yang lain.", "Give the id of the other network."),
        pointer="/successor_id",
    )


def _successor_not_formed(successor: Network) -> Fault:
    status = "voided" if successor.voided else str(successor.status)
    return Fault(
        "successor-not-formed",
        Text(f"Jaringan penerus berstatus «{status}».", f"The successor's status is «{status}»."),
        Text("Pilih jaringan yang sudah dibentuk dan belum berakhir.", "Choose one that is formed and has not ended."),
        pointer="/successor_id",
    )


def _no_such_legalisation(id: UUID) -> Fault:
    return Fault(
        "legalisation-unknown",
        Text(f"Jaringan ini tidak punya pengesahan {id}.", f"The network has no legalisation {id}."),
        Text("Pakai `id` dari `legalisations` jaringan ini.", "Use an `id` of the network's `legalisations`."),
        pointer="/corrects",
    )
