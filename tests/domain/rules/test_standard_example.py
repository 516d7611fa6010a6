"""One meeting, ten answers: the example of the notes on regulation, section 2, as one table.

90 minutes by live video, six people; the member was there for 83 of them, and 20 of these were on
the member's own practice. Where the notes say "if approved" or "if in person", the row says so too.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest

from domain.rules.account import Entry, account
from domain.rules.cycles import Window
from domain.rules.entries import selects
from domain.rules.explain import READ_THE_TEXT
from domain.rules.facts import Attendance, Person
from domain.rules.judge import Judgement, judge
from domain.rules.model import Pack
from domain.values import Modality
from infra.rule_files import load_rules
from tests.support.builders import MONDAY, span

BOOK: Final = load_rules()

MEETING: Final = Attendance(
    meeting="the standard example",
    scheduled=span(0, 90),
    present=(span(0, 83),),
    modality=Modality.LIVE_VIDEO,
    own=(span(30, 50),),
    facilitated=False,
    approved_by=(),
    checked_out=True,
    evaluated=True,
    interactive=True,
)


def in_force(pack_id: str) -> Pack:
    return next(pack for pack in BOOK.on(MONDAY) if pack.id == pack_id)


def answers(pack_id: str, **facts: Any) -> dict[str, Judgement]:
    """Judge the meeting for six people of the pack's first profession, licences held."""
    pack = in_force(pack_id)
    way = facts.get("modality", MEETING.modality)
    person = Person(professions=frozenset(pack.professions[:1]), modality=way)
    meeting = msgspec.structs.replace(MEETING, me=person, others=(person,) * 5, **facts)
    return {each.rule.id: each for each in judge(pack, meeting, licence_held=True)}


def explanation(judgement: Judgement) -> str:
    steps = [step.sentence for step in judgement.steps]
    return " ".join(steps + [missing.sentence for missing in judgement.missing])


def approved_by(body: str) -> dict[str, object]:
    return {"approved_by": (body,)}


@pytest.mark.parametrize(
    ("pack_id", "rule_id", "facts", "amount", "unit", "because"),
    [
        pytest.param(
            "accme",
            "accme",
            approved_by("ACCME"),
            "1.5",
            "AMA PRA Category 1 Credit",
            "83 ÷ 60 minutes per AMA PRA Category 1 Credit = 1.3833. "
            "Rounded to the nearest multiple of 0.25: 1.5.",
            id="AMA PRA",
        ),
        pytest.param(
            "us-mn-psychology",
            "us-mn-psychology",
            approved_by("Minnesota Board of Psychology"),
            "1.5",
            "CE hour (Minnesota psychology)",
            "Rounded to the nearest multiple of 0.5: 1.5.",
            id="Minnesota psychology, if approved",
        ),
        pytest.param(
            "us-dc-counseling",
            "us-dc-counseling",
            approved_by("District of Columbia Board of Professional Counseling"),
            "1",
            "credit hour of 50 minutes",
            "83 ÷ 50 minutes per credit hour of 50 minutes = 1.66. "
            "Rounded down to a multiple of 1: 1.",
            id="DC counselling, if approved by the Board",
        ),
        pytest.param(
            "nysed-social-work",
            "nysed-social-work",
            approved_by("New York State Education Department"),
            "1.66",
            "contact hour",
            "83 ÷ 50 minutes per contact hour = 1.66.",
            id="New York social work, if the content is acceptable",
        ),
        pytest.param(
            "iacet-2018",
            "iacet-2018",
            approved_by("IACET"),
            "0.1",
            "IACET CEU",
            "83 ÷ 600 minutes per IACET CEU = 0.1383. Rounded to the nearest multiple of 0.1: 0.1.",
            id="IACET",
        ),
        pytest.param(
            "us-md-psychology",
            "us-md-psychology",
            {},
            "0",
            "hour attended",
            "You must take part in the room; you did by live video.",
            id="Maryland psychology",
        ),
        pytest.param(
            "us-md-psychology",
            "us-md-psychology",
            {"modality": Modality.IN_ROOM},
            "1.38",
            "hour attended",
            "83 ÷ 60 minutes per hour attended = 1.38, written to two decimals",
            id="Maryland psychology, if in person",
        ),
        pytest.param(
            "us-md-counseling",
            "us-md-counseling",
            {},
            "1.38",
            "continuing education unit of 60 minutes (Maryland)",
            "= 1.38, written to two decimals and never rounded up.",
            id="Maryland counselling",
        ),
        pytest.param(
            "us-ca-psychology",
            "us-ca-psychology",
            {},
            "1.38",
            "hour of peer consultation",
            "83 ÷ 60 minutes per hour of peer consultation = 1.38, written to two decimals",
            id="California psychology",
        ),
        pytest.param(
            "au-psyba",
            "au-psyba",
            {},
            "0.33",
            "hour of peer consultation",
            "20 minutes of 83 present were on your own practice.",
            id="Psychology Board of Australia, peer consultation",
        ),
        pytest.param(
            "au-psyba",
            "au-psyba-other",
            {},
            "1.05",
            "hour of other CPD",
            "63 of 83 minutes of presence count; the others are credited already.",
            id="Psychology Board of Australia, other CPD",
        ),
        pytest.param(
            "uk-bacp",
            "uk-bacp",
            {},
            "0.25",
            "hour of supervision",
            "6 people took part in 90 minutes; it is shared equally: 90 ÷ 6 = 15 minutes.",
            id="BACP",
        ),
    ],
)
def test_the_standard_example_comes_out_as_the_notes_on_regulation_say(
    pack_id: str, rule_id: str, facts: dict[str, Any], amount: str, unit: str, because: str
) -> None:
    answer = answers(pack_id, **facts)[rule_id]
    credited = answer.amount if answer.may_be_credited else Decimal(0)
    assert (credited, answer.rule.unit) == (Decimal(amount), unit)
    assert re.search(r"\b83\b", explanation(answer)), "the member's minutes are named"
    assert because in explanation(answer)


