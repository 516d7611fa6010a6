"""Forms keep every word and name every field."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import FormMultiDict

from domain.errors import InvalidFields
from domain.fields import require_lines, require_texts
from services.web.forms.reading import Field, Filled, Form, Parse, Unusable
from services.web.forms.values import (
    calendar_day,
    email,
    identifier,
    local_time,
    one_of,
    ticked,
    whole_number,
)
from services.web.pages.meetings.forms import read_correction, stays_of

FORM = Form(
    Field(name="title", label="Title", longest=20),
    Field(name="minutes", label="Minutes", parse=whole_number(1, 480)),
    Field(name="days", label="Days", parse=one_of(("mon", "tue")), many=True, required=False),
    Field(name="note", label="Note", kind="textarea", required=False),
    Field(name="agreed", label="Agreed", parse=ticked, kind="checkbox", required=False),
)


def read(*pairs: tuple[str, str]) -> Filled:
    return FORM.read(FormMultiDict(list(pairs)))


def test_values_come_out_typed() -> None:
    form = read(("title", " Monday "), ("minutes", "60"), ("days", "mon"), ("agreed", "on"))
    assert form.ok
    assert form.values == {
        "title": "Monday", "minutes": 60, "days": ["mon"], "note": None, "agreed": True,
    }  # fmt: skip
    assert form["minutes"] == 60


def test_one_ticked_box_is_a_list_of_one_and_none_is_empty() -> None:
    assert read(("title", "a"), ("minutes", "1"), ("days", "tue"))["days"] == ["tue"]
    assert read(("title", "a"), ("minutes", "1"))["days"] == []


def test_every_wrong_field_is_named_and_every_word_kept() -> None:
    form = read(("title", "x" * 21), ("minutes", " soon "), ("days", "mon"), ("days", "never"))
    assert set(form.errors) == {"title", "minutes", "days"}
    assert form.words("minutes") == " soon "
    assert form.chosen("days", "never")
    assert not form.chosen("days", "tue")


def test_what_nobody_asked_for_is_ignored() -> None:
    assert "role" not in read(("title", "a"), ("minutes", "1"), ("role", "admin")).values


@pytest.mark.parametrize("typed", ["one\r\ntwo", "one\rtwo", "one\ntwo\r\n"])
def test_line_breaks_of_a_text_area_are_one_character(typed: str) -> None:
    assert read(("title", "a"), ("minutes", "1"), ("note", typed))["note"] == "one\ntwo"


@given(st.text(max_size=20))
def test_what_a_form_lets_pass_the_domain_keeps(typed: str) -> None:
    form = read(("title", typed), ("minutes", "1"), ("note", typed))
    if "title" not in form.errors:
        require_lines(title=form["title"])
    if "note" not in form.errors and form["note"] is not None:
        require_texts(note=form["note"])


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\x85", "\r", "\n", "\t", "\x9f"])
def test_a_name_with_a_control_character_is_refused_at_its_field_as_the_domain_would(
    control: str,
) -> None:
    typed = f"Ana{control}Ruiz"
    assert set(read(("title", typed), ("minutes", "1")).errors) == {"title"}
    with pytest.raises(InvalidFields) as refused:
        require_lines(title=typed)
    assert set(refused.value.fields) == {"title"}


def test_findings_of_a_rule_stand_at_their_fields() -> None:
    form = read(("title", "a"), ("minutes", "1")).with_errors(InvalidFields(title="Taken."))
    assert not form.ok
    assert form.errors["title"] == "Taken."


def test_a_form_can_begin_with_what_is_known() -> None:
    form = FORM.blank(title="Monday", days=["mon"], note=None)
    assert form.words("title") == "Monday"
    assert form.chosen("days", "mon")
    assert form.words("note") == ""


def test_parsers_say_what_they_take() -> None:
    assert email("Ana@Example.org") == "ana@example.org"
    assert calendar_day("2026-11-23") == date(2026, 11, 23)
    assert local_time("18:30") == time(18, 30)
    assert identifier("00000000-0000-4000-8000-00000000000a") == UUID(
        "00000000-0000-4000-8000-00000000000a"
    )
    assert not ticked("off")


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (email, "ana"),
        (email, "ana@example"),
        (email, "ana@@example.org"),
        (email, "ana bo@example.org"),
        (email, "a" * 250 + "@example.org"),
        (calendar_day, "23.11.2026"),
        (calendar_day, "2026-02-30"),
        (local_time, "25:00"),
        (local_time, "6:30 PM"),
        (whole_number(1, 10), "11"),
        (whole_number(1, 10), "1e1"),
        (whole_number(1, 10), "٣"),
        (identifier, "not-an-id"),
    ],
)
def test_what_cannot_be_used_is_refused(parse: Parse, text: str) -> None:
    with pytest.raises(Unusable):
        parse(text)


@given(st.lists(st.tuples(st.sampled_from(sorted(FORM.fields)), st.text())))
def test_whatever_is_typed_a_form_is_read_and_shown_again(pairs: list[tuple[str, str]]) -> None:
    form = read(*pairs)
    assert form.ok or set(form.errors) <= set(FORM.fields)
    assert set(form.values) | set(form.errors) == set(FORM.fields)
    for name, text in pairs:
        assert text in form.typed[name]


@pytest.mark.parametrize(
    ("came", "left", "after_start", "stayed"),
    [("23:40", "00:20", 10, 40), ("00:10", "00:30", 40, 20), ("23:20", "23:55", -10, 35)],
)
def test_a_correction_of_an_hour_that_crosses_midnight_stays_in_that_hour(
    came: str, left: str, after_start: int, stayed: int
) -> None:
    starts_at = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # 23:30 on the day before in New York
    form = read_correction(FormMultiDict([("came", came), ("left", left), ("reason", "A slip.")]))
    stays, errors = stays_of(form, starts_at, "America/New_York")
    begun = starts_at + timedelta(minutes=after_start)
    assert [(each.from_at, each.to_at) for each in stays] == [
        (begun, begun + timedelta(minutes=stayed))
    ]
    assert errors == {}


AUTUMN = {  # the repeated hour begins at 01:00 in Denver and at 02:00 in Berlin
    "America/Denver": datetime(2026, 11, 1, 7, 0, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("came", "left", "starts_after", "comes_after", "stayed"),
    [
        ("50", "10", 45, 50, 20),  # over the moment at which the hour begins again
        ("10", "50", 5, 10, 40),
        ("35", "55", 90, 95, 20),  # a meeting within the second of the two hours
        ("10", "10", 5, 10, 60),
    ],
)
@pytest.mark.parametrize(("zone", "hour"), [("America/Denver", "01"), ("Europe/Berlin", "02")])
def test_a_correction_within_the_hour_that_autumn_repeats_stays_short(
    zone: str, hour: str, came: str, left: str, starts_after: int, comes_after: int, stayed: int
) -> None:
    repeated = AUTUMN[zone]
    times = [("came", f"{hour}:{came}"), ("left", f"{hour}:{left}"), ("reason", "A slip.")]
    form = read_correction(FormMultiDict(times))
    stays, errors = stays_of(form, repeated + timedelta(minutes=starts_after), zone)
    begun = repeated + timedelta(minutes=comes_after)
    assert errors == {}
    assert [(each.from_at, each.to_at) for each in stays] == [
        (begun, begun + timedelta(minutes=stayed))
    ]


@pytest.mark.parametrize(
    ("came", "left", "zone", "starts_at"),
    [
        ("18:10", "18:10", "Europe/Berlin", datetime(2026, 3, 2, 17, 0, tzinfo=UTC)),
        ("02:10", "02:40", "Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("02:10", "02:40", "America/Denver", datetime(2026, 3, 8, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_stay_of_no_length_is_asked_about(
    came: str, left: str, zone: str, starts_at: datetime
) -> None:
    form = read_correction(FormMultiDict([("came", came), ("left", left), ("reason", "A slip.")]))
    assert stays_of(form, starts_at, zone) == ([], {"left": "Leaving is later than coming."})
