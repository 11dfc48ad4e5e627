"""All tables of activities' database, as the migrations are compared with them.

Each slice maps its own in a `models` of its own; the outbox, the idempotency keys and the consumer's own tables are
`shared`'s and stand in the same database.
"""

from sqlalchemy import MetaData

import services.activities.activities.models  # so that METADATA knows every slice's tables
import services.activities.attendance.models
import services.activities.batches.models
import services.activities.benefits.models
import services.activities.exchange.models
import services.activities.experiences.models
import services.activities.known.models
import services.activities.known.networks_models
import services.activities.known.people_models
import services.activities.needs.models
import services.activities.offers.models
import services.activities.programmes.models
import services.activities.referrals.models
import services.activities.resources.models
import services.activities.series.models
import services.activities.stock_entries.models
import services.activities.village_reports.models  # noqa: F401
import shared.audit
import shared.audit_seal
import shared.idempotency
import shared.outbox
import shared.watermark  # noqa: F401  # all put their tables into the shared metadata
from services.activities.mapping import ActivitiesTable
from shared.database import shared_metadata
from shared.positions import consumer_metadata
from shared.restoration import restoration_metadata

METADATA: list[MetaData] = [ActivitiesTable.metadata, shared_metadata, consumer_metadata, restoration_metadata]
"""What the migrations are compared with."""
