"""Who may call a route of activities: each route names one of these as the type of its caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Need, Principal, Right

Reader = Annotated[Principal, Depends(Need(Right.READ))]
Organiser = Annotated[Principal, Depends(Need(Right.ACT))]
EventReader = Annotated[Principal, Depends(Need(Right.READ_EVENTS))]
PeopleReader = Annotated[Principal, Depends(Need(Right.READ_PEOPLE))]
"""Of who came: random ids of people."""
BenefitReader = Annotated[Principal, Depends(Need(Right.READ_BENEFITS))]
BenefitKeeper = Annotated[Principal, Depends(Need(Right.KEEP_BENEFITS))]
Reporter = Annotated[Principal, Depends(Need(Right.REPORT))]
ReportReceiver = Annotated[Principal, Depends(Need(Right.RECEIVE_REPORTS))]
ExchangeReader = Annotated[Principal, Depends(Need(Right.READ_EXCHANGE))]
Exchanger = Annotated[Principal, Depends(Need(Right.EXCHANGE))]
