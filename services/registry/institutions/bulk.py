"""Registering many institutions at once: the same drafts, rules and events as one by one, in a few statements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import places, service, states
from services.registry.institutions.schemas import InstitutionIn
from services.registry.models import Institution
from services.registry.regions.service import Village
from services.registry.rights import OwnRecordOnly
from services.registry.type_fields import service as type_fields
from shared import database, outbox
from shared.auth import Principal
from shared.codes import InstitutionType
from shared.problems import Fault, InvalidPayload


async def register_many(
    session: AsyncSession, bodies: Sequence[InstitutionIn], *, by: Principal, now: datetime
) -> list[Institution]:
    """Registers drafts in their order, or none of them. They do not join the session.

    Each village and each type is looked up once. Raises InvalidPayload with the faults of all, whose pointers begin with
    the place in the list (`/12/village`), OwnRecordOnly, and the database's IntegrityError for an id that is taken.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    driver = await database.driver(session)
    villages: dict[str, Village | InvalidPayload] = {}
    fields: dict[InstitutionType, type_fields.Newest | None] = {}
    drafts: list[Institution] = []
    faults: list[Fault] = []
    for place, body in enumerate(bodies):
        if body.village not in villages:
            try:
                villages[body.village] = await places.village_of(driver, body.village, by)
            except InvalidPayload as no_place:
                villages[body.village] = no_place
        if body.type not in fields:
            fields[body.type] = await type_fields.newest(driver, body.type)
        try:
            drafts.append(_draft(body, villages[body.village], fields[body.type], by, now))
        except InvalidPayload as refused:
            faults += [replace(fault, pointer=f"/{place}{fault.pointer}") for fault in refused.errors]
    if faults:
        raise InvalidPayload(errors=faults)
    await outbox.register_many(
        session,
        [
            (one, states.state(one), outbox.Fact("registered", by=by.subject, at=now, regions=(one.village_id,)))
            for one in drafts
        ],
    )
    return drafts


def _draft(
    body: InstitutionIn,
    village: Village | InvalidPayload,
    fields: type_fields.Newest | None,
    by: Principal,
    now: datetime,
) -> Institution:
    if isinstance(village, InvalidPayload):
        raise village
    return service.draft(body, village, fields, by=by, now=now)
