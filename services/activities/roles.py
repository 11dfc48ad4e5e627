"""What activities' roles may do with each table (`shared.migrations.roles`)."""

from shared.migrations.roles import ADD, ALL, HOLD, KEEP, READ, Rights

_KNOWN = (
    "known_community", "known_cultural_value", "known_family", "known_institution", "known_membership", "known_network",
    "known_network_membership", "known_other", "known_partner", "known_person", "known_region", "known_region_code",
    "known_succession",
)  # fmt: skip
"""Copies of what registry told, which the worker alone writes."""
_HELD = ("known_institution", "known_network", "known_region")
_FOLLOWING = (
    "attendance_sheet", "benefit", "experience", "need", "offer", "referral", "resource", "village_report",
)  # fmt: skip
"""Whose codes follow regions and leads: `services.activities.known.following`."""

API = Rights(
    KEEP,
    {
        **dict.fromkeys(_KNOWN, READ),
        **dict.fromkeys(_HELD, HOLD),
        "attendance": ALL,
        "batch_operation": ADD,
        "idempotency_key": ALL,
        "outbox": ADD,
        "audit_entry": ADD,
        "audit_seal": READ,
        "restoration": READ,
        "position": READ,
        "watermark": READ,
        "parked_event": READ,
    },
    functions=(
        "oldest_transaction()", "newest_feed_position()", "audit_entries_concerning(uuid[])", "ids_taken(uuid[])", "benefits_standing(uuid[])",
    ),
)  # fmt: skip
WORKER = Rights(
    READ,
    {
        **dict.fromkeys(_KNOWN, ALL),
        **dict.fromkeys(_FOLLOWING, "SELECT, UPDATE"),
        "activity": KEEP,
        "series": "SELECT, UPDATE",
        "batch_operation": "SELECT, DELETE",
        "idempotency_key": "SELECT, DELETE",
        "outbox": KEEP,
        "audit_entry": ADD,
        "audit_seal": ADD,
        "restoration": READ,
        "position": ALL,
        "watermark": ALL,
        "parked_event": ALL,
    },
    functions=("benefits_standing(uuid[])",),
)
