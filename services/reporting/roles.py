"""What reporting's roles may do with each table (`shared.migrations.roles`). A rebuild carries it over to its tables."""

from shared.migrations.roles import ADD, ALL, READ, Rights

_SCHEMAS = ("live", "reference")

API = Rights(
    # A parked event that is read again goes through the projection, in the request.
    ALL,
    {
        "position": READ,
        "watermark": READ,
        "measure_version": READ,
        "reference.verification": READ,
        "reference.population": ADD,
        "reference.ppks_baseline": ADD,
    },
    schemas=_SCHEMAS,
)
WORKER = Rights(
    ALL,
    {
        "idempotency_key": "SELECT, DELETE",
        "reference.verification": ADD,
        # `wahana reference load`
        "reference.population": ADD,
        "reference.ppks_baseline": ADD,
    },
    schemas=_SCHEMAS,
)