def test_dc_would_give_one_hour_once_somebody_reads_whose_other_approval_it_takes() -> None:
    (answer,) = answers("us-dc-counseling", **approved_by("NBCC")).values()
    assert (answer.amount, answer.rule.unit) == (Decimal(1), "credit hour of 50 minutes")
    assert "= 1.66. Rounded down to a multiple of 1: 1." in explanation(answer)
    assert [each.code for each in answer.missing] == ["provider_approval.body.not_determined"]
    assert answer.missing[0].sentence == (
        "Not determined, because it was not read whose approval is taken besides that of "
        "District of Columbia Board of Professional Counseling."
    )
    assert answer.missing[0].needed == READ_THE_TEXT


@pytest.mark.parametrize(
    ("pack_id", "total"),
    [("au-psyba", "1.38"), ("us-md-counseling", "1.38"), ("us-ca-psychology", "1.38")],
)
def test_no_minute_counts_under_two_rules_of_one_board(pack_id: str, total: str) -> None:
    credited = [each for each in answers(pack_id).values() if each.may_be_credited]
    assert sum(each.amount for each in credited) == Decimal(total)
    assert sum(each.minutes for each in credited) == 83


@pytest.mark.parametrize(
    ("pack_id", "rule_id", "at_most"),
    [("us-md-counseling", "us-md-counseling", 10), ("us-ca-psychology", "us-ca-psychology", 18)],
)
def test_the_answer_is_a_part_of_what_a_cycle_may_hold(
    pack_id: str, rule_id: str, at_most: int
) -> None:
    pack = in_force(pack_id)
    rule = answers(pack_id)[rule_id].rule
    entry = Entry(
        key="one", day=MONDAY, amount=Decimal(1), rule=rule_id, credit_kind=rule.credit_kind
    )
    assert [cap.at_most for cap in pack.caps if selects(cap.of, entry, rule.name)] == [at_most]


@pytest.mark.parametrize(("before", "credit"), [("5.61", 0), ("5.62", 1)])
def test_in_person_the_meeting_joins_marylands_band_of_seven_hours(
    before: str, credit: int
) -> None:
    hours = [
        Decimal(before),
        answers("us-md-psychology", modality=Modality.IN_ROOM)["us-md-psychology"].amount,
    ]
    entries = [
        Entry(key=str(number), day=MONDAY, amount=amount, rule="us-md-psychology")
        for number, amount in enumerate(hours)
    ]
    window = Window(date(2026, 1, 1), date(2027, 12, 31))
    assert account(in_force("us-md-psychology"), window, entries).counted == credit


@pytest.mark.parametrize(
    ("pack_id", "code"),
    [
        ("accme", "provider_approval.missing"),
        ("us-mn-psychology", "provider_approval.missing"),
        ("nysed-social-work", "provider_approval.missing"),
        ("iacet-2018", "provider_approval.missing"),
    ],
)
def test_where_a_provider_must_vouch_peers_alone_get_nothing(pack_id: str, code: str) -> None:
    answer = answers(pack_id)[pack_id]
    assert not answer.may_be_credited
    assert code in {each.code for each in answer.missing}
    assert "This rule needs a provider approved" in explanation(answer)
