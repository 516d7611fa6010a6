"""Memberships: every step of the state machine, what moves it, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import DomainError, InvalidFields
from domain.memberships.membership import Membership
from domain.memberships.observations import Observation
from domain.memberships.rules import (
    AlreadyTakingPart,
    BackFirst,
    LeaveNotNow,
    MembershipNotLive,
    NotOnLeave,
    PaymentFirst,
    Wish,
    membership_id,
)
from domain.memberships.standings import LapseReason, MembershipState, Question
from tests.support.billing import (
    ACCOUNT,
    ANNUAL,
    MONTHLY,
    a_membership,
    active,
    day,
    ended,
    observation,
    paused,
    requested,
    trialing,
    trouble,
    unpaid,
    waiting,
)
from tests.support.builders import ANA, BO, about, facts, known

STATE = MembershipState
WAITS_FOR_FIRST = observation(1, status="incomplete", trouble=trouble(needs_second_factor=True))


def names(membership: Membership) -> list[str]:
    """Return what happened since the last look, without the looks themselves."""
    happened = [type(each).__name__ for each in facts(membership)]
    return [each for each in happened if each != "Observed"]


A_LOOK = pytest.mark.parametrize(
    ("before", "look", "recorded", "state"),
    [
        ([], WAITS_FOR_FIRST, ["PaymentFailed"], STATE.REQUESTED),
        ([], trialing(1), ["TrialStarted"], STATE.TRIAL),
        ([], active(1), ["Activated"], STATE.ACTIVE),
        ([], observation(1, status="incomplete_expired"), ["Lapsed"], STATE.LAPSED),
        ([WAITS_FOR_FIRST], active(2), ["Activated"], STATE.ACTIVE),
        ([trialing(1)], trialing(2), [], STATE.TRIAL),
        ([trialing(1)], trialing(2, until=20), ["TrialStarted"], STATE.TRIAL),
        ([trialing(1)], active(14), ["Activated"], STATE.ACTIVE),
        (
            [trialing(1)],
            unpaid(15, since=14),
            ["PaymentFailed", "GraceStarted"],
            STATE.GRACE,
        ),
        (
            [trialing(1)],
            ended(14, period_end_at=day(14), trial_end_at=day(14)),
            ["Lapsed"],
            STATE.LAPSED,
        ),
        ([active(1)], active(2), [], STATE.ACTIVE),
        ([active(1)], active(44, through=74), ["Renewed"], STATE.ACTIVE),
        ([active(1)], paused(2), ["LeaveStarted"], STATE.ON_LEAVE),
        ([active(1)], ended(44), ["Lapsed"], STATE.LAPSED),
        (
            [active(1)],
            unpaid(45, since=44, status="unpaid"),
            ["PaymentFailed", "GraceStarted"],
            STATE.GRACE,
        ),
        (
            [active(1)],
            paused(45, "final_payment_failure", unpaid_since=day(44)),
            ["GraceStarted"],
            STATE.GRACE,
        ),
        (
            [active(1)],
            ended(45, "payment_failed", unpaid_since=day(44)),
            ["GraceStarted"],
            STATE.GRACE,
        ),
        ([active(1)], ended(45, "payment_disputed"), ["Lapsed"], STATE.LAPSED),
        ([unpaid(45, since=44)], unpaid(46, since=44), [], STATE.GRACE),
        ([unpaid(45, since=44)], active(46, through=74), ["Recovered"], STATE.ACTIVE),
        ([unpaid(45, since=44)], paused(46), ["LeaveStarted"], STATE.ON_LEAVE),
        ([unpaid(59, since=44)], active(60, through=74), ["Recovered"], STATE.ACTIVE),
        (
            [active(1), paused(2)],
            active(60, through=74),
            ["LeaveEnded", "Renewed"],
            STATE.ACTIVE,
        ),
        (
            [active(1), paused(2)],
            unpaid(60, since=60),
            ["PaymentFailed", "LeaveEnded", "GraceStarted"],
            STATE.GRACE,
        ),
        ([active(1), ended(44)], active(60, through=90), ["Reinstated"], STATE.ACTIVE),
        ([active(1), ended(44)], ended(45), [], STATE.LAPSED),
    ],
)


@A_LOOK
def test_a_look_moves_the_membership(
    before: list[Observation], look: Observation, recorded: list[str], state: STATE
) -> None:
    membership = a_membership(*before)
    membership.observe(look, at=look.observed_at)
    assert names(membership) == recorded
    assert membership.state is state


@A_LOOK
def test_the_same_look_again_records_nothing(
    before: list[Observation], look: Observation, recorded: list[str], state: STATE
) -> None:
    membership = a_membership(*before, look)
    membership.observe(look, at=day(100))
    assert facts(membership) == []


@A_LOOK
def test_an_older_look_changes_nothing(
    before: list[Observation], look: Observation, recorded: list[str], state: STATE
) -> None:
    membership = a_membership(look)
    now = membership.standing
    for older in [*before, active(0.5), paused(0.6), ended(0.7)]:
        membership.observe(older, at=look.observed_at)
    assert facts(membership) == []
    assert membership.standing == now


@pytest.mark.parametrize(
    "look",
    [
        observation(2, status="dreaming"),
        paused(2, reason="system"),
        paused(2, reason=None),
        observation(2, period_end_at=None),
        observation(2, status="past_due"),
        ended(2, "payment_failed", latest_invoice=("in_2", "draft")),
        ended(2, "payment_failed", latest_invoice=("in_2", "paid"), period_end_at=None),
    ],
)
def test_what_is_not_understood_is_a_question_and_the_last_answer_stands(
    look: Observation,
) -> None:
    membership = a_membership(active(1))
    now = membership.standing
    for _ in range(2):
        membership.observe(look, at=day(2))
    assert names(membership) == ["QuestionRaised"]
    assert (membership.standing, len(membership.questions)) == (now, 1)
    membership.observe(active(3), at=day(3))
    assert membership.questions == {}


def test_a_question_outlives_an_understood_look_that_is_older_than_it() -> None:
    membership = a_membership(active(1))
    membership.observe(observation(4, status="dreaming"), at=day(4))
    membership.observe(paused(3), at=day(4))
    assert membership.state is STATE.ON_LEAVE
    question, _ = membership.questions["sub_1"]
    assert question == Question(about="status", said="dreaming")


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_questions_the_newer_one_is_asked(turn: int) -> None:
    membership = a_membership(active(1))
    looks = [observation(2, status="dreaming"), observation(3, status="floating")]
    for look in looks[::turn]:
        membership.observe(look, at=day(4))
    question, _ = membership.questions["sub_1"]
    assert question.said == "floating"


def test_grace_lasts_through_day_14_and_a_narrowed_membership_through_day_45() -> None:
    membership = a_membership(active(1), unpaid(45, since=44))
    steps = []
    while (at := membership.next_tick_at) is not None:
        membership.tick(at=at - (day(1) - day(0)) / 86_400)
        before = membership.state
        for _ in range(2):
            membership.tick(at=at)
        steps.append((at, before, membership.state))
    assert steps == [
        (day(44 + 14), STATE.GRACE, STATE.NARROWED),
        (day(44 + 45), STATE.NARROWED, STATE.LAPSED),
    ]
    assert names(membership) == ["AccessNarrowed", "Lapsed"]
    assert membership.standing.why is LapseReason.UNPAID


def test_a_membership_nobody_looked_at_for_long_still_tells_every_step() -> None:
    membership = a_membership(active(1))
    membership.observe(unpaid(200, since=44), at=day(200))
    assert names(membership) == ["PaymentFailed", "GraceStarted", "AccessNarrowed", "Lapsed"]


def test_a_second_unpaid_month_does_not_begin_grace_again() -> None:
    membership = a_membership(active(1), unpaid(45, since=44))
    membership.observe(unpaid(75, since=44, trouble=trouble(invoice_id="in_2")), at=day(75))
    assert names(membership) == ["PaymentFailed", "AccessNarrowed"]
    membership.observe(unpaid(76, since=74), at=day(76))  # the older invoice was written off
    assert membership.state is STATE.GRACE


def test_stripe_giving_up_early_does_not_end_access_early() -> None:
    membership = a_membership(active(1), unpaid(45, since=44))
    membership.observe(ended(50, "payment_failed", unpaid_since=day(44)), at=day(50))
    assert membership.state is STATE.GRACE
    membership.tick(at=day(44 + 45))
    assert membership.standing.why is LapseReason.UNPAID
    membership.observe(ended(90, "cancellation_requested"), at=day(90))  # our own tidying up
    assert membership.standing.why is LapseReason.UNPAID


def test_a_clock_that_lags_never_takes_a_step_back() -> None:
    membership = a_membership(active(1), unpaid(60, since=44))
    assert membership.state is STATE.NARROWED
    membership.tick(at=day(45))
    membership.observe(unpaid(61, since=44), at=day(45))
    assert membership.state is STATE.NARROWED
    membership.observe(active(62, through=90), at=day(46))
    moments = [at for at, _ in membership.history]
    assert (membership.state, moments) == (STATE.ACTIVE, sorted(moments))


def test_a_membership_that_ended_does_not_end_again_for_want_of_money() -> None:
    membership = a_membership(active(1), ended(44))
    again: dict[str, Any] = {"subscription_id": "sub_2", "began_at": day(50), "trouble": None}
    membership.observe(unpaid(200, since=80, **again), at=day(200))
    assert names(membership) == []
    assert membership.standing.why is LapseReason.CANCELLED


def test_each_failed_attempt_is_told_once_and_forgotten_when_it_is_mended() -> None:
    membership = a_membership(active(1))
    second = trouble(2, needs_second_factor=True)
    membership.observe(unpaid(45, since=44), at=day(45))
    membership.observe(unpaid(46, since=44), at=day(46))
    membership.observe(unpaid(47, since=44, trouble=second), at=day(47))
    assert names(membership) == ["PaymentFailed", "GraceStarted", "PaymentFailed"]
    assert membership.trouble == second
    membership.observe(active(48, through=74), at=day(48))
    assert membership.trouble is None


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_live_subscriptions_the_older_one_counts_whichever_was_seen_first(
    turn: int,
) -> None:
    older = active(5, subscription_id="sub_old", began=1, through=30)
    newer = active(4, subscription_id="sub_new", began=2, through=90)
    membership = a_membership(*[older, newer][::turn])
    assert membership.second_subscriptions == ["sub_new"]
    assert membership.standing.through == day(30)
    membership.observe(newer, at=day(6))
    assert facts(membership) == []
    gone = ended(7, subscription_id="sub_new", began=2)
    membership.observe(gone, at=day(7))
    assert (membership.second_subscriptions, membership.state) == ([], STATE.ACTIVE)


def test_whoever_subscribes_again_where_a_card_failed_is_not_narrowed_by_the_old_one() -> None:
    membership = a_membership(active(1), unpaid(45, since=44))
    again = active(46, subscription_id="sub_2", began=46, through=76)
    membership.observe(again, at=day(46))
    assert names(membership) == ["SecondSubscriptionSeen", "Recovered"]
    assert membership.second_subscriptions == ["sub_1"]
    membership.tick(at=day(70))
    assert membership.state is STATE.ACTIVE


def test_a_plan_that_was_taken_back_before_stripe_heard_of_it_is_no_wish_any_more() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    membership.ask_for_plan(MONTHLY, by=ANA, at=day(2))
    membership.observe(active(3), at=day(3))
    assert (membership.plan, membership.wishes, membership.plan_wanted) == (MONTHLY, {}, None)


def test_a_second_subscription_is_told_once() -> None:
    membership = a_membership(active(1))
    for seen in (2, 3):
        second = active(seen, subscription_id="sub_2", began=1)
        membership.observe(second, at=day(seen))
    assert names(membership) == ["SecondSubscriptionSeen"]


def test_whoever_comes_back_goes_on_with_another_subscription() -> None:
    membership = a_membership(active(1), ended(44))
    membership.observe(
        observation(60, subscription_id="sub_2", began=60, status="incomplete"), at=day(60)
    )
    assert membership.state is STATE.LAPSED
    back = active(61, subscription_id="sub_2", began=60, through=91)
    membership.observe(back, at=day(61))
    assert names(membership) == ["Reinstated"]
    assert membership.standing.through == day(91)


def test_one_checkout_is_open_and_the_older_one_is_handed_back() -> None:
    membership = requested()
    opened: dict[str, Any] = {"plan": MONTHLY, "expires_at": day(1)}
    assert membership.open_checkout("cs_1", at=day(0), **opened) is None
    assert membership.open_checkout("cs_1", at=day(0), **opened) is None
    assert membership.open_checkout("cs_2", at=day(0.5), **opened) == "cs_1"
    assert membership.open_checkout("cs_3", at=day(2), **opened) is None  # cs_2 ran out by itself
    membership.close_checkout("cs_1", at=day(2))
    assert membership.checkout == ("cs_3", day(1))
    membership.close_checkout("cs_3", at=day(2))
    assert membership.checkout is None


@pytest.mark.parametrize(
    "look", [trialing(1), active(1), unpaid(1, since=1), unpaid(20, since=1), paused(1)]
)
def test_what_lives_is_not_begun_a_second_time(look: Observation) -> None:
    membership = a_membership(look)
    with pytest.raises(AlreadyTakingPart):
        membership.open_checkout("cs_1", plan=MONTHLY, expires_at=day(99), at=day(1))
    assert facts(membership) == []


@pytest.mark.parametrize("asked_at", [46, 60])
def test_what_stripe_gave_up_on_is_begun_again_before_our_timetable_ends(asked_at: int) -> None:
    given_up = ended(45, "payment_failed", unpaid_since=day(44))
    membership = a_membership(active(1), given_up)
    membership.tick(at=day(asked_at))
    assert membership.state in {STATE.GRACE, STATE.NARROWED}
    assert membership.can_begin
    membership.open_checkout("cs_1", plan=MONTHLY, expires_at=day(99), at=day(asked_at))
    known(membership)
    again = active(61, subscription_id="sub_2", began=61, through=91)
    membership.observe(again, at=day(61))
    assert names(membership) == ["Recovered"]
    assert not membership.can_begin


def test_who_pays_what_stripe_gave_up_on_takes_part_until_that_period_ends() -> None:
    membership = a_membership(active(1), ended(45, "payment_failed", unpaid_since=day(44)))
    paid = ended(60, "payment_failed", latest_invoice=("in_2", "paid"), period_end_at=day(74))
    membership.observe(paid, at=day(60))
    assert names(membership) == ["Recovered"]
    assert membership.questions == {}
    assert (membership.state, membership.next_tick_at) == (STATE.ACTIVE, day(74))
    assert membership.can_begin
    asks: list[Callable[[], None]] = [
        lambda: membership.ask_for_leave(by=ANA, at=day(61)),
        lambda: membership.ask_for_plan(ANNUAL, by=ANA, at=day(61)),
        lambda: membership.withdraw_cancellation(by=ANA, at=day(61)),
    ]
    for ask in asks:
        with pytest.raises(MembershipNotLive):
            ask()
    membership.ask_to_cancel(by=ANA, at=day(61))
    membership.tick(at=day(73))
    assert names(membership) == []
    membership.tick(at=day(74))
    assert names(membership) == ["Lapsed"]
    assert membership.standing.why is LapseReason.ENDED_BY_STRIPE


def test_paying_it_after_it_lapsed_brings_back_what_is_left_of_the_period() -> None:
    membership = a_membership(active(1), ended(45, "payment_failed", unpaid_since=day(44)))
    membership.tick(at=day(90))
    known(membership)
    paid = ended(91, "payment_failed", latest_invoice=("in_2", "paid"), period_end_at=day(100))
    membership.observe(paid, at=day(91))
    assert names(membership) == ["Reinstated"]
    again = active(95, subscription_id="sub_2", began=95, through=125)
    membership.observe(again, at=day(95))
    assert (membership.runs_out, membership.next_tick_at) == (False, None)


@pytest.mark.parametrize(("status", "through"), [("paid", 50), ("void", 74)])
def test_what_is_paid_too_late_or_not_asked_for_any_more_is_no_question(
    status: str, through: int
) -> None:
    membership = a_membership(active(1), ended(45, "payment_failed", unpaid_since=day(44)))
    look = ended(60, "payment_failed", latest_invoice=("in_2", status), period_end_at=day(through))
    membership.observe(look, at=day(60))
    assert names(membership) == ["Lapsed"]


def test_one_payer_has_one_membership_for_one_person() -> None:
    assert requested().id == membership_id(ACCOUNT, ANA) != membership_id(ACCOUNT, BO)


def test_a_leave_is_asked_for_and_begins_when_the_payments_pause() -> None:
    membership = a_membership(active(1))
    for _ in range(2):
        membership.ask_for_leave(by=ANA, at=day(2))
    assert membership.state is STATE.ACTIVE
    assert membership.wishes == {Wish.LEAVE: day(2)}
    membership.observe(paused(3), at=day(3))
    membership.ask_for_leave(by=ANA, at=day(4))
    assert (membership.state, membership.wishes) == (STATE.ON_LEAVE, {})
    for _ in range(2):
        membership.ask_to_return(by=ANA, at=day(30))
    membership.observe(active(31, through=61), at=day(31))
    assert membership.wishes == {}
    assert names(membership) == [
        "LeaveAsked",
        "LeaveStarted",
        "ReturnAsked",
        "LeaveEnded",
        "Renewed",
    ]


def test_a_leave_that_was_only_asked_for_can_be_taken_back() -> None:
    membership = a_membership(active(1))
    membership.ask_for_leave(by=ANA, at=day(2))
    membership.ask_to_return(by=ANA, at=day(2))
    assert membership.wishes == {Wish.RETURN: day(2)}
    membership.observe(active(2), at=day(2))  # begun when the wish was, so it says nothing
    assert Wish.RETURN in membership.wishes
    membership.observe(active(3), at=day(3))
    assert membership.wishes == {}


def test_a_plan_changes_when_stripe_says_so_and_also_when_nobody_asked_here() -> None:
    membership = a_membership(active(1))
    for _ in range(2):
        membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    assert membership.plan == MONTHLY
    membership.observe(active(3, price=ANNUAL), at=day(3))
    assert (membership.plan, membership.wishes) == (ANNUAL, {})
    membership.observe(active(4), at=day(4))
    assert names(membership) == ["PlanChangeAsked", "PlanChanged", "PlanChanged"]


def test_cancelling_ends_the_membership_with_what_is_paid_and_can_be_taken_back() -> None:
    membership = a_membership(active(1))
    for _ in range(2):
        membership.ask_to_cancel(by=ANA, reason=about(ANA, "A journey."), at=day(2))
    membership.observe(active(3, ends=True), at=day(3))
    membership.ask_to_cancel(by=ANA, at=day(4))
    assert (membership.state, membership.ends_at) == (STATE.ACTIVE, day(44))
    for _ in range(2):
        membership.withdraw_cancellation(by=ANA, at=day(5))
    membership.observe(active(6), at=day(6))
    membership.withdraw_cancellation(by=ANA, at=day(7))
    assert (membership.ends_at, membership.wishes) == (None, {})
    assert names(membership) == [
        "CancellationAsked",
        "EndArranged",
        "CancellationWithdrawn",
        "EndLifted",
    ]


def test_a_cancellation_that_is_taken_back_before_stripe_heard_of_it_is_no_wish_any_more() -> None:
    membership = a_membership(active(1))
    membership.ask_to_cancel(by=ANA, at=day(2))
    membership.withdraw_cancellation(by=ANA, at=day(2))
    assert membership.wishes == {Wish.KEEP: day(2)}
    membership.observe(active(3), at=day(3))
    assert membership.wishes == {}


def test_a_wish_that_stripe_refuses_leaves_the_membership_as_it_is() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    for _ in range(2):
        membership.give_up_wish(Wish.PLAN, why="card_declined", at=day(2))
    assert (membership.plan, membership.plan_wanted, membership.wishes) == (MONTHLY, None, {})
    assert names(membership) == ["PlanChangeAsked", "WishNotGranted"]
    with pytest.raises(InvalidFields):
        membership.give_up_wish(Wish.PLAN, why="Ana's card, the blue one", at=day(2))


def test_a_plan_that_waits_for_its_payment_is_asked_for_and_changes_nothing() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    membership.observe(active(3, plan_waits=waiting(3, until=4)), at=day(3))
    assert (membership.plan, membership.state) == (MONTHLY, STATE.ACTIVE)
    assert membership.wishes.keys() == {Wish.PLAN}
    membership.observe(active(4, price=ANNUAL), at=day(4))
    assert (membership.plan, membership.wishes) == (ANNUAL, {})
    assert names(membership) == ["PlanChangeAsked", "PlanChanged"]


def test_a_plan_that_waited_in_vain_is_told_once_and_can_be_asked_for_again() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    membership.observe(active(3, plan_waits=waiting(3, until=4)), at=day(3))
    for seen in (5, 6):
        membership.observe(active(seen), at=day(seen))
    assert (membership.plan, membership.plan_wanted, membership.wishes) == (MONTHLY, None, {})
    assert names(membership) == ["PlanChangeAsked", "WishNotGranted"]
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(7))
    assert membership.wishes.keys() == {Wish.PLAN}


def test_whoever_asks_for_another_plan_meanwhile_waits_for_that_one() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    membership.observe(active(3, plan_waits=waiting(3, until=4)), at=day(3))
    membership.ask_for_plan("membership-weekly", by=ANA, at=day(4))
    membership.observe(active(5), at=day(5))
    assert membership.wishes == {Wish.PLAN: day(4)}


def test_taking_a_waiting_plan_back_is_so_once_nothing_waits_any_more() -> None:
    membership = a_membership(active(1))
    membership.ask_for_plan(ANNUAL, by=ANA, at=day(2))
    waits = waiting(3, until=4)
    membership.observe(active(3, plan_waits=waits), at=day(3))
    membership.ask_for_plan(MONTHLY, by=ANA, at=day(3.1))
    membership.observe(active(3.2, plan_waits=waits), at=day(3.2))
    assert membership.wishes == {Wish.PLAN: day(3.1)}, "its invoice can be paid still"
    membership.observe(active(3.3), at=day(3.3))
    assert membership.wishes == {}
    assert names(membership) == ["PlanChangeAsked", "PlanChangeAsked"]


def test_who_is_going_to_stop_stays_before_they_pause() -> None:
    membership = a_membership(active(1))
    membership.ask_to_cancel(by=ANA, at=day(2))
    with pytest.raises(LeaveNotNow):
        membership.ask_for_leave(by=ANA, at=day(3))
    membership.withdraw_cancellation(by=ANA, at=day(4))
    membership.ask_for_leave(by=ANA, at=day(5))
    with pytest.raises(BackFirst):  # it would be charged once the pause has begun
        membership.ask_for_plan(ANNUAL, by=ANA, at=day(6))


REFUSED: list[tuple[Observation | None, Callable[[Membership], object], type[DomainError]]] = [
    (None, lambda m: m.ask_for_leave(by=ANA, at=day(2)), LeaveNotNow),
    (trialing(1), lambda m: m.ask_for_leave(by=ANA, at=day(2)), LeaveNotNow),
    (unpaid(1, since=1), lambda m: m.ask_for_leave(by=ANA, at=day(2)), LeaveNotNow),
    (ended(1), lambda m: m.ask_for_leave(by=ANA, at=day(2)), LeaveNotNow),
    (active(1), lambda m: m.ask_to_return(by=ANA, at=day(2)), NotOnLeave),
    (None, lambda m: m.ask_for_plan(ANNUAL, by=ANA, at=day(2)), MembershipNotLive),
    (unpaid(1, since=1), lambda m: m.ask_for_plan(ANNUAL, by=ANA, at=day(2)), PaymentFirst),
    (paused(1), lambda m: m.ask_for_plan(ANNUAL, by=ANA, at=day(2)), BackFirst),
    (active(1), lambda m: m.ask_for_plan("The Blue", by=ANA, at=day(2)), InvalidFields),
    (ended(1), lambda m: m.ask_to_cancel(by=ANA, at=day(2)), MembershipNotLive),
    (ended(1), lambda m: m.withdraw_cancellation(by=ANA, at=day(2)), MembershipNotLive),
    (
        active(1),
        lambda m: m.ask_to_cancel(by=ANA, reason=about(ANA, " "), at=day(2)),
        InvalidFields,
    ),
]


@pytest.mark.parametrize(("look", "order", "refusal"), REFUSED)
def test_what_cannot_be_asked_for_is_refused_and_nothing_is_recorded(
    look: Observation | None,
    order: Callable[[Membership], object],
    refusal: type[DomainError],
) -> None:
    membership = a_membership(*([] if look is None else [look]))
    known(membership)
    with pytest.raises(refusal) as refused:
        order(membership)
    assert facts(membership) == []
    assert "!" not in refused.value.message
