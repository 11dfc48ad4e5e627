"""What every process of a service sets for itself once it has started."""

import functools
import gc

VERSION = "0.1.0"
"""Of all that this code is; the same as in `pyproject.toml`, which no image holds."""


@functools.cache
def tune_collection() -> None:
    """Collects garbage rarely, and never looks again at what was loaded at the start: once for each process.

    Untuned, collections double the CPU of a projection batch and make the slowest percent of the requests several times
    slower (`performance.md` §H).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
