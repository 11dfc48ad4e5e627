"""How reporting reads what area codes in tokens mean today: from what region events told it."""

from sqlalchemy import text

from shared.areas import Known

KNOWN = Known(
    # Each event of a region writes its codes anew.
    mark=text("SELECT max(id) FROM region_code"),
    ended=text("""
        SELECT DISTINCT ON (held.code) held.code, region.id FROM region_code held JOIN region ON region.key = held.region_key
        WHERE held.until IS NOT NULL
          AND NOT EXISTS (SELECT FROM region_code today WHERE today.code = held.code AND today.until IS NULL)
        ORDER BY held.code, held.until DESC
    """),
    links=text("""
        SELECT region.id, succession.successor_id FROM succession JOIN region ON region.key = succession.region_key
    """),
    regions=text("SELECT id, code, state ->> 'until' IS NULL FROM region WHERE id = ANY(:ids) AND code IS NOT NULL"),
)
