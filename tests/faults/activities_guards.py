"""The guards of activities beside its first slice, each with the tests that must notice when it is switched off."""

from tests.faults.guard import Guard

_FEED = "services/activities/feed.py"
_RESTATING = "services/activities/village_reports/restating.py"
_BATCH = "services/activities/batches/running.py"
_SCOPE = "services/activities/exchange/scope.py"
_FEED_RIGHTS = ("tests/activities/test_feed_rights.py",)
_REPORTS = ("tests/activities/test_village_reports.py",)
_BATCHES = ("tests/activities/test_batches.py",)
_STOCK = (
    "tests/activities/test_stock_entries.py::test_of_fifty_who_take_one_of_ten_at_once_ten_get_it",
    "tests/activities/test_stock_entries.py::test_what_is_brought_later_does_not_cover_what_was_taken_before",
)
_EXCHANGE = ("tests/activities/test_exchange_scope.py",)

GUARDS = (
    Guard(
        "activities: right to events about people", _FEED,
        "((Right.READ_PEOPLE_EVENTS, _ABOUT_PEOPLE), (Right", "((Right.READ_EVENTS, _ABOUT_PEOPLE), (Right",
        _FEED_RIGHTS,
    ),
    Guard(
        "activities: right to events about who was helped", _FEED,
        "(Right.READ_BENEFIT_EVENTS, _ABOUT_HELP)", "(Right.READ_EVENTS, _ABOUT_HELP)",
        _FEED_RIGHTS,
    ),
    Guard(
        "activities: mark of an accepted month", _RESTATING,
        "    if not ids:\n        return\n", "    return\n",
        _REPORTS,
    ),
    Guard(
        "activities: month that is held by who tells something of it", _RESTATING,
        "    await driver.execute(_HOLD, *named)\n", "",
        _REPORTS,
    ),
    Guard(
        "activities: month that is waited for by who accepts it", _RESTATING,
        "    await (await database.driver(session)).execute(_WAIT, [month], [str(village_id)])\n", "",
        _REPORTS,
    ),
    Guard(
        "activities: one naming of a person in all sheets", "services/activities/attendance/naming.py",
        "    named = set(present)\n", "    named = set()\n",
        ("tests/activities/test_attendance.py",),
    ),
    Guard(
        "activities: one taker of a granary's goods at a time", "services/activities/stock_entries/service.py",
        ".where(*of_it).with_for_update()", ".where(*of_it)",
        _STOCK,
    ),
    Guard(
        "activities: stock at the end of every later day", "services/activities/stock_entries/queries.py",
        "func.least(through_day.scalar_subquery(), later.scalar_subquery())", "through_day.scalar_subquery()",
        _STOCK,
    ),
    Guard(
        "activities: version for which a refund is meant", "services/activities/resources/service.py",
        "    precondition.check(resource.sequence)\n", "",
        ("tests/activities/test_resources.py",),
    ),
    Guard(
        "activities: turns of one caller's batches", _BATCH,
        "    await claims.take_turn(driver, batch.caller, alone=alone)\n", "",
        _BATCHES,
    ),
    Guard(
        "activities: digest of what was sent under an id", _BATCH,
        "    if first.digest != sent.digest:\n", "    if False:\n",
        _BATCHES,
    ),
    Guard(
        "activities: area of who sends an operation again", _BATCH,
        "principal.still_holds(first.scope)", "True",
        _BATCHES,
    ),
    Guard(
        "activities: one occurrence of a series on a day", "services/activities/migrations/versions/0006_programmes_series.py",
        '["series_id", "occurrence_on"], unique=True', '["series_id", "occurrence_on"], unique=False',
        ("tests/activities/test_series_ahead.py",),
    ),
    Guard(
        "activities: reach of what is told to a network", _SCOPE,
        "and_(columns.scope != ExchangeScope.NETWORK, principal.within(columns.village_code))",
        "principal.within(columns.village_code)",
        _EXCHANGE,
    ),
    Guard(
        "activities: for whom a caller acts", "services/activities/known/acting.py",
        "    return found.seen_by(principal)\n", "    return True\n",
        ("tests/activities/test_exchange_scope.py", "tests/activities/test_resources.py"),
    ),
)  # fmt: skip
