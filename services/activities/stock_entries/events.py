"""The public state of a stock entry, as its events carry it. Pure."""

from services.activities.stock_entries.models import StockEntry
from shared.events import activities as contract


def entry_state(entry: StockEntry) -> contract.StockEntry:
    """The whole public state of a row."""
    fields = contract.StockEntry.model_fields
    return contract.StockEntry.model_validate({name: getattr(entry, name) for name in fields})
