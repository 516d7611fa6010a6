"""Payers: whom they cover, what a minute comes to, and runs that are numbered once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.payers import ExportMadeDifferently, ExportUnknown, NotEnrolled, NothingToExport
from domain.errors import InvalidFields
from domain.values import UnusableCurrency
from tests.support.builders import (
    ANA,
    BO,
    CLAIM,
    DIGEST,
    MONDAY,
    OTHER_RUN,
    RUN,
    SEVEN_PM,
    a_payer,
    about,
    facts,
)

REF = about(ANA, "HH-778")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, InvalidFields),
        ({"service_code": ""}, InvalidFields),
        ({"rate_cents_per_unit": 0}, InvalidFields),
        ({"minutes_per_unit": 0}, InvalidFields),
        ({"cap_units_per_month": 0}, InvalidFields),
        ({"valid_until": date(2025, 1, 1)}, InvalidFields),
        ({"currency": "Dollar"}, UnusableCurrency),
    ],
)
def test_a_contract_that_cannot_be_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_payer(**changes)


def test_an_enrolment_covers_its_days_within_the_contract() -> None:
    payer = a_payer()
    payer.enrol_member(ANA, payer_member_ref=REF, from_day=MONDAY, at=SEVEN_PM)
    payer.end_enrolment(ANA, last_day=date(2027, 6, 30), at=SEVEN_PM)
    days = [date(2026, 3, 1), MONDAY, date(2026, 12, 31), date(2027, 1, 1)]
    assert [payer.covers(ANA, day) for day in days] == [False, True, True, False]
    assert not payer.covers(BO, MONDAY)


def test_enrolling_and_ending_twice_are_one_fact_each() -> None:
    payer = a_payer()
    for _ in range(2):
        payer.enrol_member(ANA, payer_member_ref=REF, from_day=MONDAY, at=SEVEN_PM)
    for _ in range(2):
        payer.end_enrolment(ANA, last_day=MONDAY, at=SEVEN_PM)
    assert len(facts(payer)) == 2


def test_a_member_can_be_covered_again_later() -> None:
    payer = a_payer()
    payer.enrol_member(ANA, payer_member_ref=REF, from_day=MONDAY, at=SEVEN_PM)
    payer.end_enrolment(ANA, last_day=date(2026, 4, 1), at=SEVEN_PM)
    payer.enrol_member(ANA, payer_member_ref=REF, from_day=date(2026, 6, 1), at=SEVEN_PM)
    assert [payer.covers(ANA, date(2026, month, 2)) for month in (3, 5, 6)] == [True, False, True]


def test_covering_again_before_the_end_goes_on_after_it_and_ends_as_a_whole() -> None:
    payer = a_payer()
    payer.enrol_member(ANA, payer_member_ref=REF, from_day=MONDAY, at=SEVEN_PM)
    payer.end_enrolment(ANA, last_day=date(2026, 4, 1), at=SEVEN_PM)
    payer.enrol_member(ANA, payer_member_ref=REF, from_day=date(2026, 4, 1), at=SEVEN_PM)
    assert payer.covers(ANA, date(2026, 5, 1))
    payer.end_enrolment(ANA, last_day=date(2026, 4, 1), at=SEVEN_PM)
    assert not payer.covers(ANA, date(2026, 4, 2))


def test_nobody_ends_what_never_began() -> None:
    with pytest.raises(NotEnrolled):
        a_payer().end_enrolment(ANA, last_day=MONDAY, at=SEVEN_PM)


@pytest.mark.parametrize(
    ("minutes", "used", "units"),
    [(29, 0, 0), (30, 0, 1), (83, 0, 2), (83, 7, 1), (83, 8, 0), (83, 9, 0)],
)
def test_whole_units_are_paid_up_to_the_cap_of_the_month(
    minutes: int, used: int, units: int
) -> None:
    assert a_payer().units_for(minutes, used_this_month=used) == units


def test_without_a_cap_every_whole_unit_is_paid() -> None:
    assert a_payer(cap_units_per_month=None).units_for(600, used_this_month=999) == 20


@given(st.lists(st.integers(1, 6), max_size=12))
def test_a_run_number_is_never_given_twice(runs: list[int]) -> None:
    payer = a_payer()
    numbers = {run: payer.start_export(UUID(int=run), at=SEVEN_PM) for run in runs}
    assert sorted(numbers.values()) == list(range(1, len(set(runs)) + 1))
    assert all(payer.start_export(UUID(int=r), at=SEVEN_PM) == n for r, n in numbers.items())


def test_a_run_is_finished_once() -> None:
    payer = a_payer()
    payer.start_export(RUN, at=SEVEN_PM)
    for _ in range(2):
        payer.finish_export(RUN, claim_ids=[CLAIM], sha256s={"claims.csv": DIGEST}, at=SEVEN_PM)
    assert len(facts(payer)) == 2
    with pytest.raises(ExportMadeDifferently):
        payer.finish_export(RUN, claim_ids=[CLAIM], sha256s={"claims.csv": "cd" * 32}, at=SEVEN_PM)


def test_a_run_is_started_before_it_is_finished_and_holds_claims_with_digests() -> None:
    payer = a_payer()
    payer.start_export(RUN, at=SEVEN_PM)
    files = {"claims.csv": DIGEST}
    with pytest.raises(ExportUnknown):
        payer.finish_export(OTHER_RUN, claim_ids=[CLAIM], sha256s=files, at=SEVEN_PM)
    with pytest.raises(NothingToExport):
        payer.finish_export(RUN, claim_ids=[], sha256s=files, at=SEVEN_PM)
    for wrong in ({}, {"claims.csv": "x"}):
        with pytest.raises(InvalidFields):
            payer.finish_export(RUN, claim_ids=[CLAIM], sha256s=wrong, at=SEVEN_PM)
