"""What may be claimed: each certified hour once, whatever is prepared, taken back and certified."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim import Claim
from domain.claims.claiming import CertifiedHour, line_instead, lines_to_claim, unproved
from domain.claims.lines import ClaimLine, LineAnswer
from domain.claims.payers import Payer
from domain.claims.rules import SetAsideReason, claim_number_of
from domain.meetings.presence import EvidenceStrength
from domain.personal import Personal
from tests.support.builders import ANA, BO, PAYER, SIX_PM, a_payer, about, minutes

CAP = 8
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def an_enrolled_payer(**changes: Any) -> Payer:
    payer = a_payer(**changes)
    payer.enrol_member(
        ANA, payer_member_ref=about(ANA, "HH-1"), from_day=date(2026, 1, 1), at=SIX_PM
    )
    return payer


def an_hour(number: int, *, version: int = 1, lasts: int = 60, **changes: Any) -> CertifiedHour:
    """Return the certificate of a meeting on the given day after 2 March."""
    start = SIX_PM + timedelta(days=number)
    values: dict[str, Any] = {
        "certificate_id": UUID(int=1000 * version + number),
        "issued_at": start + minutes(60 + version),
        "meeting_id": UUID(int=number),
        "starts_at": start,
        "ends_at": start + minutes(60),
        "zone": "Europe/Berlin",
        "minutes": lasts,
        "strength": EvidenceStrength.STRONG,
    } | changes
    return CertifiedHour(**values)


def lines_for(
    *hours: CertifiedHour, payer: Payer | None = None, earlier: list[Claim] | None = None
) -> list[ClaimLine]:
    return lines_to_claim(
        payer or an_enrolled_payer(),
        ANA,
        hours,
        earlier=earlier or [],
        period=YEAR,
        claim_number="C",
    )


def test_an_hour_becomes_a_line_that_names_its_certificate() -> None:
    hour = an_hour(0, lasts=59)
    (line,) = lines_for(hour)
    assert (line.certificate_id, line.minutes, line.units, line.amount_cents) == (
        hour.certificate_id,
        59,
        1,
        4500,
    )


def test_two_certificates_of_one_hour_are_one_line() -> None:
    assert len(lines_for(an_hour(0), an_hour(0, version=2))) == 1


@pytest.mark.parametrize(
    "hour",
    [
        an_hour(0, strength=EvidenceStrength.WEAK),
        an_hour(0, lasts=29),
        an_hour(400),
    ],
    ids=["weaker than the contract wants", "shorter than a unit", "outside the period"],
)
def test_what_the_contract_does_not_take_is_left_out(hour: CertifiedHour) -> None:
    assert lines_for(hour) == []


def test_nothing_is_asked_for_somebody_whom_the_payer_cannot_recognise() -> None:
    payer = a_payer()
    payer.enrol_member(ANA, payer_member_ref=about(ANA, "x"), from_day=date(2026, 1, 1), at=SIX_PM)
    forgotten = Personal[str](ANA, None)
    object.__setattr__(payer.enrolments[0], "payer_member_ref", forgotten)
    assert lines_for(an_hour(0), payer=payer) == []
    assert not payer.covers(BO, date(2026, 3, 2))


def test_a_claim_takes_no_more_lines_than_it_may_have() -> None:
    payer = an_enrolled_payer(cap_units_per_month=None)
    hours = [an_hour(0, meeting_id=UUID(int=n), certificate_id=UUID(int=n)) for n in range(1, 600)]
    assert len(lines_for(*hours, payer=payer)) == 500


def test_a_line_in_anothers_place_has_the_units_that_the_other_frees() -> None:
    payer = an_enrolled_payer(cap_units_per_month=2)
    house = House(payer)
    house.certify(an_hour(0))
    house.prepare(YEAR)
    (wrong,) = house.claims[0].lines
    assert not lines_for(an_hour(1), payer=payer, earlier=house.claims)
    line = line_instead(
        payer, ANA, wrong, an_hour(0, version=2), claims=house.claims, line_id="C-002"
    )
    assert line is not None
    assert line.units == 2
    assert line_instead(payer, ANA, wrong, an_hour(1), claims=house.claims, line_id="C-002") is None


@pytest.mark.parametrize(
    ("changes", "proved"),
    [
        ({"certificate_id": UUID(int=7), "issued_at": SIX_PM + timedelta(days=9)}, True),
        ({"minutes": 45}, False),
        ({"minutes": 61, "ends_at": SIX_PM + minutes(61)}, False),
        ({"meeting_id": UUID(int=8)}, False),
        ({"starts_at": SIX_PM - minutes(1)}, False),
        ({"strength": EvidenceStrength.WEAK}, False),
    ],
    ids=["another paper", "fewer minutes", "longer", "another meeting", "earlier", "weaker"],
)
def test_a_line_is_proved_by_a_certificate_that_says_the_same(
    changes: dict[str, Any], *, proved: bool
) -> None:
    hour = an_hour(0)
    lines = lines_for(hour)
    assert unproved(lines, [an_hour(1), replace(hour, **changes)]) == ([] if proved else lines)
    assert unproved(lines, []) == lines


def test_a_presence_shown_better_than_a_line_says_proves_it() -> None:
    lines = lines_for(an_hour(0, strength=EvidenceStrength.MODERATE))
    assert unproved(lines, [an_hour(0)]) == []


# Whatever happens


@dataclass
class House:
    """A member's hours and claims at one payer, on a clock that every act moves."""

    payer: Payer
    at: datetime = SIX_PM + timedelta(days=365)
    hours: dict[UUID, CertifiedHour] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def certify(self, hour: CertifiedHour) -> None:
        self.hours[hour.meeting_id] = hour  # a newer certificate takes the older one's place

    def prepare(self, period: tuple[date, date]) -> int:
        claim_id = UUID(int=10_000 + len(self.claims))
        lines = lines_to_claim(
            self.payer,
            ANA,
            list(self.hours.values()),
            earlier=self.claims,
            period=period,
            claim_number=claim_number_of(claim_id),
        )
        if lines:
            self.claims.append(
                Claim.prepare(
                    claim_id,
                    claim_number=claim_number_of(claim_id),
                    payer_id=PAYER,
                    member_id=ANA,
                    period_from=period[0],
                    period_to=period[1],
                    lines=lines,
                    currency="USD",
                    at=self.at,
                )
            )
        return len(lines)

    def act(self, name: str, which: int, *, yes: bool) -> None:
        """Do one thing that may happen; *which* and *yes* vary it."""
        self.at += timedelta(minutes=1)
        claims = [claim for claim in self.claims if claim.may_be_sent]
        waiting = [claim for claim in self.claims if claim.awaits_answer]
        standing = [(claim, line) for claim in self.claims for line in claim.standing_lines()]
        if name == "certify":
            hour = an_hour(which, lasts=60 if yes else 31)
            certificate_id = UUID(int=int(self.at.timestamp()))
            self.certify(replace(hour, certificate_id=certificate_id, issued_at=self.at))
        elif name == "prepare":
            first = date(2026, 3, 1) + timedelta(days=which)
            self.prepare((first, first + timedelta(days=31 if yes else 7)))
        elif name in {"take back", "replace"} and standing:
            claim, line = standing[which % len(standing)]
            self.correct(claim, line, replacing=name == "replace", asked_again=yes)
        elif name == "send" and claims:
            self.send(claims[which % len(claims)])
        elif name == "answer" and waiting:
            self.answer(waiting[which % len(waiting)], paid=yes)
        elif name == "set aside" and claims and not claims[which % len(claims)].sendings:
            reason = SetAsideReason.PREPARED_IN_ERROR
            claims[which % len(claims)].set_aside(reason=reason, asked_again=yes, at=self.at)

    def correct(self, claim: Claim, line: ClaimLine, *, replacing: bool, asked_again: bool) -> None:
        replacement = None
        if replacing:
            line_id = f"{claim.claim_number}-{len(claim.lines) + 1:03}"
            hour = self.hours[line.meeting_id]
            replacement = line_instead(
                self.payer, ANA, line, hour, claims=self.claims, line_id=line_id
            )
        claim.correct(
            line.line_id,
            reversal_line_id=f"{line.line_id}-R",
            replacement=replacement,
            reason="Not there.",
            asked_again=asked_again,
            at=self.at,
        )

    def send(self, claim: Claim) -> None:
        number = claim.sendings + 1
        run_id = UUID(int=20_000 + number)
        claim.mark_exported(run_id=run_id, run_number=number, sha256="ab" * 32, at=self.at)

    def answer(self, claim: Claim, *, paid: bool) -> None:
        answers = [
            LineAnswer(
                line_id=line.line_id,
                paid_cents=line.amount_cents if paid else 0,
                reason_code=None if paid else "45",
            )
            for line in claim.lines_of(claim.sendings)
        ]
        claim.decide_lines(answers, reference=f"EFT-{claim.sendings}", at=self.at)

    def standing(self) -> list[ClaimLine]:
        return [line for claim in self.claims for line in claim.standing_lines()]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["certify", "prepare", "take back", "replace", "send", "answer", "set aside"]
        ),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=60,
)


