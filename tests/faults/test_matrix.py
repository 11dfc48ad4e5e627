"""The matrix is whole: every fault is provoked somewhere, and what a test says it provokes is in the matrix."""

import re
from pathlib import Path

from tests.faults.matrix import MATRIX


def test_every_fault_of_the_matrix_is_provoked_by_a_test() -> None:
    folder = Path(__file__).parent
    said = [
        words for file in folder.glob("test_*.py") for words in re.findall(r"mark\.fault\((.+?)\)", file.read_text())
    ]
    provoked = {number for words in said for number in re.findall(r"F\d+", words)}
    numbers = [fault.number for fault in MATRIX]
    assert numbers == [f"F{place}" for place in range(1, 27)]
    assert provoked <= set(numbers)
    assert {fault.number for fault in MATRIX if not fault.elsewhere} <= provoked
