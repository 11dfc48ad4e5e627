"""Kills, pauses and restarts on the real parts."""

import pytest

pytest.register_assert_rewrite("tests.faults.oracle", "tests.faults.workload", "tests.faults.truth")
