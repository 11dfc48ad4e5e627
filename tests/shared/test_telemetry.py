"""What logs say of errors: the error, and never the row that it was about."""

from shared import telemetry


def test_the_values_that_postgresql_adds_to_an_error_are_not_logged() -> None:
    added = "DETAIL:  Failing row contains (1, Siti Aminah)."
    event = {
        "event": "request.failed",
        "exception": f"Traceback …\nIntegrityError: violates check constraint\n{added}\n[SQL: INSERT …]",
        "error": f"CheckViolationError('violates check constraint\\n{added}')",
    }
    told = telemetry.without_values(None, "error", dict(event))
    assert told["exception"] == "Traceback …\nIntegrityError: violates check constraint\n[SQL: INSERT …]"
    assert "violates check constraint" in told["error"]
    assert "Siti" not in str(told)
    assert telemetry.without_values(None, "info", {"event": "x"}) == {"event": "x"}
