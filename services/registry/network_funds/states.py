"""A line of a ledger as it is answered over HTTP. Pure."""

from typing import Any

from services.registry.network_funds.schemas import FundEntryOut, FundEntryRecorded


def answer(row: Any) -> FundEntryOut:
    """The answer about a row that `queries.rows` gives."""
    return FundEntryOut(**_fields(row), reversed_by=row.reversed_by)


def recorded(entry: Any, balance: int) -> FundEntryRecorded:
    """The answer about a new line."""
    return FundEntryRecorded(**_fields(entry), reversed_by=None, balance=balance)


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "on": row.on_date, "direction": row.direction, "amount": row.amount, "effect": row.effect,
        "source": row.source, "institution_id": row.institution_id, "recipient": row.recipient, "purpose": row.purpose,
        "note": row.note, "reverses": row.counters, "recorded_at": row.recorded_at, "recorded_by": row.recorded_by,
    }  # fmt: skip
