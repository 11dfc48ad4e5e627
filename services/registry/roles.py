"""What registry's roles may do with each table (`shared.migrations.roles`)."""

from shared.migrations.roles import ADD, ALL, KEEP, READ, Rights

_REWRITTEN = (
    "cultural_value", "family_member", "membership_spell", "network_membership_spell", "network_place", "practice_place",
    "region_code", "region_name", "region_parent", "region_succession", "idempotency_key",
)  # fmt: skip
"""Of which rows are deleted, since what they repeat is written anew."""

API = Rights(
    KEEP,
    {
        **dict.fromkeys(_REWRITTEN, ALL),
        "outbox": ADD,
        "audit_entry": ADD,
        "audit_seal": READ,
        "restoration": READ,
    },
    functions=(
        "oldest_transaction()",
        "newest_feed_position()",
        "people_said_like(text)",
        "audit_entries_concerning(uuid[])",
    ),
)
WORKER = Rights(
    "",
    {
        "outbox": KEEP,
        "audit_entry": ADD,
        "audit_seal": ADD,
        "restoration": READ,
        "idempotency_key": "SELECT, DELETE",
        # `wahana regions load`
        "region": KEEP,
        **dict.fromkeys(("region_code", "region_name", "region_parent", "region_succession"), ALL),
        "region_change": READ,
        # `wahana people rotate-keys`
        "person": "SELECT, UPDATE (nik, nik_index, phone)",
        "family": "SELECT, UPDATE (card, card_index)",
    },
)
