"""How registry reads what area codes in tokens mean today: from the dated codes and the decided successions."""

from sqlalchemy import text

from shared.areas import Known

KNOWN = Known(
    # A region change, and a load that changes anything, adds a code or a succession.
    mark=text("SELECT (SELECT max(id) FROM region_code), (SELECT max(id) FROM region_succession)"),
    ended=text("""
        SELECT DISTINCT ON (held.code) held.code, held.region_id FROM region_code held
        WHERE held.system = 'kemendagri' AND held.until IS NOT NULL
          AND NOT EXISTS (SELECT FROM region WHERE region.code = held.code AND region.until IS NULL)
        ORDER BY held.code, held.until DESC
    """),
    links=text("""
        SELECT from_id, to_id FROM region_succession
        WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND confidence <> 'ambiguous' AND (kind <> 'split' OR rights_follow)
    """),
    regions=text("SELECT id, code, until IS NULL FROM region WHERE id = ANY(:ids)"),
)
