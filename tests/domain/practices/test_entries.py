"""Who asks to come in by an invitation to a seat, and what is decided about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.personal import Personal
from domain.practices.entering import asks_again_from
from domain.practices.rules import AskAgainLater, EntryNotAsked, OfferNotOpen
from domain.practices.seat_pool import SeatPool
from tests.support.billing import PRACTICE, day
from tests.support.builders import ADMIN, ANA, BO, JOY, SIX_PM, about, facts, known

SEAT = UUID(int=7000)


def asked(at: datetime) -> SeatPool:
    """Return a pool by whose one invitation somebody asks to come in."""
    pool = SeatPool.open(PRACTICE, name="Harbour practice", manager_id=JOY, at=SIX_PM)
    pool.observe_count(1, observed_at=day(1), at=day(1))
    pool.offer(SEAT, by=JOY, at=day(1))
    pool.ask_to_come_in(SEAT, at=at)
    known(pool)
    return pool


def declined(pool: SeatPool, at: datetime, sentence: Personal[str] | None = None) -> None:
    pool.decline(SEAT, sentence=sentence, by=ADMIN, at=at)
    known(pool)


def test_whoever_is_let_in_waits_no_more_and_asks_no_more() -> None:
    pool = asked(day(2))
    for _ in range(2):
        pool.let_in(SEAT, member_id=ANA, by=ADMIN, at=day(3))
    pool.ask_to_come_in(SEAT, at=day(4))
    assert [type(each) for each in facts(pool)] == [SeatPool.EntryGranted]
    assert pool.entries_asked == {}
    pool.accept(SEAT, member_id=ANA, at=day(5))
    assert (pool.seated(), pool.entries) == ([ANA], {})


def test_the_seat_waits_anew_for_whoever_was_answered() -> None:
    pool = asked(day(30))
    pool.let_in(SEAT, member_id=ANA, by=ADMIN, at=day(55))
    assert pool.is_open(SEAT, day(84))
    assert not pool.is_open(SEAT, day(85))


def test_whoever_was_declined_asks_again_after_two_weeks_and_not_before() -> None:
    pool = asked(day(2))
    declined(pool, day(3), about(SEAT, "Ask us in spring."))
    assert pool.entries_asked == {}
    assert not pool.may_ask_to_come_in(SEAT, day(16))
    with pytest.raises(AskAgainLater):
        pool.ask_to_come_in(SEAT, at=day(16))
    assert facts(pool) == []
    pool.ask_to_come_in(SEAT, at=day(17))
    assert pool.entries_asked == {SEAT: day(17)}
    assert pool.entries[SEAT].sentence is None, "a new question has no answer yet"
    assert pool.entries[SEAT].told, "its key is still to be dropped"


def test_one_invitation_asks_three_times_and_never_again() -> None:
    pool = asked(day(2))
    for again in (20, 40):
        declined(pool, day(again - 15))
        pool.ask_to_come_in(SEAT, at=day(again))
    declined(pool, day(41))
    assert asks_again_from(pool.entries[SEAT]) is None
    with pytest.raises(AskAgainLater):
        pool.ask_to_come_in(SEAT, at=day(70))


@pytest.mark.parametrize("first", ["let in", "declined"])
def test_what_was_answered_is_not_answered_otherwise(first: str) -> None:
    pool = asked(day(2))
    if first == "let in":
        pool.let_in(SEAT, member_id=ANA, by=ADMIN, at=day(3))
    else:
        declined(pool, day(3))
    known(pool)
    with pytest.raises(EntryNotAsked):
        pool.decline(SEAT, sentence=None, by=ADMIN, at=day(4))
    with pytest.raises(EntryNotAsked):
        pool.let_in(SEAT, member_id=BO, by=ADMIN, at=day(4))
    assert facts(pool) == []


def test_nobody_is_let_in_or_declined_who_did_not_ask_or_whose_offer_is_over() -> None:
    pool = asked(day(2))
    for seat_id, at in ((UUID(int=7001), day(3)), (SEAT, day(40))):
        with pytest.raises(EntryNotAsked):
            pool.let_in(seat_id, member_id=ANA, by=ADMIN, at=at)
        with pytest.raises(EntryNotAsked):
            pool.decline(seat_id, sentence=None, by=ADMIN, at=at)
    with pytest.raises(OfferNotOpen):
        pool.ask_to_come_in(SEAT, at=day(40))


def test_a_sentence_that_cannot_be_shown_is_refused_and_nobody_is_declined() -> None:
    pool = asked(day(2))
    with pytest.raises(InvalidFields):
        pool.decline(SEAT, sentence=about(SEAT, "\x00"), by=ADMIN, at=day(3))
    assert SEAT in pool.entries_asked
