"""Reference data from a CSV file: each line is a row as in a request, with its line number.

The header names the fields: `region,year,month,people,source` of populations, `region,year,kind,unit,count,source` of PPKS
baselines, and `reason` in either. Commas or semicolons; an empty field is one that is not told.
"""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from services.reporting.reference.fields import PopulationIn, PpksBaselineIn, Told
from services.reporting.reference.models import population, ppks_baseline

SHIPPED = Path(__file__).with_name("population-2024.csv.gz")
"""The nation, provinces and regencies at the end of 2024; see NOTICE."""
KINDS: dict[str, tuple[Table, type[Told]]] = {
    "people": (population, PopulationIn),
    "count": (ppks_baseline, PpksBaselineIn),
}
NUMBERS = ("year", "month", "people", "count")


class Unreadable(ValueError):
    """The file as a whole cannot be read: its header is not one of the two, or it is no text in UTF-8."""


@dataclass(frozen=True, slots=True)
class File:
    """The rows of a file, and which table they are of; `lines` are their line numbers."""

    table: Table
    kind: type[Told]
    rows: Sequence[dict[str, Any]]
    lines: Sequence[int]


def read(path: Path) -> File:
    """Reads a file, gzipped or not. Raises Unreadable, OSError."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
            first = text.readline()
            text.seek(0)
            found = csv.DictReader(text, delimiter=";" if first.count(";") > first.count(",") else ",")
            header = [name.strip().lower() for name in found.fieldnames or ()]
            table, kind = _kind(header)
            found.fieldnames = header
            told = [(found.line_num, _row(row)) for row in found]
    except UnicodeDecodeError as error:
        raise Unreadable("the file is no text in UTF-8") from error
    return File(table, kind, [row for _, row in told], [line for line, _ in told])


def _kind(header: Sequence[str]) -> tuple[Table, type[Told]]:
    for amount, (table, kind) in KINDS.items():
        if amount in header:
            unknown = sorted(set(header) - set(kind.model_fields))
            if unknown:
                raise Unreadable(f"unknown columns: {', '.join(unknown)}; known are {', '.join(kind.model_fields)}")
            return table, kind
    raise Unreadable("the header has neither `people` (populations) nor `count` (PPKS baselines)")


def _row(row: dict[str | Any, Any]) -> dict[str, Any]:
    """A line as it would be sent: without empty fields, numbers as numbers where they are written as such."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        written = value.strip() if isinstance(value, str) else value
        if written not in ("", None, []):
            is_number = name in NUMBERS and isinstance(written, str) and written.isascii() and written.isdigit()
            told[str(name or "more")] = int(written) if is_number else written
    return told
