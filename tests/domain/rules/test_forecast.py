"""Forecasts: where the schedule leads, what it does not give, and what to know in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from domain.certificates.papers import CreditKind
from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.explain import Step
from domain.rules.facts import Attendance, Person
from domain.rules.forecast import Forecast, forecast
from domain.rules.histories import LicenceFacts
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
    assert (
        "1 of 20 hours will count by Thursday 31 December 2026; 19 must come from elsewhere"
        in total.sentence
    )
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


def warned(found: Forecast) -> list[Step]:
    return list(found.warnings)


def test_a_forecast_of_nothing_says_what_lacks_word_by_word() -> None:
    pack = a_pack(TEXT.replace("at_least = 2", 'at_least = 2\noutside = "courses"\nclause = "§ 9"'))
    found = ask(has=(earned("1"),), pack=pack)
    assert (found.pack, found.licence, found.today) == (pack, LICENCE, TODAY)
    assert (found.does_not_count, found.missing, found.months) == ((), (), ())
    assert warned(found) == [
        Step(
            "total.too_little",
            "With what is planned, 1 of 20 hours will count by Thursday 31 December 2026; 19 must "
            "come from elsewhere within 214 days.",
            "§ 1",
        ),
        Step(
            "floor.too_little",
            "Ethics: 2 wanted by Thursday 31 December 2026, 0 there, 2 still missing with what is "
            "planned. It can only come from elsewhere: courses.",
            "§ 9",
        ),
    ]


def test_a_floor_without_a_clause_of_its_own_names_that_of_the_text() -> None:
    ethics = a_meeting(7, topics=("ethics",))
    found = ask(ethics, has=(earned("0.5", topics=("ethics",)), earned("30", rule="", key="e")))
    assert warned(found) == [
        Step(
            "floor.too_little",
            "Ethics: 2 wanted by Thursday 31 December 2026, 0.5 there, 0.5 still missing with what "
            "is planned.",
            "§ 1",
        )
    ]


FULL = (earned("30", rule="", topics=("ethics",), key="full"),)


def test_a_limit_that_is_passed_or_nearly_full_is_told_word_by_word() -> None:
    over = ask(a_meeting(7), has=(*FULL, earned("9.5")))
    exceeded = "Peer groups: at most 10 hours count; with what is planned, 0.5 more would not."
    assert warned(over) == [Step("cap.exceeded", exceeded, "§ 1")]
    of_its_own = a_pack(TEXT.replace("at_most = 10", 'at_most = 10\nclause = "§ 5"'))
    assert warned(ask(a_meeting(7), has=(*FULL, earned("9.5")), pack=of_its_own)) == [
        Step("cap.exceeded", exceeded, "§ 5")
    ]
    nearly = "Peer groups: 8 of at most 10 hours will be used."
    eight = (*FULL, earned("8"))
    assert warned(ask(has=eight)) == [Step("cap.nearly_full", nearly, "§ 1")]
    assert warned(ask(has=eight, pack=of_its_own)) == [Step("cap.nearly_full", nearly, "§ 5")]


def test_a_limit_of_a_month_or_of_nothing_is_never_nearly_full() -> None:
    monthly = a_pack(TEXT.replace("at_most = 10", 'at_most = 10\nper = "month"'))
    assert warned(ask(has=(*FULL, earned("9")), pack=monthly)) == []
    nothing = a_pack(TEXT.replace("at_most = 10", "at_most = 0"))
    assert warned(ask(has=FULL, pack=nothing)) == []
    little = a_pack(TEXT.replace("at_most = 10", "at_most = 1"))
    assert codes(ask(has=(*FULL, earned("1")), pack=little)) == ["cap.nearly_full"]


def test_too_few_categories_are_told_until_there_are_enough() -> None:
    def asked(*names: str) -> list[Step]:
        text = TEXT.replace("carry_over = 3", "distinct_categories = 2")
        named = [earned("9", rule="", category=name, key=name) for name in names]
        return warned(ask(has=(*FULL, *named), pack=a_pack(text)))

    said = "Credit must come from 2 categories; so far 1 counts."
    assert asked("Books") == [Step("categories.too_few", said, "§ 1")]
    assert asked("Books", "Films") == []
    assert asked("Books", "Films", "Plays") == []


def test_a_floor_whose_span_is_over_is_no_longer_warned_about() -> None:
    text = TEXT.replace("at_least = 2", 'at_least = 2\nper = "month"')
    found = ask(has=(earned("30", rule="", key="e"),), pack=a_pack(text))
    said = [each.sentence for each in warned(found)]
    assert said[0].startswith("Ethics: 2 wanted this month, 0 there")
    assert [each.split(",")[0] for each in said[1:]] == [
        f"Ethics: 2 wanted by {last} 2026"
        for last in (
            "Friday 31 July",
            "Monday 31 August",
            "Wednesday 30 September",
            "Saturday 31 October",
            "Monday 30 November",
            "Thursday 31 December",
        )
    ]
    last_day = forecast(
        RuleBook([a_pack(text)]), a_pack(text), LICENCE, (), (), today=date(2026, 6, 30)
    )
    assert codes(last_day).count("floor.too_little") == 7


def test_today_and_the_last_day_of_the_cycle_belong_to_the_plan() -> None:
    last = (date(2026, 12, 31) - TODAY).days
    assert ask(a_meeting(0)).gain == 1
    assert ask(a_meeting(last)).gain == 1
    before, after = a_meeting(-1), a_meeting(last + 1)
    elsewhere = [replace(each, modality=Modality.PHONE) for each in (before, after)]
    assert ask(*elsewhere).does_not_count == ()


def test_nothing_is_gained_where_one_side_is_not_known() -> None:
    found = ask(a_meeting(7))
    for now, then in ((found.now, None), (None, found.then), (None, None)):
        assert Forecast(found.pack, LICENCE, TODAY, now, then, (), (), ()).gain == 0


def test_what_is_earned_on_the_first_day_of_a_cycle_is_not_carried_into_it() -> None:
    first_day = date(2026, 1, 1)
    found = ask(has=(earned("22", date(2025, 12, 31), rule=""), earned("1", first_day, rule="")))
    assert found.now is not None
    assert seen(found.now.carried_in, found.now.counted) == (2, 3)


def test_nothing_is_carried_over_a_cycle_in_between_nor_where_the_text_is_silent() -> None:
    for has, pack in (
        ((), None),
        ((earned("30", date(2024, 12, 31), rule=""),), None),
        ((earned("30", date(2025, 3, 3), rule=""),), a_pack(TEXT.replace("carry_over = 3", ""))),
    ):
        found = ask(has=has, pack=pack)
        assert found.now is not None
        assert seen(found.now.carried_in, found.now.counted) == (0, 0)


def test_what_is_carried_in_comes_from_the_cycle_just_before() -> None:
    found = ask(
        has=(earned("30", date(2023, 3, 3), rule=""), earned("22", date(2025, 3, 3), rule=""))
    )
    assert found.now is not None
    assert seen(found.now.carried_in, found.now.counted) == (2, 2)


def test_a_planned_meeting_stands_in_the_account_as_a_past_one_would() -> None:
    found = ask(a_meeting(7, title="Peers", topics=("ethics",)))
    assert found.then is not None
    assert [row.entry for row in found.then.rows] == [
        Entry(
            key="planned:m7:us-xx",
            day=date(2026, 6, 8),
            amount=Decimal(1),
            rule="us-xx",
            title="Peers",
            topics=("ethics",),
            modality=Modality.IN_ROOM,
            live=True,
            credit_kind=CreditKind.CLAIMED,
            minutes=60,
            planned=True,
        )
    ]


def test_a_plan_is_judged_in_the_order_of_time_by_the_version_of_each_day() -> None:
    older = a_pack(TEXT.replace("professions", "effective_until = 2026-06-30\nprofessions"))
    newer = a_pack(
        TEXT.replace("version = 1", "version = 2")
        .replace("professions", "effective_from = 2026-06-10\nprofessions")
        .replace("minutes_per_unit = 60", "minutes_per_unit = 30")
    )
    other = a_pack(TEXT.replace('"us-xx"', '"us-yy"'))
    book = RuleBook([older, newer, other])
    late = a_meeting(20, meeting="b", minutes=90)
    overlaps = a_meeting(20, meeting="a", minutes=60)
    asked = forecast(
        book, newer, LICENCE, (), (a_meeting(40), late, overlaps, a_meeting(1)), today=TODAY
    )
    assert asked.then is not None
    found = {row.entry.key: row.entry.amount for row in asked.then.rows}
    assert found == {
        "planned:m1:us-xx": 1,
        "planned:a:us-xx": 2,
        "planned:b:us-xx": 1,
        "planned:m40:us-xx": 2,
    }


def test_a_day_of_which_no_version_speaks_is_judged_by_the_one_of_today_which_says_so() -> None:
    pack = a_pack(TEXT.replace("professions", "effective_until = 2026-06-30\nprofessions"))
    ((reason, meetings),) = ask(a_meeting(40), pack=pack).does_not_count
    assert seen(reason.code, meetings) == ("rule.not_in_force", 1)


def test_a_meeting_outside_the_licence_is_not_counted_where_one_is_wanted() -> None:
    text = TEXT.replace('modalities = ["in_room"]', "licence = true").replace(
        "months = 12", "months = 1"
    )
    licence = replace(LICENCE, valid_until=date(2026, 6, 20))
    pack = a_pack(text)
    plan = (a_meeting(19), a_meeting(20))
    found = forecast(RuleBook([pack]), pack, licence, (), plan, today=TODAY)
    assert found.gain == 1
    ((reason, meetings),) = found.does_not_count
    assert seen(reason.code, meetings) == ("licence.missing", 1)


def test_what_one_rule_of_the_text_would_credit_counts_whatever_the_others_lack() -> None:
    second = TEXT[TEXT.index("[[rule]]") : TEXT.index("[[cap]]")].replace(
        '"us-xx"', '"us-xx-phone"'
    )
    text = TEXT.replace("[[cap]]", second.replace("in_room", "phone") + "[[cap]]")
    found = ask(a_meeting(7), pack=a_pack(text))
    assert seen(found.gain, found.does_not_count) == (1, ())


def test_a_meeting_too_short_to_give_anything_is_told_with_its_reason() -> None:
    text = TEXT.replace(
        "[rule.needs]", '[rule.rounding]\nstep = 1\ndirection = "down"\n[rule.needs]'
    )
    found = ask(a_meeting(7, minutes=30), pack=a_pack(text))
    ((reason, times),) = found.does_not_count
    assert seen(found.gain, reason.code, times) == (0, "amount.nothing", 1)
    assert reason.needed == "A longer meeting would count."


def test_a_text_without_a_cycle_says_why_nothing_is_foreseen() -> None:
    no_cycle = TEXT[: TEXT.index("[cycle]")] + TEXT[TEXT.index("[[rule]]") : TEXT.index("[[cap]]")]
    (missing,) = ask(pack=a_pack(no_cycle)).missing
    assert missing.sentence == (
        "Not determined, because the text read does not speak of a licence period."
    )
    assert seen(ask(pack=a_pack(no_cycle)).gain, missing.clause) == (0, "")


def test_what_the_text_does_not_say_of_the_total_is_missing_and_no_warning() -> None:
    found = ask(pack=a_pack(TEXT.replace("required = 20\ncarry_over = 3", "")))
    assert [each.code for each in found.missing] == ["cycle.required.not_determined"]
    assert codes(found) == ["floor.too_little"]
