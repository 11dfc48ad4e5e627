"""How activities reads what area codes in tokens mean today: from what registry announced of regions."""

from sqlalchemy import text

from shared.areas import Known

KNOWN = Known(
    mark=text("SELECT max(id) FROM known_region_code"),
    ended=text("""
        SELECT DISTINCT ON (held.code) held.code, held.region_id FROM known_region_code held
        WHERE held.until IS NOT NULL
          AND NOT EXISTS (SELECT FROM known_region_code today WHERE today.code = held.code AND today.until IS NULL)
        ORDER BY held.code, held.until DESC
    """),
    links=text("SELECT region_id, successor_id FROM known_succession"),
    regions=text("SELECT id, code, until IS NULL FROM known_region WHERE id = ANY(:ids) AND code IS NOT NULL"),
)
