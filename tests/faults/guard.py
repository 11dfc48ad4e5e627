"""What can be switched off by `tests.faults.mutations`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A guard, how it is switched off (`old` becomes `new`, in one place), and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
