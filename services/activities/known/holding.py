"""Holds what a record refers to while codes are copied from it: institutions by id, networks by id, then regions by id.

Everybody locks in this order, registry's consumer too, and before the record's own row.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.reading import Reader

_HOLD = """
    WITH lead AS MATERIALIZED (
        SELECT village_id FROM known_institution WHERE id = ANY({institutions}) ORDER BY id FOR SHARE
    ), network AS MATERIALIZED (
        SELECT territory FROM known_network
        WHERE id = ANY({networks}) AND (SELECT count(*) FROM lead) >= 0 ORDER BY id FOR SHARE
    )
    SELECT id FROM known_region
    WHERE id = ANY(ARRAY(SELECT village_id FROM lead))
        OR id = ANY(ARRAY(
            SELECT CAST(place ->> 'village_id' AS uuid) FROM network, jsonb_array_elements(territory) AS place
            WHERE place ->> 'until' IS NULL
        ))
        OR id = ANY(ARRAY(SELECT region_id FROM known_region_code WHERE code = ANY({codes})))
        OR id = ANY({villages})
    ORDER BY id FOR SHARE
"""
_TEXT = text(_HOLD.format(institutions=":institutions", networks=":networks", codes=":codes", villages=":villages"))
_OF_SESSION = _TEXT.bindparams(
    *(bindparam(name, type_=ARRAY(Uuid)) for name in ("institutions", "networks", "villages")),
    bindparam("codes", type_=ARRAY(Text)),
)
_OF_DRIVER = _HOLD.format(institutions="$1::uuid[]", networks="$2::uuid[]", codes="$3::text[]", villages="$4::uuid[]")


async def hold(
    reader: Reader,
    *,
    institutions: Collection[UUID] = (),
    networks: Collection[UUID] = (),
    codes: Collection[str] = (),
    villages: Collection[UUID] = (),
) -> None:
    """Keeps these institutions and their seats, networks and the villages they work in, the regions that have or had these
    codes, and these villages as they are until the transaction ends.
    """
    ids = list(institutions), list(networks)
    if isinstance(reader, AsyncSession):
        names = ("institutions", "networks", "codes", "villages")
        await reader.execute(_OF_SESSION, dict(zip(names, (*ids, list(codes), list(villages)), strict=True)))
    else:
        await reader.execute(_OF_DRIVER, *ids, list(codes), list(villages))
