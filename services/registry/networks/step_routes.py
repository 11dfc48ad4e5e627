"""The steps of a network's life over HTTP. Each is meant for the version that was read (`If-Match`)."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.networks import states, steps
from services.registry.networks.lifecycle import Step
from services.registry.networks.queries import Held
from services.registry.networks.schemas import NetworkOut
from services.registry.networks.step_schemas import Activation, Dissolution, Formation, LegalisationIn, NetworkMerger
from services.registry.rights import Registrar, Verifier
from shared import edge
from shared.auth import Principal
from shared.preconditions import IfMatch, Precondition, announce
from shared.step_bodies import Dormancy, Reason, Remark, Resumption

router = APIRouter(prefix="/v1/networks/{id}", tags=["networks"], route_class=edge.Route)


@router.post("/formation", summary="Form a network")
async def form_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Formation,
) -> NetworkOut:  # fmt: skip
    """From `dirintis` to `dibentuk`. On that day it must have a ketua, a sekretaris and at least two members."""
    return await _take(session, id, Step.FORMATION, principal, precondition, now, response, said, said.on)


@router.post("/legalisation", summary="Legalise a network")
async def legalise_network(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: LegalisationIn,
) -> NetworkOut:  # fmt: skip
    """From `dibentuk` to `disahkan`; afterwards a renewal, or with `corrects` the correction of an entry.

    By somebody whose area holds its whole territory and who wrote none of its record, management or members.
    """
    held = await steps.legalise(session, id, said, by=principal, precondition=precondition, now=now)
    return _answer(held, response)


@router.post("/activation", summary="Put a network to work")
async def activate_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Activation,
) -> NetworkOut:  # fmt: skip
    """From `disahkan` to `aktif`, from a day on."""
    return await _take(session, id, Step.ACTIVATION, principal, precondition, now, response, said, said.on)


@router.post("/dormancy", summary="Put a network dormant")
async def make_network_dormant(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Dormancy,
) -> NetworkOut:  # fmt: skip
    """From `aktif` to `vakum` since a day."""
    return await _take(session, id, Step.DORMANCY, principal, precondition, now, response, said, said.since, "since")


@router.post("/reactivation", summary="Reactivate a dormant network")
async def reactivate_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Resumption,
) -> NetworkOut:  # fmt: skip
    """From `vakum` to `aktif` from a day on. The day it went dormant undoes the dormancy."""
    return await _take(session, id, Step.REACTIVATION, principal, precondition, now, response, said, said.on)


@router.post("/dissolution", summary="Dissolve a network")
async def dissolve_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Dissolution,
) -> NetworkOut:  # fmt: skip
    """To `bubar`, for good. Of a legalised network: by a verifier who wrote none of it."""
    return await _take(session, id, Step.DISSOLUTION, principal, precondition, now, response, said, said.on)


@router.post("/merger", summary="Merge a network into another")
async def merge_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: NetworkMerger,
) -> NetworkOut:  # fmt: skip
    """To `digabung`, for good; the successor is told that it absorbed this one.

    Of a legalised network: by a verifier who wrote none of it. Members join the successor by their own decision, and
    money that is left is passed on in the ledger.
    """
    held = await steps.merge(session, id, said, by=principal, precondition=precondition, now=now)
    return _answer(held, response)


@router.post("/voiding", summary="Void an entry error")
async def void_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> NetworkOut:  # fmt: skip
    """For a network that should never have been: it counts nowhere any more. A legalised one needs a verifier."""
    held = await steps.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return _answer(held, response)


async def _take(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch, now: datetime, response: Response,
    said: Remark | Reason, day: date, at: str = "on",
) -> NetworkOut:  # fmt: skip
    held = await steps.take(
        session, id, step, day, at=at, by=by, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(held, response)


def _answer(held: Held, response: Response) -> NetworkOut:
    announce(response, "registry", held.network.id, held.network.sequence)
    return states.answer(held.network, held.villages)
