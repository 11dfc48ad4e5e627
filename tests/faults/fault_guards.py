"""The guards against networks, pauses and lost records, each with the tests that must notice when it is switched off."""

from tests.faults.guard import Guard

_STOPPED = (
    "tests/faults/test_relay.py::test_a_relay_that_is_stopped_loses_the_lead_and_what_it_sends_when_it_wakes_harms_nothing",
)
_HALF_DEAD = (
    "tests/faults/test_broker.py::"
    "test_a_broker_that_is_stopped_and_wakes_up_delivers_late_what_was_given_up_and_nothing_is_harmed",
)
_SILENT = ("tests/faults/test_network.py::test_services_whose_database_is_unreachable_or_silent_say_so_and_come_back",)
_STORM = ("tests/faults/test_storm.py",)
_DELETED = (
    "tests/faults/test_rebuild.py::"
    "test_records_that_were_deleted_before_they_were_read_stop_the_worker_until_they_are_told_again",
)

GUARDS = (
    Guard(
        "faults: lease of a relay that is stopped", "shared/relay.py",
        '"idle_session_timeout": lease, "idle_in_transaction_session_timeout": lease,', "",
        _STOPPED,
    ),
    Guard(
        "faults: a relay's patience with what it sends", "shared/relay.py",
        "        async with asyncio.timeout(SEND_TIMEOUT):\n            sent: list", "        if True:\n            sent: list",
        _HALF_DEAD,
    ),
    Guard(
        "faults: a request's patience with its database", "shared/database.py",
        '"command_timeout": None if patient else ANSWERED_WITHIN,', "",
        _SILENT,
    ),
    Guard(
        "faults: readiness told at once", "shared/health.py",
        "await _at_once(ready)", "await ready",
        _SILENT,
    ),
    Guard(
        "faults: serialisation failures and deadlocks are tried again", "shared/database.py",
        '"40001", "40P01", ', "",
        _STORM,
    ),
    Guard(
        "faults: never jumping over deleted records", "shared/kafka.py",
        '        auto_offset_reset="none",\n', '        auto_offset_reset="earliest",\n',
        _DELETED,
    ),
)  # fmt: skip
