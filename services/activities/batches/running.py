"""A batch: its operations in their order, in one transaction. A refused one leaves nothing, the others stay."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from fastapi import Request
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.batches import (
    claims,
    completing,
    one,
    order,
    recording,
    recording_benefits,
    recording_resources,
    recording_sheets,
    refusals,
)
from services.activities.batches.neighbours import Outcome
from services.activities.batches.operations import OPERATIONS
from services.activities.batches.schemas import BatchIn, BatchOut, OperationIn, ResultOut
from shared import database, validation
from shared.auth import Principal
from shared.language import Language, preferred
from shared.problems import NotFound, Problem

log = structlog.get_logger(__name__)

Recorder = Callable[[AsyncSession, Sequence[OperationIn], Principal, datetime, Language], Awaitable[list[Outcome]]]
TOGETHER: Mapping[str, Recorder] = {
    "record_activity": recording.record,
    "complete_activity": completing.complete,
    "record_attendance_sheet": recording_sheets.record,
    "record_benefit": recording_benefits.record,
    "record_resource": recording_resources.record,
}
"""Operations that are done together, by name."""
APART = {*TOGETHER, "reschedule_activity", "cancel_activity", "record_stock_entry"}
"""Operations that concern no records but those which they name and which belong to these: they may pass others by."""
IN_ORDER = {"record_activity", "record_benefit", "record_stock_entry"}
"""Operations that find what an earlier one of their kind has made: twice the same id or help, or a balance."""

_SPOILING = (Problem, IntegrityError, asyncpg.IntegrityConstraintViolationError)
"""What one of many may meet that are stored together."""


@dataclass(slots=True)
class _Sent:
    """An operation as it was sent, and what became of it."""

    client_id: str | None
    address: str
    operation: OperationIn | None = None
    digest: bytes = b""
    outcome: Outcome | None = None
    already: bool = False


@dataclass(slots=True)
class _Batch:
    """A batch under way."""

    request: Request
    session: AsyncSession
    driver: asyncpg.Connection
    principal: Principal
    now: datetime
    language: Language
    sent: list[_Sent] = field(default_factory=list)

    @property
    def caller(self) -> str:
        """Whose ids of operations they are."""
        return f"{self.principal.client}/{self.principal.subject}"


async def run(
    request: Request, session: AsyncSession, body: BatchIn, principal: Principal, now: datetime, *, alone: bool = False
) -> BatchOut:
    """Does what was not done before; if `alone`, while no other batch is under way.

    Raises the database's errors: then nothing of the batch is stored.
    """
    driver = await database.driver(session)
    batch = _Batch(request, session, driver, principal, now, preferred(request.headers.get("accept-language")))
    batch.sent = [_read(each, request) for each in body.operations]
    await claims.take_turn(driver, batch.caller, alone=alone)
    await _answer_again(batch)
    wanted = [(place, s.operation) for place, s in enumerate(batch.sent) if s.outcome is None and s.operation]
    for alike in order.rounds(wanted, APART, IN_ORDER):
        neighbours, together = [batch.sent[place] for place in alike.places], TOGETHER.get(alike.name)
        await (_together(batch, neighbours, together) if together else _one_by_one(batch, neighbours))
    done = [
        (sent.client_id, sent.digest, sent.outcome)
        for sent in batch.sent
        if isinstance(sent.outcome, dict) and not sent.already and sent.client_id
    ]
    if done:
        await claims.keep(driver, batch.caller, principal, now, done)
    results = [_shown(sent, batch) for sent in batch.sent]
    refused = sum(1 for result in results if result.problem)
    return BatchOut(done=len(results) - refused, refused=refused, results=results)


def _read(element: Any, request: Request) -> _Sent:
    """The operation, if the element is one."""
    try:
        operation = OperationIn.model_validate(element)
    except ValidationError as error:
        wrong = {step for fault in error.errors() for step in fault["loc"][:1]}
        readable = isinstance(element, dict) and "client_id" not in wrong
        return _Sent(element["client_id"] if readable else None, request.url.path, outcome=refusals.of_operation(error))
    address = OPERATIONS[operation.operation].address(operation.at)
    key: bytes = request.app.state.settings.digest_key
    try:
        digest = claims.digest(operation, key)
    except RecursionError:  # read so deep in the stack that it could just be, and cannot be written deeper in it
        return _Sent(operation.client_id, address, outcome=validation.unreadable())
    return _Sent(operation.client_id, address, operation, digest)


async def _answer_again(batch: _Batch) -> None:
    """Refuses ids that come twice; gives what was done before its first result."""
    seen: set[str] = set()
    fresh: list[_Sent] = []
    for sent in batch.sent:
        if sent.client_id in seen and sent.outcome is None:
            sent.outcome = refusals.REPEATED
        elif sent.outcome is None and sent.client_id:
            seen.add(sent.client_id)
            fresh.append(sent)
    done = await claims.earlier(batch.driver, batch.caller, seen)
    for sent in fresh:
        if first := done.get(sent.client_id or ""):
            sent.outcome = _again(first, sent, batch.principal)
            sent.already = isinstance(sent.outcome, dict)


def _again(first: claims.Done, sent: _Sent, principal: Principal) -> Outcome:
    if first.digest != sent.digest:
        return refusals.REUSED
    return first.result if principal.still_holds(first.scope) else NotFound()


async def _together(batch: _Batch, run: Sequence[_Sent], record: Recorder) -> None:
    """Alike operations; one by one if what one of them meets spoils it for all, such as an id that is taken meanwhile."""
    operations = [sent.operation for sent in run if sent.operation]
    try:
        async with batch.session.begin_nested():
            outcomes = await record(batch.session, operations, batch.principal, batch.now, batch.language)
    except Exception as error:
        if database.transient(error):
            raise
        if not isinstance(error, _SPOILING):
            log.error("batch.together_failed", operations=len(run), exc_info=error)
        batch.session.expunge_all()
        await _one_by_one(batch, run)
        return
    batch.session.expunge_all()
    for sent, outcome in zip(run, outcomes, strict=True):
        sent.outcome = outcome


async def _one_by_one(batch: _Batch, run: Sequence[_Sent]) -> None:
    for sent in run:
        if sent.operation is None:
            continue
        try:
            sent.outcome = one.result_of(await one.run(batch.request, batch.session, batch.driver, sent.operation))
        except Exception as error:
            # A fault of ours in one operation must not keep a device from sending its others.
            if database.transient(error):
                raise
            sent.outcome = refusal = refusals.problem_of(error)
            if refusal.status == Problem.status:
                log.error("batch.operation_failed", exc_info=error)


def _shown(sent: _Sent, batch: _Batch) -> ResultOut:
    if isinstance(sent.outcome, dict):
        return ResultOut.model_validate({"client_id": sent.client_id, "already": sent.already, **sent.outcome})
    refusal = sent.outcome or Problem()
    problem = refusal.render(batch.language, sent.address)
    problem["request_id"] = batch.request.scope.get("request_id")
    return ResultOut.model_validate({"client_id": sent.client_id, "status": refusal.status, "problem": problem})
