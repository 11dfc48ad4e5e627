"""Who may call a route of registry: each route names one of these as the type of its caller."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Need, Principal, Right

RegionReader = Annotated[Principal, Depends(Need(Right.READ_REGIONS))]
Reader = Annotated[Principal, Depends(Need(Right.READ))]
Registrar = Annotated[Principal, Depends(Need(Right.REGISTER))]
PartnerKeeper = Annotated[Principal, Depends(Need(Right.KEEP_PARTNERS))]
Reviewer = Annotated[Principal, Depends(Need(Right.REVIEW))]
Verifier = Annotated[Principal, Depends(Need(Right.VERIFY))]
EventReader = Annotated[Principal, Depends(Need(Right.READ_EVENTS))]
PeopleReader = Annotated[Principal, Depends(Need(Right.READ_PEOPLE))]
PeopleKeeper = Annotated[Principal, Depends(Need(Right.KEEP_PEOPLE))]
PeopleRevealer = Annotated[Principal, Depends(Need(Right.REVEAL_PEOPLE))]
RegionChanger = Annotated[Principal, Depends(Need(Right.CHANGE_REGIONS))]
Administrator = Annotated[Principal, Depends(Need(Right.ADMINISTER))]
