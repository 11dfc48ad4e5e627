"""Who may see and change what was given: those of the place, and those of the seat of the institution that gave.

For benefits and referrals alike: both stand where they were given, and follow their giver as activities follow their lead.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from shared.auth import Principal
from shared.language import Text
from shared.problems import Forbidden


class GiverOutsideYourArea(Forbidden):
    slug = "giver-outside-your-area"
    title = Text("Catatan ini hanya diubah dari wilayah pemberinya", "Only the area of its giver changes this record")


def readable(table: Any, principal: Principal) -> ColumnElement[bool]:
    """Given in the caller's area, or by an institution with its seat there; for an institution's operator: by its own."""
    return principal.within(table.c.village_code, table.c.lead_village_code, institutions=_own(table, principal))


def writable(table: Any, principal: Principal) -> ColumnElement[bool]:
    """Given by an institution with its seat in the caller's area; what networks and partners give: given there."""
    by_institution = principal.within(table.c.lead_village_code, institutions=_own(table, principal))
    return or_(by_institution, and_(table.c.lead_institution_id.is_(None), principal.within(table.c.village_code)))


def _own(table: Any, principal: Principal) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.c.lead_institution_id == principal.institution_id
    return own
