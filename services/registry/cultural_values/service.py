"""What happens to local cultural values: registered, changed, observed, voided. Each is one event."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.cultural_values import observations, places, queries, references, states
from services.registry.cultural_values.models import CulturalValue, Observation
from services.registry.cultural_values.schemas import (
    MOST_OBSERVATIONS,
    CulturalValueContent,
    CulturalValueIn,
    CulturalValuePatch,
    NewObservation,
    ValueObservationIn,
)
from services.registry.institutions.review import NotChangeableNow
from services.registry.models import Region
from services.registry.partners.service import VOIDED
from services.registry.rights import OwnRecordOnly
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, Forbidden, InvalidPayload, NotFound
from shared.records import IdTaken

Villages = Sequence[Region]


class VillagesOutsideYourArea(Forbidden):
    slug = "villages-outside-your-area"
    title = Text("Nilai ini juga dijalankan di desa di luar wilayah Anda", "It is practised in villages outside your area too")  # fmt: skip


class TooManyObservations(Conflict):
    slug = "too-many-observations"
    title = Text("Pengamatan nilai ini sudah terlalu banyak", "The value has too many observations")


async def register(
    session: AsyncSession, body: CulturalValueIn, *, by: Principal, now: datetime
) -> tuple[CulturalValue, Villages]:
    """Registers a value practised in villages of the caller's area; also these villages.

    Raises InvalidPayload naming each field, IdTaken for an id that is in use, OwnRecordOnly for an institution's operator.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    villages, faults = await references.found(session, body, by)
    seen = [observed(said, by, now) for said in body.observations]
    pointed = [(f"/observations/{place}", observation) for place, observation in enumerate(seen)]
    faults += observations.faults([], pointed, _today(villages, now))
    if faults:
        raise InvalidPayload(errors=faults)
    value = draft(body, seen, now)
    told = {village.id for village in villages}
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=told)
    try:
        await outbox.register(await database.driver(session), value, states.state(value, told), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(value.id) from error
    await places.put(session, value.id, villages, by=by, now=now)
    return value, villages


async def change(
    session: AsyncSession, id: UUID, patch: CulturalValuePatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[CulturalValue, Villages]:
    """Merges a patch into a value all of whose villages are the caller's. What changes nothing is no event.

    Raises NotFound, VillagesOutsideYourArea, PreconditionFailed, NotChangeableNow, InvalidPayload naming the field.
    """
    value, before = await _locked(session, id, by, precondition)
    wanted = patched(states.declared(value, before), patch)
    villages, faults = await references.found(session, wanted, by, kept=value, before=before)
    if faults:
        raise InvalidPayload(errors=faults)
    differing = {name: new for name, new in _content(wanted).items() if getattr(value, name) != new}
    moved = {village.id for village in before} != {village.id for village in villages}
    if moved:
        await places.put(session, value.id, villages, by=by, now=now)
    # From here on no statement: it would write the record before its event and the audit entry tell what it was.
    for name, new in differing.items():
        setattr(value, name, new)
    if differing or moved:
        await _record(session, value, "changed", villages, by=by, now=now, before=before)
    return value, villages


async def observe(
    session: AsyncSession, id: UUID, said: NewObservation, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[CulturalValue, Villages]:
    """Adds an observation, in the place of another if it says so.

    Raises NotFound, VillagesOutsideYourArea, PreconditionFailed, NotChangeableNow, TooManyObservations, InvalidPayload
    for a day that is taken or has not come, and for a revival of what neither faded nor was lost.
    """
    value, villages = await _locked(session, id, by, precondition)
    if len(value.observations) >= MOST_OBSERVATIONS:
        raise TooManyObservations
    new = observed(said, by, now)
    kept = list(value.observations)
    if said.replaces is not None:
        kept = _replaced(kept, said.replaces, new.id)
    if faults := observations.faults(kept, [("", new)], _today(villages, now)):
        raise InvalidPayload(errors=faults)
    _observe(value, [*kept, new])
    verb = "state_observed" if said.replaces is None else "state_corrected"
    await _record(session, value, verb, villages, by=by, now=now)
    return value, villages


async def void_observation(
    session: AsyncSession, id: UUID, observation: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[CulturalValue, Villages]:  # fmt: skip
    """Takes an observation back that was an entry error.

    Raises NotFound, VillagesOutsideYourArea, PreconditionFailed, NotChangeableNow, LastObservation, ObservationNeeded.
    """
    value, villages = await _locked(session, id, by, precondition)
    found = next((o for o in value.observations if o.id == observation), None)
    if found is None:
        raise NotFound
    if found.voided:
        raise NotChangeableNow(Text("Pengamatan ini sudah dibatalkan.", "This observation was voided already."))
    _observe(value, observations.voided(value.observations, observation, reason))
    await _record(session, value, "state_corrected", villages, by=by, now=now, reason=reason)
    return value, villages


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[CulturalValue, Villages]:
    """Voids an entry error. Raises NotFound, VillagesOutsideYourArea, PreconditionFailed, NotChangeableNow."""
    value, villages = await _locked(session, id, by, precondition)
    value.voided = True
    await _record(session, value, "voided", villages, by=by, now=now, reason=reason)
    return value, villages


def draft(body: CulturalValueIn, seen: list[Observation], now: datetime) -> CulturalValue:
    """The row of a new value; the rows of its villages are `places.rows`. Pure."""
    state, since = observations.present(seen)
    return CulturalValue(
        id=body.id or uuid7(),
        **_content(body),
        observations=seen,
        state=state,
        state_since=since,
        voided=False,
        registered_at=now,
        changed_at=now,
    )


def observed(said: ValueObservationIn, by: Principal, now: datetime) -> Observation:
    """An observation as it is stored, with an id of its own."""
    return Observation(
        id=uuid7(), state=said.state, on=said.on, evidence=said.evidence, recorded_by=by.subject, recorded_at=now
    )


def _content(content: CulturalValueContent) -> dict[str, Any]:
    return {
        "kind": content.kind,
        "name": content.name,
        "local_name": content.local_name,
        "description": content.description,
        "institution_ids": content.institution_ids,
        "sort_name": folded(content.name),
        "search_text": " ".join(filter(None, (folded(content.name), folded(content.local_name or "")))),
    }


def _observe(value: CulturalValue, seen: list[Observation]) -> None:
    value.observations = seen
    value.state, value.state_since = observations.present(seen)


def _replaced(kept: list[Observation], id: UUID, by: UUID) -> list[Observation]:
    if not any(o.id == id and not o.voided for o in kept):
        raise InvalidPayload(
            errors=[
                Fault(
                    "observation-unknown",
                    Text(f"Tidak ada pengamatan {id} yang berlaku.", f"No observation {id} holds."),
                    Text("Pilih dari `observations` data ini.", "Choose from the record's `observations`."),
                    pointer="/replaces",
                )
            ]
        )
    return [o.model_copy(update={"voided": True, "replaced_by": by}) if o.id == id else o for o in kept]


def _today(villages: Villages, now: datetime) -> date:
    """The local date of the place; of several zones the latest, and UTC's while no village is known."""
    return max((local_date(now, village.time_zone) for village in villages), default=now.date())


async def _locked(
    session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch
) -> tuple[CulturalValue, Villages]:
    """The value, locked, and its villages by code. Whoever changes it changes it for all of them."""
    value = await records.locked(session, CulturalValue, id, queries.visible(by))
    if by.own_record_only:
        raise OwnRecordOnly
    villages = (await queries.villages_of(session, [id]))[id]
    if elsewhere := [village.code for village in villages if not by.covers(village.code)]:
        raise VillagesOutsideYourArea(
            Text(
                f"{len(elsewhere)} dari {len(villages)} desa di luar wilayah Anda. Minta petugas yang wilayahnya memuat "
                "semuanya mengubahnya.",
                f"{len(elsewhere)} of its {len(villages)} villages are outside your area. Ask an officer whose area "
                "holds all of them to change it.",
            )
        )
    precondition.check(value.sequence)
    if value.voided:
        raise NotChangeableNow(VOIDED, extra={"state": {"voided": "true"}})
    return value, villages


async def _record(
    session: AsyncSession,
    value: CulturalValue,
    verb: str,
    villages: Villages,
    *,
    by: Principal,
    now: datetime,
    before: Villages = (),
    reason: str | None = None,
) -> None:
    here = {village.id for village in villages}
    regions = here | {village.id for village in before}
    await records.record(
        session, value, states.state(value, here), verb, by=by, now=now, regions=regions, reason=reason
    )
