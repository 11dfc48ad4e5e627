"""Parameters that lists of benefits and referrals have in common: days in order, and the caller's language."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from shared.language import Language, Text, preferred
from shared.problems import BadRequest, Fault


async def _language(request: Request) -> Language:
    return preferred(request.headers.get("accept-language"))


Spoken = Annotated[Language, Depends(_language)]
"""The language of the caller, for warnings."""


def in_order(parameter: str, since: date | None, until: date | None) -> None:
    """Raises BadRequest naming the parameter, if the last day is before the first."""
    if since and until and until < since:
        raise BadRequest(
            errors=[
                Fault(
                    "end-before-start",
                    Text(f"{until} sebelum {since}.", f"{until} is before {since}."),
                    Text("Perbaiki salah satu tanggal.", "Correct one of the two dates."),
                    parameter=parameter,
                )
            ]
        )
