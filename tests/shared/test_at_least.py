"""Lists of positions that a request builds upon."""

from uuid import UUID

import pytest

from shared.at_least import NotAPosition, Position, positions

ONE, TWO = UUID(int=1), UUID(int=2)


def test_positions_are_read_as_they_were_announced() -> None:
    wanted = [Position("registry", ONE, 3), Position("activities", TWO, 1)]
    written = " , ".join(map(str, wanted))
    assert positions(written, ("registry", "activities"), "at_least") == wanted


@pytest.mark.parametrize(
    "written",
    ["", "x", f"activities/{ONE}@1", f"registry/{ONE}", f"registry/{ONE}@0", f"registry/{ONE}@1,", f"registry/{'-' * 36}@1",
     f"registry/{ONE}@9999999999", ",".join([f"registry/{ONE}@1"] * 21)],
)  # fmt: skip
def test_nonsense_is_refused_where_it_was_written(written: str) -> None:
    with pytest.raises(NotAPosition) as refused:
        positions(written, ("registry",), "Wahana-At-Least")
    (fault,) = refused.value.errors
    assert (fault.code, fault.parameter) == ("not-a-position", "Wahana-At-Least")
    assert "activities/" not in fault.remedy.en
