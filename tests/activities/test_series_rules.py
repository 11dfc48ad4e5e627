"""What a recurrence rule means, which days of a month it takes, and why one is refused."""

from datetime import date, datetime, timedelta
from itertools import islice, takewhile

import pytest
from dateutil.rrule import _iterinfo, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from services.activities.series import recurrence, rule_text
from services.activities.series.recurrence import understood
from shared.problems import InvalidPayload

JANUARY_31 = date(2026, 1, 31)


def first(text: str, starts_on: date, many: int = 5) -> list[str]:
    """The first dates of a rule as it is understood."""
    return [day.isoformat() for day in islice(recurrence.dates(understood(text, starts_on).rule, starts_on), many)]


def warned(text: str, starts_on: date) -> list[str]:
    return [one.code for one in understood(text, starts_on).warned]


def test_every_month_from_the_31st_is_every_last_day_and_says_so() -> None:
    assert understood("FREQ=MONTHLY", JANUARY_31).rule == "FREQ=MONTHLY;BYMONTHDAY=-1"
    assert first("FREQ=MONTHLY", JANUARY_31) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert warned("FREQ=MONTHLY", JANUARY_31) == ["rule-to-last-day"]


def test_every_month_from_the_30th_is_the_last_day_of_february_alone() -> None:
    assert first("FREQ=MONTHLY", date(2026, 1, 30), 4) == ["2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"]
    assert first("FREQ=MONTHLY", date(2027, 12, 29), 4) == ["2027-12-29", "2028-01-29", "2028-02-29", "2028-03-29"]
    assert first("FREQ=MONTHLY", date(2026, 12, 29), 4) == ["2026-12-29", "2027-01-29", "2027-02-28", "2027-03-29"]


def test_29_february_of_every_year_is_28_february_of_the_others() -> None:
    assert first("FREQ=YEARLY", date(2028, 2, 29), 5) == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip
    assert first("FREQ=YEARLY;BYMONTH=2,6", date(2026, 6, 30), 3) == ["2026-06-30", "2027-02-28", "2027-06-30"]


def test_a_31st_that_is_written_follows_the_standard_and_names_the_months_left_out() -> None:
    rule = understood("FREQ=MONTHLY;BYMONTHDAY=31", JANUARY_31)
    assert rule.rule == "FREQ=MONTHLY;BYMONTHDAY=31"
    assert first(rule.rule, JANUARY_31, 3) == ["2026-01-31", "2026-03-31", "2026-05-31"]
    (warning,) = rule.warned
    assert warning.code == "months-left-out"
    assert "February, April, June, September, November" in warning.message.en


@pytest.mark.parametrize(
    "text",
    ["FREQ=MONTHLY;INTERVAL=12", "FREQ=YEARLY", "FREQ=MONTHLY;BYDAY=-1SA", "FREQ=WEEKLY", "FREQ=MONTHLY;BYMONTH=1,3,5"],
)
def test_a_rule_that_meets_no_shorter_month_stays_as_it_is_written(text: str) -> None:
    assert understood(text, JANUARY_31).rule == text
    assert warned(text, JANUARY_31) == []


def test_a_first_day_that_the_rule_does_not_give_is_told() -> None:
    assert warned("FREQ=WEEKLY;BYDAY=MO", date(2026, 3, 15)) == ["first-day-not-given"]
    assert understood("RRULE:freq=weekly;byday=mo;", date(2026, 3, 15)).first == date(2026, 3, 16)


