"""What crosses HTTP about needs and offers that may meet."""

from pydantic import BaseModel

from services.activities.exchange.matching import Score
from services.activities.needs.schemas import NeedOut
from services.activities.offers.schemas import OfferOut


class OfferMatchOut(BaseModel):
    """An open offer that may meet a need, and why it stands where it stands."""

    offer: OfferOut
    score: Score


class NeedMatchOut(BaseModel):
    """An open need that an offer may meet, and why it stands where it stands."""

    need: NeedOut
    score: Score
