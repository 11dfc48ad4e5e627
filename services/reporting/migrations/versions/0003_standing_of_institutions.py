"""Cells of LEM-02, LEM-03, LEM-04, SAR-01 and KSB-02. They are empty until `wahana recompute` fills them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_INSTITUTIONS = ("fulfilled", "assessed", "advanced", "equipped", "year_before", "survived")
COMMENTS = (
    (
        "noun", sa.Text(), False,
        "institution or activity: services give ids apart, two may give the same",
        "institution, network or activity: services give ids apart, two may give the same",
    ),
    (
        "village_id", sa.Uuid(), True,
        "Where it is held, or the last seat",
        "Where it is held, the last seat, or a village of the territory",
    ),
    (
        "earlier_village_ids", sa.ARRAY(sa.Uuid()), True,
        "Earlier seats, if there are any",
        "Other villages in which it counts, if there are any",
    ),
)  # fmt: skip


def _measure(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in OF_INSTITUTIONS:
        op.add_column("cell_institution", _measure(name))
    op.add_column("cell_village", _measure("covered"))
    for column, kind, nullable, before, after in COMMENTS:
        op.alter_column(
            "dossier", column, existing_type=kind, existing_nullable=nullable, existing_comment=before, comment=after
        )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column, kind, nullable, before, after in COMMENTS:
        op.alter_column(
            "dossier", column, existing_type=kind, existing_nullable=nullable, existing_comment=after, comment=before
        )
    op.drop_column("cell_village", "covered")
    for name in reversed(OF_INSTITUTIONS):
        op.drop_column("cell_institution", name)
