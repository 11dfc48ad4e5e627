"""Who may call a route of registry: each route names one of these as the type of its caller; and what an institution's
operator may not, whatever its rights."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Need, Principal, Right
from shared.language import Text
from shared.problems import Forbidden

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


class OwnRecordOnly(Forbidden):
    slug = "own-record-only"
    title = Text("Pengurus lembaga hanya mengelola lembaganya sendiri", "An institution's operator keeps its own record only")  # fmt: skip
