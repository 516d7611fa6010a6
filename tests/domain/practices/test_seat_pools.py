"""Seats of a practice: never more people than are paid for, and nobody loses what they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import DomainError, InvalidFields
from domain.practices.events import FreezeReason, SeatState
from domain.practices.rules import (
    AlreadySeated,
    FreeSeatsFirst,
    LastManager,
    NoSeatFree,
    NotSeated,
    OfferNotOpen,
    SeatManagersOnly,
)
from domain.practices.seat_pool import SeatPool
from tests.support.billing import PRACTICE, a_pool, day
from tests.support.builders import ANA, BO, CHIDI, EVE, JOY, facts, known

SEAT, OTHER_SEAT = UUID(int=750), UUID(int=751)
PEOPLE = [ANA, BO, CHIDI, EVE]


def test_more_seats_come_at_once_and_fewer_with_the_renewal() -> None:
    pool = a_pool(3, ANA)
    pool.ask_for_count(5, renews_at=day(30), by=JOY, at=day(1))
    assert (pool.count_due(day(1)), pool.bought) == (5, 3)
    pool.observe_count(5, observed_at=day(2), at=day(2))
    assert (pool.bought, pool.scheduled) == (5, None)
    pool.ask_for_count(2, renews_at=day(30), by=JOY, at=day(3))
    assert (pool.count_due(day(29)), pool.count_due(day(30))) == (None, 2)
    assert pool.free(day(3)) == 1


def test_the_present_number_takes_an_earlier_wish_back() -> None:
    pool = a_pool(3)
    for count in (2, 2, 3, 3):
        pool.ask_for_count(count, renews_at=day(30), by=JOY, at=day(1))
    names = [type(each).__name__ for each in facts(pool)]
    assert names == ["CountChangeScheduled", "CountChangeDropped"]


def test_an_offer_is_taken_once_by_one_person() -> None:
    pool = a_pool(2)
    for _ in range(2):
        pool.offer(SEAT, by=JOY, at=day(1))
    for _ in range(2):
        pool.accept(SEAT, member_id=ANA, at=day(2))
    with pytest.raises(OfferNotOpen):
        pool.accept(SEAT, member_id=BO, at=day(2))
    pool.offer(OTHER_SEAT, by=JOY, at=day(3))
    with pytest.raises(AlreadySeated):
        pool.accept(OTHER_SEAT, member_id=ANA, at=day(3))
    for _ in range(2):
        pool.withdraw_offer(OTHER_SEAT, by=JOY, at=day(4))
    with pytest.raises(OfferNotOpen):
        pool.accept(OTHER_SEAT, member_id=BO, at=day(5))
    assert len(facts(pool)) == 4
    assert pool.seated() == [ANA]


def test_an_offer_waits_for_thirty_days_and_gives_its_place_back() -> None:
    pool = a_pool(1)
    pool.offer(SEAT, by=JOY, at=day(1))
    known(pool)
    assert pool.end_offers(at=day(30)) == []
    with pytest.raises(OfferNotOpen):  # nobody has ended it yet, and it is over all the same
        pool.accept(SEAT, member_id=ANA, at=day(31))
    assert facts(pool) == []
    assert pool.end_offers(at=day(31)) == [SEAT]
    assert pool.end_offers(at=day(32)) == []
    assert pool.free(day(32)) == 1


def test_an_offer_that_is_over_takes_no_place_even_if_nobody_has_ended_it() -> None:
    pool = a_pool(2, ANA)
    pool.offer(SEAT, by=JOY, at=day(1))
    assert (pool.free(day(30)), pool.free(day(31))) == (0, 1)
    with pytest.raises(FreeSeatsFirst):
        pool.ask_for_count(1, renews_at=day(60), by=JOY, at=day(30))
    pool.offer(OTHER_SEAT, by=JOY, at=day(31))
    assert pool.open_offers(day(31)) == [OTHER_SEAT]
    pool.withdraw_offer(OTHER_SEAT, by=JOY, at=day(32))
    pool.ask_for_count(1, renews_at=day(60), by=JOY, at=day(32))
    assert pool.scheduled == (1, day(60))


def test_an_offer_waits_for_thirty_days_from_the_asking_to_come_in() -> None:
    pool = a_pool(1)
    pool.offer(SEAT, by=JOY, at=day(1))
    pool.ask_to_come_in(SEAT, at=day(30))
    assert pool.end_offers(at=day(59)) == []
    assert (pool.is_open(SEAT, day(59)), pool.is_open(SEAT, day(60))) == (True, False)
    pool.accept(SEAT, member_id=ANA, at=day(59))
    assert pool.seated() == [ANA]


def test_where_nobody_manages_only_whoever_looks_after_the_house_names_somebody() -> None:
    pool = a_pool()
    pool.part_with(JOY, by=JOY, at=day(1))
    with pytest.raises(SeatManagersOnly):
        pool.name_manager(EVE, by=EVE, at=day(2))
    pool.name_manager(BO, by=EVE, at=day(2), administrator=True)
    assert pool.managers == {BO}
    with pytest.raises(SeatManagersOnly):
        pool.name_manager(EVE, by=EVE, at=day(3), administrator=True)


def test_whoever_is_invited_and_no_member_asks_once_while_the_offer_waits() -> None:
    pool = a_pool(2)
    pool.offer(SEAT, by=JOY, at=day(1))
    known(pool)
    for _ in range(2):
        pool.ask_to_come_in(SEAT, at=day(2))
    assert len(facts(pool)) == 1
    pool.accept(SEAT, member_id=ANA, at=day(3))
    assert pool.entries_asked == {}
    with pytest.raises(OfferNotOpen):
        pool.ask_to_come_in(SEAT, at=day(4))


def test_no_more_is_offered_than_is_free_now_and_after_the_renewal() -> None:
    pool = a_pool(2, ANA)
    pool.offer(SEAT, by=JOY, at=day(1))
    with pytest.raises(NoSeatFree):
        pool.offer(OTHER_SEAT, by=JOY, at=day(1))
    pool.withdraw_offer(SEAT, by=JOY, at=day(1))
    pool.ask_for_count(1, renews_at=day(30), by=JOY, at=day(1))
    with pytest.raises(NoSeatFree):
        pool.offer(OTHER_SEAT, by=JOY, at=day(1))


def test_when_fewer_are_paid_for_the_last_to_come_rest_and_sit_again_in_order() -> None:
    pool = a_pool(3, ANA, BO, CHIDI)
    pool.observe_count(1, observed_at=day(5), at=day(5))
    assert pool.seated() == [ANA]
    assert pool.seats[CHIDI].frozen_for is FreezeReason.FEWER_BOUGHT
    pool.release(ANA, by=ANA, at=day(6))
    assert pool.seated() == [BO]
    pool.observe_count(2, observed_at=day(7), at=day(7))
    assert pool.seated() == [BO, CHIDI]


@pytest.mark.parametrize("turn", [1, -1])
def test_the_newest_count_wins_and_the_same_one_again_records_nothing(turn: int) -> None:
    pool = a_pool(3, ANA, BO)
    counts = [(1, day(5)), (2, day(6))]
    for count, observed_at in counts[::turn]:
        pool.observe_count(count, observed_at=observed_at, at=day(7))
    known(pool)
    pool.observe_count(2, observed_at=day(6), at=day(8))
    assert (pool.bought, pool.seated(), facts(pool)) == (2, [ANA, BO], [])


def test_an_offer_that_is_no_longer_paid_for_waits() -> None:
    pool = a_pool(2, ANA)
    pool.offer(SEAT, by=JOY, at=day(1))
    pool.observe_count(1, observed_at=day(2), at=day(2))
    with pytest.raises(NoSeatFree):
        pool.accept(SEAT, member_id=BO, at=day(3))
    pool.observe_count(2, observed_at=day(4), at=day(4))
    pool.accept(SEAT, member_id=BO, at=day(5))
    assert pool.seated() == [ANA, BO]


def test_a_frozen_seat_is_kept_while_somebody_else_sits() -> None:
    pool = a_pool(1, ANA)
    for _ in range(2):
        pool.freeze(ANA, by=ANA, at=day(1))
    pool.offer(SEAT, by=JOY, at=day(2))
    pool.accept(SEAT, member_id=BO, at=day(2))
    with pytest.raises(NoSeatFree):
        pool.thaw(ANA, by=ANA, at=day(3))
    pool.release(BO, by=JOY, at=day(4))
    for _ in range(2):
        pool.thaw(ANA, by=JOY, at=day(5))
    assert pool.seated() == [ANA]
    assert [state for _, state in pool.seats[ANA].history] == [
        SeatState.HELD,
        SeatState.FROZEN,
        SeatState.HELD,
    ]


def test_whoever_was_released_can_come_back() -> None:
    pool = a_pool(1, ANA)
    for _ in range(2):
        pool.release(ANA, by=JOY, at=day(1))
    pool.offer(SEAT, by=JOY, at=day(2))
    pool.accept(SEAT, member_id=ANA, at=day(3))
    assert pool.seated() == [ANA]


def test_somebody_always_looks_after_the_seats() -> None:
    pool = a_pool()
    with pytest.raises(LastManager):
        pool.relieve_manager(JOY, by=JOY, at=day(1))
    for _ in range(2):
        pool.name_manager(BO, by=JOY, at=day(1))
    for _ in range(2):
        pool.relieve_manager(JOY, by=BO, at=day(2))
    assert pool.managers == {BO}
    assert len(facts(pool)) == 2


REFUSED: list[tuple[Callable[[SeatPool], None], type[DomainError]]] = [
    (lambda pool: pool.offer(SEAT, by=EVE, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.withdraw_offer(SEAT, by=EVE, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.release(ANA, by=BO, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.freeze(ANA, by=BO, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.thaw(ANA, by=BO, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.name_manager(EVE, by=EVE, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.relieve_manager(JOY, by=EVE, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.ask_for_count(9, renews_at=day(30), by=EVE, at=day(1)), SeatManagersOnly),
    (lambda pool: pool.ask_for_count(0, renews_at=day(30), by=JOY, at=day(1)), InvalidFields),
    (lambda pool: pool.ask_for_count(1001, renews_at=day(30), by=JOY, at=day(1)), InvalidFields),
    (lambda pool: pool.ask_for_count(1, renews_at=day(30), by=JOY, at=day(1)), FreeSeatsFirst),
    (lambda pool: pool.release(EVE, by=JOY, at=day(1)), NotSeated),
    (lambda pool: pool.thaw(EVE, by=JOY, at=day(1)), NotSeated),
    (lambda pool: pool.freeze(CHIDI, by=JOY, at=day(1)), NotSeated),
]


@pytest.mark.parametrize(("order", "refusal"), REFUSED)
def test_what_cannot_be_done_with_seats_is_refused_and_nothing_is_recorded(
    order: Callable[[SeatPool], None], refusal: type[DomainError]
) -> None:
    pool = a_pool(3, ANA, BO, CHIDI)
    pool.release(CHIDI, by=CHIDI, at=day(0))
    known(pool)
    with pytest.raises(refusal):
        order(pool)
    assert facts(pool) == []


def test_a_practice_has_a_name() -> None:
    with pytest.raises(InvalidFields):
        SeatPool.open(PRACTICE, name=" ", manager_id=JOY, at=day(0))


class Seating(RuleBasedStateMachine):
    """A practice in which everybody does as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = a_pool(2)
        self.now = day(0)
        self.last = 0
        self.ever: set[UUID] = set()

    def tried(self, order: Callable[[datetime], None]) -> None:
        self.now += timedelta(hours=1)
        known(self.pool)
        try:
            order(self.now)
        except DomainError:
            assert facts(self.pool) == []

    @rule(count=st.integers(0, 4), late=st.integers(0, 5))
    def stripe_is_looked_at(self, count: int, late: int) -> None:
        observed_at = self.now - timedelta(hours=late)
        self.tried(lambda at: self.pool.observe_count(count, observed_at=observed_at, at=at))

    @rule(count=st.integers(0, 5))
    def another_number_is_asked_for(self, count: int) -> None:
        self.tried(lambda at: self.pool.ask_for_count(count, renews_at=day(30), by=JOY, at=at))

    @rule()
    def a_seat_is_offered(self) -> None:
        self.last += 1
        self.tried(lambda at: self.pool.offer(UUID(int=900 + self.last), by=JOY, at=at))

    @precondition(lambda self: self.pool.offers)
    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def a_seat_is_taken(self, who: UUID, data: st.DataObject) -> None:
        seat_id = data.draw(st.sampled_from([*self.pool.offers]))
        self.tried(lambda at: self.pool.accept(seat_id, member_id=who, at=at))
        self.ever |= set(self.pool.seated())

    @rule(who=st.sampled_from(PEOPLE), what=st.sampled_from(["release", "freeze", "thaw"]))
    def something_happens_to_a_seat(self, who: UUID, what: str) -> None:
        self.tried(lambda at: getattr(self.pool, what)(who, by=JOY, at=at))

    @invariant()
    def never_more_sit_than_are_paid_for(self) -> None:
        assert len(self.pool.seated()) <= self.pool.bought
        assert self.pool.free(self.now) >= 0

    @invariant()
    def nobody_is_forgotten(self) -> None:
        assert set(self.pool.seats) == self.ever
        assert all(seat.state is seat.history[-1][1] for seat in self.pool.seats.values())

    @invariant()
    def nobody_waits_beside_an_empty_seat(self) -> None:
        waits = any(
            seat.frozen_for is FreezeReason.FEWER_BOUGHT for seat in self.pool.seats.values()
        )
        assert not waits or len(self.pool.seated()) == self.pool.bought


Seating.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestSeating = Seating.TestCase
