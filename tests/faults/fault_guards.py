"""The guards against networks, pauses and lost records, each with the tests that must notice when it is switched off."""

from tests.faults.guard import Guard

_RELAY, _NETWORK, _BROKER = "tests/faults/test_relay.py", "tests/faults/test_network.py", "tests/faults/test_broker.py"

GUARDS = (
    Guard(
        "faults: lease of a relay that is stopped", "shared/relay.py",
        '"idle_session_timeout": lease, "idle_in_transaction_session_timeout": lease,', "",
        (_RELAY,),
    ),
    Guard(
        "faults: a relay's patience with what it sends", "shared/relay.py",
        "        async with asyncio.timeout(SEND_TIMEOUT):\n            sent: list", "        if True:\n            sent: list",
        (_BROKER, _NETWORK),
    ),
    Guard(
        "faults: a request's patience with its database", "shared/database.py",
        "        command_timeout=ANSWERED_WITHIN,\n", "",
        (_NETWORK,),
    ),
    Guard(
        "faults: readiness told at once", "shared/health.py",
        "await _at_once(ready)", "await ready",
        (_NETWORK,),
    ),
    Guard(
        "faults: serialisation failures and deadlocks are tried again", "shared/database.py",
        '"40001", "40P01", ', "",
        ("tests/faults/test_storm.py",),
    ),
    Guard(
        "faults: never jumping over deleted records", "shared/kafka.py",
        'auto_offset_reset="none"', 'auto_offset_reset="earliest"',
        ("tests/faults/test_rebuild.py",),
    ),
)  # fmt: skip
