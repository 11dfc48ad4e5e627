"""What an offer's events and answers tell of its row. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.activities.activities.answers import WarningOut
from services.activities.exchange import scope, showing
from services.activities.exchange.nouns import Noun, describe_sought
from services.activities.offers.models import Offer
from services.activities.offers.schemas import OfferDescription, OfferOut, TakeUpOut
from shared.events import activities as contract

TABLE = Offer.__table__


def offer_state(offer: Offer) -> contract.Offer:
    """The whole public state of a row: without its texts."""
    fields = {name: getattr(offer, name) for name in contract.Offer.model_fields if name != "valid_until"}
    return contract.Offer.model_validate({**fields, "valid_until": offer.last_day})


def description_of(offer: Offer) -> OfferDescription:
    """The description as it was sent."""
    named = {"valid_until": offer.last_day, "village": offer.village_code}
    fields = {name: getattr(offer, name) for name in OfferDescription.model_fields if name not in named}
    return OfferDescription.model_validate({**fields, **named})


OFFER = Noun(
    Offer,
    offer_state,
    describe_sought,
    description_of,
    lambda principal: scope.readable(TABLE, principal),
    "posted",
    {"taken_up": []},
)


def answer(
    offer: Offer, found: Any, called: showing.Names, now: datetime,
    written: Mapping[UUID, str] | None = None, warnings: Sequence[WarningOut] = (),
) -> OfferOut:  # fmt: skip
    """The answer about a row. `found` tells the village's name and time zone, `written` the messages for the caller."""
    shown = [one for one in offer.taken_up if one.id in (written or {})]
    taken_up = [
        TakeUpOut(
            id=one.id, by=showing.organisation(one.by, called), on=one.on, need_id=one.need_id,
            message=(written or {})[one.id],
        )
        for one in shown
    ]  # fmt: skip
    fields = showing.sought(offer, found, called, now, len(offer.taken_up), warnings)
    return OfferOut(**fields, valid_until=offer.last_day, taken_up=taken_up)


def named(offer: Offer) -> list[contract.Organisation]:
    """The organisations whose names its answer tells."""
    return [offer.poster, *(one.by for one in offer.taken_up)]
