"""Amounts, rhythms and numbers as people read them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from uuid import UUID

import pytest

from domain.certificates.certificate import RevocationReason, SupersessionReason
from domain.claims.rules import ClaimState, SetAsideReason
from domain.meetings.attendance import CheckInMethod, ToolSource
from domain.meetings.presence import EvidenceStrength
from domain.meetings.rules import MeetingState
from domain.values import Modality, Style
from projections.schedule.queries import GroupRow
from services.web.words import record as words


@pytest.mark.parametrize(
    ("amount", "unit", "read"),
    [
        ("1", "contact hour", "1 contact hour"),
        ("1.50", "contact hour", "1.5 contact hours"),
        ("0.97", "hour of peer consultation", "0.97 hours of peer consultation"),
        ("2", "credit hour of 50 minutes", "2 credit hours of 50 minutes"),
        ("10", "education unit of 60 minutes", "10 education units of 60 minutes"),
        ("3", "point", "3 points"),
        ("3", "CE credit", "3 CE credits"),
        ("2", "portfolio entry", "2 portfolio entries"),
        ("3", "PDH", "3 PDH"),
    ],
)  # fmt: skip
def test_an_amount_names_its_unit(amount: str, unit: str, read: str) -> None:
    assert words.units(Decimal(amount), unit) == read


@pytest.mark.parametrize(
    ("cents", "currency", "read"),
    [
        (0, "USD", "0.00 USD"),
        (5, "EUR", "0.05 EUR"),
        (-123456, "USD", "-1,234.56 USD"),
        (1500, "JPY", "1,500 JPY"),
        (1500, "KWD", "1.500 KWD"),
    ],
)
def test_money_has_the_places_of_its_currency(cents: int, currency: str, read: str) -> None:
    assert words.money(cents, currency) == read


@pytest.mark.parametrize(
    ("licence", "shown"),
    [
        ("psychology, US-CA PSY 41003", "psychology, US-CA, number ending in 1003"),
        ("counseling, US-MD 1234", "counseling, US-MD, number ending in 34"),
        ("mft, US-CA 7", "mft, US-CA, number ending in "),
        ("", ""),
        ("[erased]", "[erased]"),
        ("7", "recorded, not shown here"),
    ],
)
def test_a_licence_number_shows_at_most_half_of_itself(licence: str, shown: str) -> None:
    assert words.masked_licence(licence) == shown


@pytest.mark.parametrize(
    ("weeks", "read"),
    [
        (1, "Every Monday at 12:05 PM, 50 minutes"),
        (2, "Every second Monday at 12:05 PM, 50 minutes"),
        (13, "A Monday every 13 weeks at 12:05 PM, 50 minutes"),
    ],
)
def test_a_rhythm_reads_as_a_sentence(weeks: int, read: str) -> None:
    row = GroupRow(
        UUID(int=1), "", "", "balint", "UTC", 0, time(12, 5), weeks, 50, date(2026, 1, 5), None,
        UUID(int=2), 2,
    )  # fmt: skip
    assert words.rhythm(row) == read


def test_every_state_there_is_has_words() -> None:
    assert words.MEETING.keys() == set(MeetingState)
    assert words.MODALITY.keys() == set(Modality)
    assert words.STYLE.keys() == set(Style)
    assert words.STRENGTH.keys() == set(EvidenceStrength)
    assert words.METHOD.keys() == set(CheckInMethod)
    assert words.TOOL.keys() == set(ToolSource)
    assert words.CLAIM.keys() == set(ClaimState)
    assert words.SET_ASIDE_FOR.keys() == set(SetAsideReason)
    assert words.REASON.keys() == set(RevocationReason) | set(SupersessionReason)


def test_an_event_is_named_in_words() -> None:
    assert words.topic("peerhour.meeting.checked_in") == "meeting: checked in"
    assert words.topic("peerhour.access_record.ended") == "access record: ended"
