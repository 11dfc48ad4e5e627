"""Measures: pure functions from dossiers and tallies to integer contributions. No clock, no float, no chain.

What is declared here is what the cells are made of; `activity`, `institution`, `network` and `village` compute it, with the
rules of single indicators in files of their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sqlalchemy import Table

from services.reporting import models
from services.reporting.places import Path
from shared.codes import ActivityKind, FundingSource, InstitutionType, PpksKind, Sex

VERSION = 4
"""Raise it with every change of what any measure gives; a worker refuses cells of another version until `recompute`."""

KINDS = tuple(ActivityKind)
"""Dimension of activity cells: the number of a kind is its place here. Append only."""
TYPES = tuple(InstitutionType)
"""Dimension of institution cells: the number of a type is its place here. Append only."""
SOURCES = tuple(FundingSource)
"""Dimension of resource cells: the number of a source is its place here. Append only."""
SEXES = tuple(Sex)
"""Number of a sex: its place here. Append only."""


class AgeBand(StrEnum):
    """Age in years between the year of birth and that of what somebody did, as headcounts name it."""

    # Source: `domain.md` §5.1.

    AGE_0_5 = "age_0_5"
    AGE_6_17 = "age_6_17"
    AGE_18_59 = "age_18_59"
    AGE_60_UP = "age_60_up"
    UNKNOWN = "unknown"


AGES = tuple(AgeBand)
"""Dimension of participant cells: sex × how many bands + band. No band may be added."""
PPKS = tuple(PpksKind)
"""Dimension of cells of who was served: the number of a kind is its place here. Append only."""
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
TYPE_NUMBER = {kind: number for number, kind in enumerate(TYPES)}
SOURCE_NUMBER = {source: number for number, source in enumerate(SOURCES)}
ALL = -1
"""Dimension of the rows that hold the sum over a dimension, kept for the nation and the provinces only; or what is no sum."""


class Tag(IntEnum):
    """What is tallied for an owner."""

    ORGANISED = 1
    """Institution × quarter: completed activities it led or co-organised."""
    AWARENESS = 2
    """Village × month: completed activities of kind penyadaran or sosialisasi_wksbm held there."""
    COVERED = 3
    """Village × month: WKSBM networks that cover it from that month on, less those that cover it no longer."""
    REPORTED = 4
    """Village × month: reports that were handed in and not returned."""
    ACCEPTED = 5
    """Village × month: reports that were accepted."""
    IN_TIME = 6
    """Village × month: accepted reports that were first handed in by the day on which they were due."""
    EMPOWERED = 7
    """Institution × month: completed activities of training, guidance or equipment that it was a target of."""
    PRACTISED = 8
    """Cultural value × month: completed activities that practise it."""
    NAMED = 9
    """Institution × month: memberships of named people from that month on, less those that have ended."""


OF_VILLAGES = frozenset({Tag.AWARENESS, Tag.COVERED, Tag.REPORTED, Tag.ACCEPTED, Tag.IN_TIME})
"""Tags whose owners are villages."""
OF_VALUES = frozenset({Tag.PRACTISED})
"""Tags whose owners are cultural values; the others' are institutions."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Measures that change together and share a row: the columns of one table of cells."""

    table: Table
    measures: tuple[str, ...]
    split: bool
    """Whether its rows are kept apart by a dimension; if not, the dimension is 0."""
    width: int
    """How many measures."""
    apart: bool = False
    """Whether what holds for the dimension as a whole is no sum, but a row of its own in every region (ALL)."""


def _group(table: Table, *, split: bool, apart: bool = False) -> Group:
    measures = tuple(column.name for column in table.columns if not column.primary_key)
    return Group(table, measures, split, len(measures), apart)


ACTIVITY = _group(models.cell_activity, split=True)
INSTITUTION = _group(models.cell_institution, split=True)
VILLAGE = _group(models.cell_village, split=False)
RESOURCE = _group(models.cell_resource, split=True)
VALUE = _group(models.cell_value, split=False)
PARTICIPANT = _group(models.cell_participant, split=True)
MEMBER = _group(models.cell_member, split=False)
BENEFICIARY = _group(models.cell_beneficiary, split=False)
SERVED = _group(models.cell_served, split=True, apart=True)
GROUPS = (ACTIVITY, INSTITUTION, VILLAGE, RESOURCE, VALUE, PARTICIPANT, MEMBER, BENEFICIARY, SERVED)

Changes = Sequence[tuple[int, int]]
"""Pairs of a measure's place in its group and an amount."""
Emit = Callable[[Group, Path, int, int, Changes], None]
"""Takes the contributions to one row: group, path, month, dimension, changes."""
