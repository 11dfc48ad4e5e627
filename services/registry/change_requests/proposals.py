"""What a change request proposes: other content of a verified record, or a dated step of its life."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.change_requests import history, queries
from services.registry.change_requests.models import ChangeRequest, StepTaken
from services.registry.institutions import content, places, review
from services.registry.institutions.review import NotChangeableNow, Step
from services.registry.institutions.schemas import Changed, InstitutionPatch
from services.registry.models import Institution, Region
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from services.registry.type_fields import service as type_fields
from shared import database
from shared.auth import Principal
from shared.changes import Change
from shared.clock import local_date
from shared.codes import Verification
from shared.events.envelope import Spell
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict

_SHOWN: TypeAdapter[Any] = TypeAdapter(UUID | str | date | list[Spell] | None)


class ChangeRequestOpen(Conflict):
    slug = "change-request-open"
    title = Text("Masih ada usulan perubahan data ini", "A change of this record is on its way already")


async def propose(
    session: AsyncSession, institution: Institution, patch: InstitutionPatch, *, by: Principal, now: datetime
) -> ChangeRequest | None:
    """Opens a request that proposes a patch of a verified institution; None if the patch changes nothing.

    The caller holds the lock on the institution. A new village may lie anywhere: whether it may move there is decided
    at the verification. Raises ChangeRequestOpen, InvalidPayload naming the field.
    """
    _refuse_open(institution)
    changes, village = await _changes(session, institution, patch, {}, now)
    if not changes:
        return None
    return await _open(session, institution, changes, village=village, by=by, now=now)


async def propose_step(
    session: AsyncSession,
    institution: Institution,
    step: Step,
    day: date,
    values: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    reason: str,
) -> ChangeRequest:
    """Opens a request that proposes a dated step of a verified institution, which would give it these values.

    The caller holds the lock on the institution. Raises ChangeRequestOpen.
    """
    _refuse_open(institution)
    changes = {
        name: Change(before=_shown(getattr(institution, name)), after=_shown(value)) for name, value in values.items()
    }
    return await _open(session, institution, changes, step=step, day=day, by=by, now=now, reason=reason)


async def revise(
    session: AsyncSession, id: UUID, patch: InstitutionPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[ChangeRequest, Institution]:
    """Merges a patch into what a request proposes; the patch changes the version that was read, or nothing.

    Raises NotFound, OutsideYourArea, PreconditionFailed, NotChangeableNow naming the way out, InvalidPayload naming the
    field.
    """
    request, institution, _ = await queries.locked(session, id, by)
    precondition.check(request.sequence)
    _refuse_unchangeable(request)
    changes, village = await _changes(session, institution, patch, request.changes, now)
    if changes != request.changes:
        request.changes = changes
        request.target_village_code = _target(institution, village)
        await history.add(session, request, history.PROPOSAL, by=by, now=now)
    return request, institution


def _refuse_open(institution: Institution) -> None:
    if institution.change_request_id is not None:
        address = f"/v1/change-requests/{institution.change_request_id}"
        raise ChangeRequestOpen(
            Text(
                f"Ubah usulan itu (PATCH {address}), tarik (POST {address}/voiding), atau tunggu sampai diputuskan.",
                f"Change that request (PATCH {address}), withdraw it (POST {address}/voiding), or wait for its decision.",
            ),
            extra={"change_request_id": str(institution.change_request_id)},
        )


def _refuse_unchangeable(request: ChangeRequest) -> None:
    if request.voided or request.verification in history.CLOSED:
        way = Text("Usulan ini sudah selesai. Ubah datanya lagi.", "The request has ended. Change the record again.")
    elif request.verification in review.UNDER_REVIEW:
        way = Text(
            "Sedang diperiksa. Minta pemeriksa mengembalikannya (POST …/return), lalu ubah lagi.",
            "It is under review. Ask the reviewer to return it (POST …/return), then change it.",
        )
    elif request.step is not None:
        way = Text(
            f"Usulan ini hanya langkah «{request.step}». Tarik (POST …/voiding), lalu ambil langkah itu lagi.",
            f"It proposes the step «{request.step}» only. Withdraw it (POST …/voiding) and take the step again.",
        )
    else:
        return
    raise NotChangeableNow(way, extra={"state": history.state(request)})


async def _changes(
    session: AsyncSession, institution: Institution, patch: InstitutionPatch, earlier: dict[str, Change], now: datetime
) -> tuple[dict[str, Change], Region | Village]:
    """What would differ from the verified content, and the village of the seat then."""
    wanted = content.merged(institution, patch, earlier)
    driver = await database.driver(session)
    village = await regions.village(driver, wanted.village, places.POINTER)
    extra_version = await type_fields.changed_version(driver, institution, wanted)
    content.differing(institution, wanted, village, extra_version, local_date(now, village.time_zone))
    return _compared(institution, wanted, earlier, patch.model_fields_set), village


def _compared(
    institution: Institution, wanted: Changed, earlier: dict[str, Change], patched: Iterable[str]
) -> dict[str, Change]:
    """A field that this patch leaves alone keeps the value it was proposed on."""
    verified = content.declared(institution).model_dump(mode="json")
    kept = {name: change.before for name, change in earlier.items() if name not in set(patched)}
    after = wanted.model_dump(mode="json")
    return {
        name: Change(before=kept.get(name, verified[name]), after=after[name])
        for name in sorted(after)
        if after[name] != verified[name]
    }


async def _open(
    session: AsyncSession,
    institution: Institution,
    changes: dict[str, Change],
    *,
    by: Principal,
    now: datetime,
    village: Region | Village | None = None,
    step: Step | None = None,
    day: date | None = None,
    reason: str | None = None,
) -> ChangeRequest:
    request = ChangeRequest(
        id=uuid7(),
        sequence=1,
        institution_id=institution.id,
        verification=Verification.DRAF,
        voided=False,
        village_code=institution.village_code,
        target_village_code=village and _target(institution, village),
        step=step,
        step_on=day,
        changes=changes,
        steps=[StepTaken(step=history.PROPOSAL, at=now, by=by.subject, reason=reason)],
        created_at=now,
        changed_at=now,
    )
    session.add(request)
    institution.change_request_id = request.id
    await history.note(session, request, "proposed", by=by, now=now, reason=reason)
    await session.flush()
    return request


def _target(institution: Institution, village: Region | Village) -> str | None:
    return village.code if village.id != institution.village_id else None


def _shown(value: Any) -> Any:
    return _SHOWN.dump_python(value, mode="json")
