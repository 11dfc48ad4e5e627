"""Every table that says where or about whom its rows are is walled by row security, or stands here with its reason."""

import asyncpg
import pytest

from deploy.local.servers import Servers
from shared.migrations import roles

SAYS = (
    "village_code", "village_id", "village_ids", "region_code", "region_id", "region_ids", "region_key", "code", "area_code",
    "kept_village_code", "lead_village_code", "target_village_code", "institution_id", "institution_ids", "person_id",
    "person_key", "community_id", "family_id", "membership_id", "network_id", "caller", "subject_id", "owner_id", "owner_key",
    "beneficiary_id", "sheet_id", "activity_id", "villages", "post_id",
)  # fmt: skip
"""Columns that tell where rows lie, whom they are about, or whose they are."""
LISTS = "its lists are searched by trigrams or by the regency's code, which a policy would keep from their indexes; no person"
IDS = "ids and days alone; whom they name, and what they belong to, is walled"
PUBLIC = "about regions, known to everybody"
ORGANISATION = "about organisations, named by those of other areas too; people by their ids"
OF_INSTITUTION = "a part of an institution, read through it"
COPY = "a copy of registry's facts, without names: what is written anywhere is checked against it"
EXCHANGE = "its scope reaches beyond areas: those of a network or of the whole country read it"
NUMBERS = "what numbers are made of: ids without names, read by sums and by reasons within the caller's area"
UNWALLED = {
    "registry": {
        "institution": LISTS,
        **dict.fromkeys(("family_member", "membership_spell"), IDS),
        **dict.fromkeys(
            ("region", "region_code", "region_name", "region_parent", "region_succession", "region_change"), PUBLIC
        ),
        **dict.fromkeys(
            ("partner", "partnership", "cultural_value", "practice_place", "network_membership", "network_delegate",
             "network_officer", "network_fund_entry", "network_place", "network_work_plan", "network_membership_spell"),
            ORGANISATION,
        ),
        **dict.fromkeys(("assessment", "document", "facility", "change_request"), OF_INSTITUTION),
    },
    "activities": {
        **dict.fromkeys(("activity", "series", "resource", "stock_entry", "stock_balance"), LISTS),
        **dict.fromkeys(("programme", "village_report"), ORGANISATION),
        "attendance": IDS,
        **dict.fromkeys(("need", "offer", "experience", "exchange_answer", "endorsement"), EXCHANGE),
        "parked_event": "bytes of registry's events, which name nobody; no route of this service shows them",
    },
    "reporting": {
        **dict.fromkeys(("region", "region_code", "region_change", "succession", "population", "ppks_baseline"), PUBLIC),
    },
}  # fmt: skip
BY_PREFIX = {"activities": {"known_": COPY}, "reporting": {"cell_": NUMBERS}}
NUMBERS_OF = (
    "dossier", "tally", "attendance", "benefit", "family_head", "membership", "network_place", "owner", "sheet",
)  # fmt: skip
UNWALLED["reporting"] |= dict.fromkeys(NUMBERS_OF, NUMBERS)
TABLES = """
    SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS walled, relrowsecurity OR relforcerowsecurity AS half,
        array_agg(attname::text) && $1::text[] AS says
    FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind = 'r' AND nspname IN ('public', 'live', 'reference') AND attnum > 0 AND NOT attisdropped
    GROUP BY pg_class.oid ORDER BY relname
"""
POLICIES = "SELECT tablename, policyname, roles::text[] AS roles FROM pg_policies ORDER BY tablename, policyname"


@pytest.mark.parametrize("service", UNWALLED)
async def test_a_table_that_says_where_or_whom_is_walled_or_has_a_reason_not_to_be(
    servers: Servers, templates: dict[str, str], service: str
) -> None:
    connection = await asyncpg.connect(servers.dsn(templates[service]))
    try:
        tables = await connection.fetch(TABLES, list(SAYS))
        policies = await connection.fetch(POLICIES)
    finally:
        await connection.close()
    walled = {table["name"] for table in tables if table["walled"]}
    assert walled == {table["name"] for table in tables if table["half"]}, "each is enabled and forced"
    reasons = UNWALLED[service]
    free = {table["name"] for table in tables if table["says"]} - walled
    by_prefix = {name for name in free if name.startswith(tuple(BY_PREFIX.get(service, {"-": ""})))}
    assert free - by_prefix - reasons.keys() == set(), "neither walled nor explained"
    assert reasons.keys() & walled == set(), "explained and walled"
    assert reasons.keys() <= {table["name"] for table in tables}, "explained and not there"
    api, worker = roles.pair(f"wahana_{service}")
    for table in walled:
        of_it = {row["policyname"]: set(row["roles"]) for row in policies if row["tablename"] == table}
        assert of_it == {"wall": {"public"}, "through": {"wahana", worker}}, (table, api)
