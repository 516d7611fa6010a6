"""Forecasts: where the schedule leads, what it does not give, and what to know in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.facts import Attendance, Person
from domain.rules.forecast import Forecast, forecast
from domain.rules.histories import History, LicenceFacts, judge_history
from domain.rules.model import Pack
from domain.rules.parse import parse_pack
from domain.values import Interval, Modality

TODAY = date(2026, 6, 1)
LICENCE = LicenceFacts(
    id="ana",
    profession="psychology",
    jurisdiction="US-XX",
    valid_from=date(2020, 1, 1),
    valid_until=date(2026, 12, 31),
)
TEXT = """
format = 1
id = "us-xx"
version = 1
name = "An invented board"
kind = "regulator"
jurisdiction = "US-XX"
professions = ["psychology"]

[source]
address = "urn:test"
clause = "§ 1"
checked = 2026-01-01
confidence = "ours"

[cycle]
unit = "hour"
months = 12
required = 20
carry_over = 3

[[rule]]
id = "us-xx"
name = "Peer groups"
credit_kind = "claimed peer activity"
unit = "hour"
minutes_per_unit = 60

[rule.needs]
modalities = ["in_room"]

[[cap]]
name = "Peer groups"
at_most = 10
of = { rules = ["us-xx"] }

[[floor]]
name = "Ethics"
at_least = 2
of = { topics = ["ethics"] }
"""


def a_pack(text: str = TEXT) -> Pack:
    return parse_pack(text, "us-xx.toml")


def a_meeting(days: int, *, minutes: int = 60, **changes: object) -> Attendance:
    starts = datetime(2026, 6, 1, 18, tzinfo=UTC) + timedelta(days=days)
    window = Interval(starts, starts + timedelta(minutes=minutes))
    values = {
        "meeting": f"m{days}",
        "scheduled": window,
        "present": (window,),
        "modality": Modality.IN_ROOM,
        "others": (Person(),) * 3,
    } | changes
    return Attendance(**values)  # type: ignore[arg-type]  # a test's own words


def earned(amount: str, day: date = date(2026, 2, 2), **changes: object) -> Entry:
    values = {"key": f"e{day}", "day": day, "amount": Decimal(amount), "rule": "us-xx"} | changes
    return Entry(**values)  # type: ignore[arg-type]  # as above


def ask(*planned: Attendance, has: tuple[Entry, ...] = (), pack: Pack | None = None) -> Forecast:
    text = pack or a_pack()
    return forecast(RuleBook([text]), text, LICENCE, has, planned, today=TODAY)


def seen(*values: object) -> tuple[object, ...]:
    """Return values to compare, whatever their kinds: 1 and Decimal(1) are the same amount."""
    return values


def codes(found: Forecast) -> list[str]:
    return [step.code for step in found.warnings]


def test_planned_meetings_are_added_to_what_is_there() -> None:
    found = ask(a_meeting(7), a_meeting(14), has=(earned("3"),))
    assert found.now is not None
    assert found.then is not None
    assert seen(found.now.counted, found.then.counted, found.gain) == (3, 5, 2)
    assert found.now.window.from_day == date(2026, 1, 1)


def test_what_is_past_or_beyond_the_cycle_adds_nothing() -> None:
    assert ask(a_meeting(-7), a_meeting(300)).gain == 0


def test_two_meetings_at_once_count_their_time_once() -> None:
    assert ask(a_meeting(7), a_meeting(7, meeting="other")).gain == 1


def test_what_would_give_nothing_is_told_once_with_its_reason() -> None:
    by_video = [a_meeting(7 * n, modality=Modality.LIVE_VIDEO) for n in range(1, 4)]
    found = ask(*by_video, a_meeting(50))
    ((reason, meetings),) = found.does_not_count
    assert seen(reason.code, meetings, found.gain) == ("modality.other", 3, 1)


def test_a_cap_that_the_plan_passes_is_a_warning_and_one_nearly_full_too() -> None:
    over = ask(*(a_meeting(7 * n) for n in range(1, 6)), has=(earned("8"),))
    assert "cap.exceeded" in codes(over)
    assert over.gain == 2
    nearly = ask(a_meeting(7), has=(earned("7"),))
    assert "cap.nearly_full" in codes(nearly)
    assert "cap.nearly_full" not in codes(ask(a_meeting(7), has=(earned("6.99"),)))


def test_what_lacks_at_the_end_is_a_warning_until_it_is_there() -> None:
    found = ask(a_meeting(7))
    assert {"total.too_little", "floor.too_little"} <= set(codes(found))
    (total,) = [step for step in found.warnings if step.code == "total.too_little"]
    assert "1 of 20 hours will count by 2026-12-31; 19 must come from elsewhere" in total.sentence
    assert "within 214 days" in total.sentence
    enough = ask(has=(earned("10"), earned("12", date(2026, 3, 3), rule="", topics=("ethics",))))
    assert codes(enough) == ["cap.nearly_full"]


def test_what_was_too_much_last_time_is_carried_in_as_far_as_the_text_allows() -> None:
    before = tuple(earned("9", date(2025, 2, day), rule="") for day in (1, 2, 3))
    found = ask(has=before)
    assert found.now is not None
    assert seen(found.now.carried_in, found.now.counted) == (3, 3)


def test_without_a_cycle_or_its_end_nothing_is_guessed() -> None:
    no_cycle = a_pack(
        TEXT[: TEXT.index("[cycle]")] + TEXT[TEXT.index("[[rule]]") : TEXT.index("[[cap]]")]
    )
    assert [each.code for each in ask(pack=no_cycle).missing] == ["cycle.not_determined"]
    endless = LicenceFacts(id="x", profession="psychology", jurisdiction="US-XX")
    text = a_pack()
    found = forecast(RuleBook([text]), text, endless, (), (), today=TODAY)
    assert [each.code for each in found.missing] == ["cycle.licence_until.not_determined"]
    assert seen(found.now, found.then, found.gain) == (None, None, 0)


def test_a_month_that_stands_alone_is_warned_about_while_it_lasts() -> None:
    monthly = TEXT.replace("months = 12", "months = 1").replace("required = 20", "required = 1.5")
    monthly = monthly[: monthly.index("[[floor]]")] + (
        '[[floor]]\nname = "Each month"\nat_least = 1.5\nper = "month"\n'
    )
    found = ask(a_meeting(7), pack=a_pack(monthly))
    assert found.now is not None
    assert (found.now.window.from_day, found.now.window.until_day) == (TODAY, date(2026, 6, 30))
    (step,) = [each for each in found.warnings if each.code == "floor.too_little"]
    assert "1.5 wanted this month, 0 there, 0.5 still missing" in step.sentence


# Histories


def test_a_history_is_judged_for_each_licence_with_the_version_of_its_day() -> None:
    older = a_pack(TEXT.replace("professions", "effective_until = 2026-06-30\nprofessions"))
    newer = a_pack(
        TEXT.replace("version = 1", "version = 2")
        .replace("professions", "effective_from = 2026-07-01\nprofessions")
        .replace("minutes_per_unit = 60", "minutes_per_unit = 30")
    )
    history = History(
        licences=(LICENCE, LicenceFacts(id="other", profession="counseling", jurisdiction="US-XX")),
        attendances=(a_meeting(40), a_meeting(7)),
    )
    (answer,) = judge_history(RuleBook([older, newer]), history)
    assert answer.licence == LICENCE
    given = [seen(each.pack.version, each.judgements[0].amount) for each in answer.judged]
    assert given == [(1, 1), (2, 2)]
    (account,) = answer.accounts
    assert account.counted == 3


def test_credit_from_elsewhere_counts_in_the_text_it_was_entered_for() -> None:
    entries = (
        earned("2", rule="", key="us-xx/course", elsewhere=True),
        earned("2", rule="", key="us-yy/course", elsewhere=True),
    )
    (answer,) = judge_history(RuleBook([a_pack()]), History(licences=(LICENCE,), elsewhere=entries))
    (account,) = answer.accounts
    assert account.counted == 2


def test_a_minute_of_two_meetings_counts_once_in_a_history() -> None:
    history = History(
        licences=(LICENCE,), attendances=(a_meeting(7), a_meeting(7, meeting="other"))
    )
    (answer,) = judge_history(RuleBook([a_pack()]), history)
    amounts = [each.judgements[0].amount for each in answer.judged]
    assert sorted(amounts) == [0, 1]
