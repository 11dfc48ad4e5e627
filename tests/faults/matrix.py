"""The matrix of faults: what each is, what must hold, and where it is provoked. One fault, one place.

Tests say by `@pytest.mark.fault("F1")` which they provoke; those outside this folder, and what only paper can tell, stand
here. The oracle judges I1-I6 (see `oracle`) after each.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A fault of the matrix. `elsewhere` are tests that provoke it in other folders; `note` says what is not tried."""

    number: str
    what: str
    holds: str
    elsewhere: tuple[str, ...] = ()
    note: str = ""


MATRIX = (
    Fault("F1", "relay killed between Kafka's acknowledgement and its mark", "I1-I6, repeats are ignored"),
    Fault("F2", "workers killed at random", "I1-I6"),
    Fault("F3", "relay stopped past its lease, another takes over, the first wakes", "I1-I6, the first starts anew"),
    Fault("F4", "projector killed before and after its commit", "I1-I6"),
    Fault("F5", "projector stopped in mid-batch, another takes over, the first wakes", "refused by compare-and-set"),
    Fault("F6", "broker killed under load and restarted", "I1-I6, the APIs keep answering"),
    Fault("F7", "broker away for ten minutes", "outbox grows, /readyz stays 200, memory does not grow, it drains"),
    Fault("F8", "broker stopped, half-dead", "I1-I6, batches that were given up arrive late and harm nothing"),
    Fault("F9", "network cut off and held half-open, to Kafka and to PostgreSQL", "I1-I6, requests are refused, not left"),
    Fault("F10", "network late, connections reset", "I1-I6, what is recorded arrives within two minutes"),
    Fault("F11", "PostgreSQL of the sources killed under load", "I1-I6"),
    Fault("F12", "PostgreSQL of reporting killed in mid-batch", "I1-I6"),
    Fault("F13", "the lease's connection cut off", "one relay leads, another takes over"),
    Fault("F14", "serialisation failures and deadlocks in a tenth of all statements that write", "I1-I6"),
    Fault("F15", "disk full under PostgreSQL", "writes are refused with 503, nothing is half done, it recovers"),
    Fault("F16", "disk full under Kafka", "as F6"),
    Fault("F17", "records that nobody can read", "parked once, others flow; too many in a row stop the worker"),
    Fault("F18", "each key's events permuted, repeated, in any batches", "I2-I4",
          ("tests/reporting/test_projection.py", "tests/reporting/test_people_projection.py")),
    Fault("F19", "records deleted before they were read", "the worker stops, never jumps; republish and rebuild heal"),
    Fault("F20", "topic recreated; broker restored from an old copy", "the worker stops; republish and rebuild heal"),
    Fault("F21", "old and new version side by side during an upgrade", "I1-I6", ("tests/upgrade",)),
    Fault("F22", "rebuild under load, killed, resumed, switched", "no wrong read; altered cells are named",
          note="There is no way back after the switch: the former tables are gone, and a rebuild is repeated instead."),
    Fault("F23", "clock of one service jumps by an hour, forth and back", "I1-I6: order is by version"),
    Fault("F24", "SIGTERM under load", "ends within 20 s, refused connections but no 5xx"),
    Fault("F25", "clients cut off their requests", "no open transaction, no connection lost, I6"),
    Fault("F26", "a transaction of the size of an import held open", "events of other subjects flow"),
)  # fmt: skip
