"""What `make load` says of a drive: each thing that is not as it must be."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.load.__main__ import judged
from deploy.load.drive import Broken, Driven, Kind, _read
from deploy.load.watch import PROGRAMS, Sample, Watch


def driven(failures: int = 0) -> Driven:
    return Driven(10.0, [Kind("registry POST institution", 100, failures, 5.0, 9.0)], "500 Internal")


def watched(grown: float = 1.0, lag: float = 0.4) -> Watch:
    """Ten looks; one program's memory grows to so much from the third on."""
    watch = Watch(cast(Any, SimpleNamespace()), "")
    for number in range(10):
        memory = dict.fromkeys(PROGRAMS, 100.0) | {"reporting": 100.0 * (grown if number > 4 else 1.0)}
        watch.samples.append(Sample(float(number), memory, lag if number == 5 else 0.1, number))
    return watch


def test_a_drive_without_failures_growth_or_lag_is_good() -> None:
    assert judged(driven(), watched()) == []


@pytest.mark.parametrize(
    ("drive", "watch", "told"),
    [
        (driven(failures=2), watched(), "2 of 100 requests failed"),
        (driven(), watched(grown=1.3), "reporting grew to 1.30"),
        (driven(), watched(lag=31.0), "31.0 s behind"),
    ],
)
def test_what_is_not_as_it_must_be_is_named(drive: Driven, watch: Watch, told: str) -> None:
    (fault,) = judged(drive, watch)
    assert told in fault


def test_numbers_that_never_told_their_age_are_no_numbers_without_lag() -> None:
    watch = watched()
    watch.samples[:] = [Sample(one.at, one.memory, None, one.pending) for one in watch.samples]
    assert watch.most_lag == float("inf")


def test_a_generator_that_sent_nothing_is_a_failure() -> None:
    with pytest.raises(Broken, match="sent nothing"):
        _read("[]", "no route", 0)
    with pytest.raises(Broken, match="code 1"):
        _read("", "Traceback", 1)