@given(ACTS)
def test_no_hour_is_ever_asked_for_twice_or_beyond_what_is_certified(
    acts: list[tuple[str, int, bool]],
) -> None:
    house = House(an_enrolled_payer(cap_units_per_month=CAP))
    certified: dict[UUID, int] = {}
    for name, which, yes in acts:
        house.act(name, which, yes=yes)
        for hour in house.hours.values():
            certified[hour.certificate_id] = hour.minutes
        standing = house.standing()
        assert max(Counter(line.meeting_id for line in standing).values(), default=0) <= 1
        assert all(line.minutes <= certified[line.certificate_id or ANA] for line in standing)
        assert all(line.units <= line.minutes // 30 for line in standing)
        units: Counter[int] = Counter()
        for line in standing:
            units[line.starts_at.month] += line.units
        assert max(units.values(), default=0) <= CAP


@given(ACTS)
def test_preparing_twice_in_a_row_claims_nothing_the_second_time(
    acts: list[tuple[str, int, bool]],
) -> None:
    house = House(an_enrolled_payer(cap_units_per_month=None))
    for name, which, yes in acts:
        house.act(name, which, yes=yes)
    house.prepare(YEAR)
    assert house.prepare(YEAR) == 0


@given(ACTS)
def test_what_went_to_the_payer_adds_up_to_what_stands(
    acts: list[tuple[str, int, bool]],
) -> None:
    house = House(an_enrolled_payer())
    for name, which, yes in acts:
        house.act(name, which, yes=yes)
    for claim in house.claims:
        sent = [claim.lines_of(n) for n in range(1, claim.sendings + 1)]
        if claim.may_be_sent or claim.awaits_answer:
            sent.append(claim.lines_of(claim.sendings + 1))
        ids = [line.line_id for lines in sent for line in lines]
        assert len(ids) == len(set(ids)), "no line goes out twice"
        if claim.sendings:
            assert sum(line.amount_cents for lines in sent for line in lines) == sum(
                line.amount_cents for line in claim.standing_lines()
            )