REFUSED = [
    ("", "rule-malformed", "«»"),
    ("setiap bulan", "rule-malformed", "«SETIAP BULAN»"),
    ("INTERVAL=2", "rule-malformed", "FREQ is missing"),
    ("FREQ=MONTHLY;FREQ=DAILY", "rule-malformed", "FREQ is written twice"),
    ("FREQ=MONTHLY;BYDAY=SENIN", "rule-malformed", "BYDAY=SENIN"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "rule-malformed", "BYMONTHDAY=32"),
    ("FREQ=MONTHLY;INTERVAL=0", "rule-malformed", "INTERVAL=0"),
    ("FREQ=WEEKLY;INTERVAL=401", "rule-malformed", "at most 400"),
    ("FREQ=WEEKLY;BYDAY=1MO", "rule-malformed", "MONTHLY and YEARLY"),
    ("FREQ=WEEKLY;BYMONTHDAY=3", "rule-malformed", "BYMONTHDAY"),
    ("FREQ=MONTHLY;BYSETPOS=1", "rule-malformed", "BYSETPOS"),
    ("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=3", "rule-malformed", "2 days in a week"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300", "rule-gives-nothing", "2026-01-31"),
    ("FREQ=YEARLY;BYWEEKNO=20", "rule-malformed", "BYWEEKNO=20"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20260401", "rule-malformed", "exclude each other"),
    ("FREQ=DAILY;UNTIL=20260231", "rule-malformed", "UNTIL=20260231"),
    ("FREQ=DAILY;UNTIL=20260401T235959Z", "rule-until-with-time", "time of day"),
    ("FREQ=HOURLY", "rule-below-a-day", "within a day"),
    ("FREQ=DAILY;BYHOUR=9", "rule-below-a-day", "within a day"),
    ("FREQ=DAILY;UNTIL=20260130", "rule-gives-nothing", "2026-01-31"),
    ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rule-gives-nothing", "2026-01-31"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule-gives-nothing", "2026-01-31"),
    ("FREQ=DAILY;COUNT=999999", "rule-gives-too-many", "999999"),
    ("FREQ=DAILY;UNTIL=20991231", "rule-gives-too-many", "26998"),
]


@pytest.mark.parametrize(("text", "code", "told"), REFUSED)
def test_a_rule_that_cannot_be_used_is_refused_with_what_is_wrong(text: str, code: str, told: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        understood(text, JANUARY_31)
    (fault,) = refused.value.errors
    assert (fault.code, fault.pointer) == (code, "/rule")
    assert told in fault.message.en
    assert fault.remedy.id != fault.remedy.en


@pytest.mark.parametrize("text", ["FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_rule_that_never_matches_is_given_up_after_some_centuries(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: set[int] = set()
    rebuild = _iterinfo.rebuild

    def noted(self: _iterinfo, year: int, month: int) -> None:
        looked_at.add(year)
        rebuild(self, year, month)

    monkeypatch.setattr(_iterinfo, "rebuild", noted)
    with pytest.raises(InvalidPayload):
        understood(text, JANUARY_31)
    assert 0 < len(looked_at) < 400


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
MONTH_DAYS = st.sampled_from([*range(1, 32), -1, -2, -28, -31])
WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of every frequency that RFC 5545 allows over days."""
    freq = draw(st.sampled_from(list(rule_text.Freq)))
    parts = {"FREQ": str(freq)}
    if (interval := draw(st.integers(1, 14))) > 1:
        parts["INTERVAL"] = str(interval)
    for name, values, wanted in (
        ("BYMONTH", st.integers(1, 12), True),
        ("BYMONTHDAY", MONTH_DAYS, freq is not rule_text.Freq.WEEKLY),
        ("BYDAY", WEEKDAYS, True),
    ):
        if wanted and draw(st.booleans()):
            parts[name] = ",".join(map(str, draw(st.lists(values, min_size=1, max_size=3, unique=True))))
    if freq is not rule_text.Freq.DAILY and len(parts) > 2 and draw(st.booleans()):
        parts["BYSETPOS"] = str(draw(st.sampled_from([1, -1, 2])))
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 40)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(rules(), DAYS)
def test_a_kept_rule_gives_what_the_library_gives_and_is_understood_as_itself(text: str, starts_on: date) -> None:
    until = starts_on + timedelta(days=1500)
    try:
        kept = understood(text, starts_on)
    except InvalidPayload as refused:
        assert {fault.code for fault in refused.errors} <= {"rule-gives-nothing", "rule-malformed"}  # noqa: PT017
        return
    start = datetime(starts_on.year, starts_on.month, starts_on.day)  # noqa: DTZ001  # a day
    library = takewhile(lambda day: day <= until, (one.date() for one in rrulestr(kept.rule, dtstart=start)))
    assert list(library) == list(takewhile(lambda day: day <= until, recurrence.dates(kept.rule, starts_on)))
    again = understood(kept.rule, starts_on)
    assert (again.rule, again.first) == (kept.rule, kept.first)


@given(DAYS, st.integers(1, 12))
def test_every_n_months_misses_none_and_never_leaves_its_day_but_for_a_shorter_month(day: date, interval: int) -> None:
    kept = understood(f"FREQ=MONTHLY;INTERVAL={interval}", day)
    for place, one in enumerate(islice(recurrence.dates(kept.rule, day), 12)):
        months = day.year * 12 + day.month - 1 + place * interval
        assert (one.year, one.month) == (months // 12, months % 12 + 1)
        assert one.day == day.day or (one.day < day.day and (one + timedelta(days=1)).day == 1)
