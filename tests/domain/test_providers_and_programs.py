"""Providers with dated approvals, and the programs they stand for."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.programs import Program, ProgramRetired
from domain.providers import ApprovalExists, ApprovalUnknown, Provider
from domain.values import Modality
from tests.support.builders import (
    APPROVAL,
    JOY,
    MONDAY,
    SEVEN_PM,
    a_program,
    a_provider,
    about,
    an_approval,
    facts,
)

REVISION: dict[str, Any] = {
    "title": "Thinking together, part 2",
    "objectives": ["Name two things to try."],
    "topics": [],
    "minutes": 90,
    "instructor_name": about(JOY, "Joy Lin"),
    "instructor_qualification": "PhD",
    "at": SEVEN_PM,
}


@pytest.mark.parametrize("field", ["name", "address", "contact", "authorising_role"])
def test_a_provider_says_who_it_is(field: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        a_provider(**{field: ""})
    assert list(refused.value.fields) == [field]


def a_correction(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Lamp House Education",
        "address": "2 Lamp Street",
        "contact": "office@lamp.example",
        "authorising_name": about(JOY, "Joy Lin"),
        "authorising_role": "Director",
        "reason": "It moved.",
        "at": SEVEN_PM,
    } | changes


def test_a_provider_is_corrected_with_a_reason_and_once() -> None:
    provider = a_provider()
    for _ in range(2):
        provider.correct(**a_correction())
    assert (provider.name, provider.address) == ("Lamp House Education", "2 Lamp Street")
    (corrected,) = facts(provider)
    assert isinstance(corrected, Provider.Corrected)
    assert corrected.reason == "It moved."


@pytest.mark.parametrize("field", ["name", "address", "contact", "authorising_role", "reason"])
def test_a_correction_that_says_nothing_is_refused(field: str) -> None:
    provider = a_provider()
    with pytest.raises(InvalidFields) as refused:
        provider.correct(**a_correction(**{field: ""}))
    assert list(refused.value.fields) == [field]
    assert provider.name != "Lamp House Education"


def test_an_approval_counts_from_its_first_day_to_its_last() -> None:
    provider = a_provider()
    provider.record_approval(APPROVAL, **an_approval())
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    found = [len(provider.approvals_on(day, Modality.IN_ROOM)) for day in days]
    assert found == [0, 1, 1, 0]


def test_an_approval_counts_only_for_its_ways_of_meeting() -> None:
    provider = a_provider()
    provider.record_approval(APPROVAL, **an_approval())
    assert provider.approvals_on(MONDAY, Modality.LIVE_VIDEO) == []


def test_a_withdrawn_approval_counts_up_to_the_day_before() -> None:
    provider = a_provider()
    provider.record_approval(APPROVAL, **an_approval())
    for _ in range(2):
        provider.withdraw_approval(
            APPROVAL, from_day=MONDAY, reason="The board ended it.", at=SEVEN_PM
        )
    assert provider.approvals_on(date(2026, 3, 1), Modality.IN_ROOM)
    assert provider.approvals_on(MONDAY, Modality.IN_ROOM) == []
    assert len(facts(provider)) == 2


def test_an_approval_is_recorded_once_and_its_id_is_its_own() -> None:
    provider = a_provider()
    provider.record_approval(APPROVAL, **an_approval())
    provider.record_approval(APPROVAL, **an_approval())
    with pytest.raises(ApprovalExists):
        provider.record_approval(APPROVAL, **an_approval(number="9999"))
    assert len(facts(provider)) == 1


def test_a_body_without_numbers_is_an_approval_all_the_same() -> None:
    provider = a_provider()
    provider.record_approval(APPROVAL, **an_approval(number=""))
    assert provider.approvals[APPROVAL].number == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"body": ""},
        {"statement": ""},
        {"responsibility_statement": ""},
        {"modalities": []},
        {"valid_until": date(2025, 1, 1)},
    ],
)
def test_an_approval_names_what_is_missing(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        a_provider().record_approval(APPROVAL, **an_approval(**changes))


def test_what_was_never_recorded_cannot_be_withdrawn() -> None:
    with pytest.raises(ApprovalUnknown):
        a_provider().withdraw_approval(UUID(int=1), from_day=MONDAY, reason="x", at=SEVEN_PM)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"objectives": []},
        {"objectives": [""]},
        {"topics": ["t"] * 31},
        {"minutes": 0},
        {"instructor_name": about(JOY, " ")},
        {"instructor_qualification": ""},
    ],
)
def test_a_program_names_what_is_missing(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields):
        a_program(**changes)


def test_a_program_is_revised_once_and_retired_once() -> None:
    program = a_program()
    for _ in range(2):
        program.revise(**REVISION)
    for _ in range(2):
        program.retire(reason="Nobody came.", at=SEVEN_PM)
    assert [type(fact) for fact in facts(program)] == [Program.Revised, Program.Retired]
    assert (program.title, program.minutes) == ("Thinking together, part 2", 90)


def test_a_retired_program_is_not_revised() -> None:
    program = a_program()
    program.retire(reason="Nobody came.", at=SEVEN_PM)
    with pytest.raises(ProgramRetired):
        program.revise(**REVISION)
