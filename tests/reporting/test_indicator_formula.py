"""The formula is data that fits the cells, and a ratio is formed in one exact way."""

import pytest

from services.reporting.indicators import catalogue
from services.reporting.indicators.values import hundredths
from services.reporting.periods import PeriodKind


def test_every_term_names_a_column_of_its_cells_for_every_kind_of_period() -> None:
    for definition in catalogue.CURRENT.values():
        for term in definition.terms:
            for kind in PeriodKind:
                assert term.column(kind) in term.group.measures


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (2700, 32, 8438), (5, 1000, 1), (49999, 10**7, 0)],
)
def test_a_ratio_is_rounded_half_up_in_hundredths(numerator: int, denominator: int, expected: int) -> None:
    assert hundredths(numerator, denominator) == expected
