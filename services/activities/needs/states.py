"""What a need's events and answers tell of its row. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.activities.activities.answers import WarningOut
from services.activities.exchange import scope, showing
from services.activities.exchange.nouns import Noun, describe_sought
from services.activities.needs.models import Need
from services.activities.needs.schemas import NeedAnswerOut, NeedDescription, NeedOut
from shared.auth import Principal
from shared.events import activities as contract

TABLE = Need.__table__


def need_state(need: Need) -> contract.Need:
    """The whole public state of a row: without its texts."""
    fields = {name: getattr(need, name) for name in contract.Need.model_fields if name != "needed_until"}
    return contract.Need.model_validate({**fields, "needed_until": need.last_day})


def description_of(need: Need) -> NeedDescription:
    """The description as it was sent."""
    named = {"needed_until": need.last_day, "village": need.village_code}
    fields = {name: getattr(need, name) for name in NeedDescription.model_fields if name not in named}
    return NeedDescription.model_validate({**fields, **named})


NEED = Noun(
    Need,
    need_state,
    describe_sought,
    description_of,
    lambda principal: scope.readable(TABLE, principal),
    "posted",
    {"answers": []},
)


def answer(
    need: Need, found: Any, called: showing.Names, principal: Principal, now: datetime,
    written: Mapping[UUID, str] | None = None, warnings: Sequence[WarningOut] = (),
) -> NeedOut:  # fmt: skip
    """The answer about a row. `found` tells the village's name and time zone, `written` the messages for the caller."""
    shown = [] if scope.is_public(principal) else need.answers
    answers = [
        NeedAnswerOut(
            id=one.id, by=showing.organisation(one.by, called), on=one.on, offer_id=one.offer_id,
            message=(written or {}).get(one.id),
        )
        for one in shown
    ]  # fmt: skip
    fields = showing.sought(need, found, called, now, len(need.answers), warnings)
    return NeedOut(**fields, needed_until=need.last_day, answers=answers)


def named(need: Need) -> list[contract.Organisation]:
    """The organisations whose names its answer tells."""
    return [need.poster, *(one.by for one in need.answers)]
