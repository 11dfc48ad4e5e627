"""What waits for a caller: what they may decide and did not write, and what they wrote and got back."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from services.registry.change_requests import history
from services.registry.change_requests.queries import columns as requests
from services.registry.institutions import queries as institutions
from services.registry.models import Institution
from services.registry.networks import queries as networks
from services.registry.networks.models import NetworkPlace
from services.registry.region_changes.models import RegionChange
from services.registry.work_queue.schemas import Task, WorkKind
from shared.auth import Principal, Right
from shared.codes import NetworkStatus, RegionChangeState, Verification

_places = NetworkPlace.__table__.c
_region_changes = RegionChange.__table__.c
DECISIONS = (
    (Verification.DIAJUKAN, Task.REVIEW, Right.REVIEW),
    (Verification.DIPERIKSA_KECAMATAN, Task.VERIFICATION, Right.VERIFY),
)
"""Which step each state waits for, and the right that it takes."""
FIRST_ZONE = "Asia/Jayapura"
"""Where a day begins first: the day on which a network was formed has begun there, whatever its own zone."""


def waiting(principal: Principal, kind: WorkKind | None, task: Task | None) -> Select[Any]:
    """What waits for the caller, of one kind or for one task if that is asked for."""
    kinds = [*_institutions(principal), *_requests(principal), *_networks(principal), *_region_changes_of(principal)]
    chosen = [statement for of, to, statement in kinds if kind in (None, of) and task in (None, to)]
    return select(union_all(*chosen or [_nothing()]).subquery("work"))


def _row(
    kind: WorkKind, task: Task, id: Any, sequence: Any, name: Any, institution_id: Any, village: Any, since: Any
) -> tuple[WorkKind, Task, Select[Any]]:
    return kind, task, select(
        literal(kind.value, Text).label("kind"), literal(task.value, Text).label("task"), id.label("id"),
        sequence.label("sequence"), name.label("name"), institution_id.label("institution_id"),
        village.label("village"), since.label("since"),
    )  # fmt: skip


def _nothing() -> Select[Any]:
    columns = institutions.columns
    nobody = (columns.id, columns.sequence, columns.name, columns.id, columns.village_code, columns.waiting_since)
    return _row(WorkKind.INSTITUTION, Task.REVIEW, *nobody)[2].where(literal(False))


def _institutions(principal: Principal) -> list[tuple[WorkKind, Task, Select[Any]]]:
    columns = institutions.columns
    maker = cast(columns.makers, JSONB).has_key(principal.subject)
    found = []
    for state, task, mine in _tasks(principal, maker):
        kind, to, statement = _row(
            WorkKind.INSTITUTION, task, columns.id, columns.sequence, columns.name, columns.id, columns.village_code,
            columns.waiting_since,
        )  # fmt: skip
        waits = (columns.waiting_since.is_not(None), columns.verification == state)
        found.append((kind, to, statement.where(*waits, mine, institutions.visible(principal))))
    return found


def _requests(principal: Principal) -> list[tuple[WorkKind, Task, Select[Any]]]:
    steps = cast(requests.steps, JSONB)
    maker = or_(*(steps.contains([{"step": step, "by": principal.subject}]) for step in sorted(history.MAKING)))
    # Only who covers both villages verifies a move.
    covered = or_(requests.target_village_code.is_(None), principal.within(requests.target_village_code))
    found = []
    for state, task, mine in _tasks(principal, maker):
        kind, to, statement = _row(
            WorkKind.CHANGE_REQUEST, task, requests.id, requests.sequence, institutions.columns.name,
            requests.institution_id, requests.village_code, requests.waiting_since,
        )  # fmt: skip
        statement = statement.join(Institution, institutions.columns.id == requests.institution_id)
        waits = (requests.waiting_since.is_not(None), requests.verification == state)
        there = [institutions.visible(principal), *([covered] if task is Task.VERIFICATION else [])]
        found.append((kind, to, statement.where(*waits, mine, *there)))
    return found


def _tasks(principal: Principal, maker: ColumnElement[bool]) -> list[tuple[Verification, Task, ColumnElement[bool]]]:
    """The states in which a registration or a change request waits for the caller: who wrote it decides nothing."""
    decided = [(state, task, not_(maker)) for state, task, right in DECISIONS if principal.may(right)]
    return [*decided, (Verification.DIKEMBALIKAN, Task.CORRECTION, maker)]


def _networks(principal: Principal) -> list[tuple[WorkKind, Task, Select[Any]]]:
    """Networks that were formed and not yet legalised: for who covers all their villages."""
    if not principal.may(Right.VERIFY):
        return []
    columns = networks.columns
    outside = exists().where(_places.network_id == columns.id, not_(principal.within(_places.village_code)))
    since = func.timezone(FIRST_ZONE, cast(columns.formed_on, TIMESTAMP()))
    kind, task, statement = _row(
        WorkKind.NETWORK, Task.LEGALISATION, columns.id, columns.sequence, columns.name, cast(null(), Uuid),
        cast(null(), Text), since,
    )  # fmt: skip
    mine = not_(cast(columns.makers, JSONB).has_key(principal.subject))
    waits = (columns.status == NetworkStatus.DIBENTUK.value, columns.voided.is_(False))
    return [(kind, task, statement.where(*waits, mine, networks.visible(principal), not_(outside)))]


def _region_changes_of(principal: Principal) -> list[tuple[WorkKind, Task, Select[Any]]]:
    """Region changes that somebody else proposed."""
    if not principal.may(Right.CHANGE_REGIONS):
        return []
    columns = _region_changes
    kind, task, statement = _row(
        WorkKind.REGION_CHANGE, Task.APPLICATION, columns.id, columns.sequence, columns.decree, cast(null(), Uuid),
        cast(null(), Text), columns.proposed_at,
    )  # fmt: skip
    waits = and_(columns.state == RegionChangeState.PROPOSED, columns.proposed_by != principal.subject)
    return [(kind, task, statement.where(waits))]
