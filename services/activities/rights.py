"""Who may call a route of activities: each route names one of these as the type of its caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Need, Principal, Right

Reader = Annotated[Principal, Depends(Need(Right.READ))]
Organiser = Annotated[Principal, Depends(Need(Right.ACT))]
EventReader = Annotated[Principal, Depends(Need(Right.READ_EVENTS))]
