"""Access: the table row by row, the union of grants, tonight's group, and the words for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.grants import (
    by_first_meeting,
    by_gift,
    by_membership,
    by_scholarship,
    by_seat,
    by_staff,
)
from domain.access.holdings import Holdings
from domain.access.table import AccessState, Action, Answer, may
from domain.access.union import Access, AccessNeeded, Grant, GrantKind, access_of
from domain.access.words import ALWAYS_YOURS, why
from domain.errors import NotAllowed
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.observations import DeclineKind, Observation
from domain.memberships.scholarships import Scholarship, Tier
from domain.values import UnknownZone
from tests.support.billing import (
    FUND,
    GIFT,
    a_membership,
    a_pool,
    active,
    day,
    ended,
    observation,
    paused,
    requested,
    trialing,
    trouble,
    unpaid,
)
from tests.support.builders import ANA, BO, JOY

STATE = AccessState

# Section 7.6 of the design, as it stands there: trial and active, grace, narrowed, leave, lapsed.
TABLE = """
attend_own_groups | yes | yes | yes         | seat_kept  | seat_kept_30_days
facilitate_booked | yes | yes | booked_only | hand_over  | hand_over
join_or_found     | yes | yes | no          | no         | no
write_to_peers    | yes | yes | own_groups  | own_groups | facilitator_only
read_own_notes    | yes | yes | yes         | yes        | yes
download_papers   | yes | yes | yes         | yes        | for_ever
public_check      | yes | yes | yes         | yes        | for_ever
export            | yes | yes | yes         | yes        | for_ever
invoices          | yes | yes | yes         | yes        | for_ever
card_page         | yes | yes | yes         | yes        | for_ever
reinstate         | yes | yes | yes         | yes        | for_ever
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_table_stands_as_it_was_designed(row: list[str]) -> None:
    action, *cells = row
    assert [may(Action(action), state) for state in AccessState] == cells


def test_the_table_has_every_action() -> None:
    assert [row[0] for row in ROWS] == [action.value for action in Action]


def test_only_seats_hand_overs_and_noes_keep_something_shut() -> None:
    shut = {answer for answer in Answer if not answer.allows}
    assert shut == {Answer.HAND_OVER, Answer.SEAT_KEPT, Answer.SEAT_KEPT_30_DAYS, Answer.NO}


@pytest.mark.parametrize(
    ("looks", "at", "state"),
    [
        ([], 1, STATE.LAPSED),
        ([trialing(1)], 2, STATE.FULL),
        ([active(1)], 2, STATE.FULL),
        ([active(1), unpaid(44, since=44)], 45, STATE.GRACE),
        ([active(1), unpaid(44, since=44), unpaid(58, since=44)], 58, STATE.NARROWED),
        ([active(1), paused(2)], 3, STATE.ON_LEAVE),
        ([active(1), ended(44)], 45, STATE.LAPSED),
        ([active(1), ended(44)], 43, STATE.FULL),
        ([active(1), ended(44), active(50, through=80)], 51, STATE.FULL),
        ([active(1)], 0.5, STATE.LAPSED),
    ],
)
def test_a_membership_grants_what_its_state_did_at_that_time(
    looks: list[Observation], at: float, state: AccessState
) -> None:
    assert access_of([by_membership(a_membership(*looks))]).state_at(day(at)) is state


def test_nobody_is_thrown_out_of_tonights_group() -> None:
    access = access_of([by_membership(a_membership(active(1), ended(44)))])
    tonight, tomorrow = day(44) + timedelta(hours=23), day(45)
    for action in (Action.ATTEND_OWN_GROUPS, Action.FACILITATE_BOOKED):
        assert access.may(action, tonight) is Answer.YES
        assert not access.may(action, tomorrow).allows
    assert access.may(Action.JOIN_OR_FOUND, tonight) is Answer.NO
    assert access.state_at(tonight) is STATE.LAPSED


def test_a_failed_card_leaves_all_open_for_14_days() -> None:
    access = access_of([by_membership(a_membership(active(1), unpaid(44, since=44)))])
    for hours in range(0, 14 * 24, 7):
        at = day(44) + timedelta(hours=hours)
        assert {access.may(action, at) for action in Action} == {Answer.YES}


def test_the_seat_is_kept_on_leave_for_ever_and_30_days_after_the_end() -> None:
    away = access_of([by_membership(a_membership(active(1), paused(2)))])
    over = access_of([by_membership(a_membership(active(1), ended(44)))])
    never = access_of([by_membership(requested())])
    assert away.keeps_seat(day(900))
    assert over.keeps_seat(day(73.9))
    assert not over.keeps_seat(day(74))
    assert not never.keeps_seat(day(1))


def test_a_gift_never_revives_after_its_months() -> None:
    gift = Gift.give(GIFT, months=1, giver_id=BO, at=day(0))
    assert access_of([by_gift(gift)]).state_at(day(5)) is STATE.LAPSED
    gift.redeem(ANA, at=day(10))
    access = access_of([by_gift(gift), by_membership(a_membership(active(20, through=50)))])
    alone = access_of([by_gift(gift)])
    states = [alone.state_at(day(each)) for each in (9, 10, 40, 42, 400)]
    assert states == [STATE.LAPSED, STATE.FULL, STATE.FULL, STATE.LAPSED, STATE.LAPSED]
    assert access.state_at(day(42)) is STATE.FULL


@pytest.mark.parametrize(
    ("tier", "state"), [(Tier.FULL, STATE.FULL), (Tier.THREE_QUARTERS, STATE.LAPSED)]
)
def test_a_scholarship_of_all_dues_takes_part_by_itself(tier: Tier, state: AccessState) -> None:
    scholarship = a_scholarship(tier)
    access = access_of([by_scholarship(scholarship)])
    assert access.state_at(day(5)) is state
    assert access.state_at(day(365 + 29)) is state  # it waits for the yearly answer
    assert access.state_at(day(365 + 30)) is STATE.LAPSED
    scholarship.end(at=day(10))
    assert access_of([by_scholarship(scholarship)]).state_at(day(11)) is STATE.LAPSED


def test_a_seat_gives_as_much_as_the_seat_and_the_practices_dues_do() -> None:
    pool = a_pool(2, ANA, BO)
    pool.freeze(BO, by=BO, at=day(20))
    pool.release(ANA, by=JOY, at=day(70))
    practice = a_membership(active(0.5), unpaid(44, since=44), active(60, through=90))
    ana, bo = (access_of([by_seat(pool, practice, who)]) for who in (ANA, BO))
    assert [ana.state_at(day(each)) for each in (0, 1, 45, 59, 61, 71)] == [
        STATE.LAPSED,
        STATE.FULL,
        STATE.GRACE,
        STATE.GRACE,
        STATE.FULL,
        STATE.LAPSED,
    ]
    assert bo.state_at(day(61)) is STATE.ON_LEAVE
    assert access_of([by_seat(pool, practice, JOY)]).state_at(day(1)) is STATE.LAPSED
    for action in (Action.DOWNLOAD_PAPERS, Action.EXPORT, Action.REINSTATE):
        assert ana.may(action, day(9000)) is Answer.FOR_EVER


def test_staff_have_access_while_they_work_here() -> None:
    access = access_of([by_staff([(day(1), True), (day(9), False)])])
    states = [access.state_at(day(each)) for each in (0, 1, 9)]
    assert states == [STATE.LAPSED, STATE.FULL, STATE.LAPSED]


def test_what_was_booked_before_a_state_began_can_be_told() -> None:
    late = [unpaid(each, since=44) for each in (44, 58)]
    access = access_of([by_membership(a_membership(active(1), *late))])
    assert access.since(day(60)) == day(58)
    assert access.since(day(50)) == day(44)
    assert access_of([]).since(day(1)) is None


def test_what_is_not_open_is_refused_kindly() -> None:
    access = access_of([by_membership(a_membership(active(1), ended(2)))])
    with pytest.raises(AccessNeeded) as refused:
        access.require(Action.JOIN_OR_FOUND, day(30))
    assert isinstance(refused.value, NotAllowed)
    assert access.require(Action.EXPORT, day(30)) is Answer.FOR_EVER


STATES = st.sampled_from(list(AccessState))
MOMENTS = st.integers(0, 100).map(day)
GRANTS = st.lists(st.tuples(MOMENTS, STATES), max_size=5, unique_by=lambda step: step[0]).map(
    lambda steps: Grant(GrantKind.MEMBERSHIP, tuple(sorted(steps)))
)


@given(st.lists(GRANTS, max_size=4), GRANTS, MOMENTS, st.sampled_from(list(Action)))
def test_another_grant_never_takes_anything_away(
    grants: list[Grant], another: Grant, at: datetime, action: Action
) -> None:
    before, after = access_of(grants), access_of([*grants, another])
    answer = after.may(action, at)
    assert answer is answer.wider(before.may(action, at))
    assert order(after, at) <= order(before, at)


@given(st.lists(GRANTS, max_size=4), MOMENTS)
def test_what_somebody_earned_is_never_shut(grants: list[Grant], at: datetime) -> None:
    access = access_of(grants)
    always = {Action.READ_OWN_NOTES, *list(Action)[list(Action).index(Action.DOWNLOAD_PAPERS) :]}
    assert all(access.may(action, at).allows for action in always)


@given(st.lists(GRANTS, max_size=4), MOMENTS, st.integers(1, 23))
def test_who_could_come_within_a_day_still_can(
    grants: list[Grant], at: datetime, hours: int
) -> None:
    access = access_of(grants)
    if may(Action.ATTEND_OWN_GROUPS, access.state_at(at)).allows:
        assert access.may(Action.ATTEND_OWN_GROUPS, at + timedelta(hours=hours)).allows


@pytest.mark.parametrize(
    ("looks", "seen"),
    [
        ([active(1)], "here"),
        ([active(1), unpaid(2, since=2)], "here"),
        ([active(1), unpaid(20, since=2)], "here"),
        ([active(1), paused(2)], "away"),
        ([active(1), ended(2)], "away"),
    ],
)
def test_peers_see_who_is_away_and_never_why(looks: list[Observation], seen: str) -> None:
    assert access_of([by_membership(a_membership(*looks))]).seen_by_peers(day(30)) == seen


AGAIN = "You can begin again whenever you like."
KEPT = ("Your place in your groups", "You can come to your groups")  # told in tests of their own


def told(*memberships: Membership, at: float = 5, **changes: object) -> tuple[str, ...]:
    holdings = Holdings(member_id=ANA, memberships=memberships, **changes)  # type: ignore[arg-type] # tests name what they are about
    answer = why(holdings, at=day(at), zone="Europe/Berlin")
    assert answer.member[-1] == ALWAYS_YOURS
    assert all("!" not in line for line in (*answer.member, answer.administrator))
    return tuple(line for line in answer.member[:-1] if not line.startswith(KEPT))


def for_administrators(membership: Membership, at: float) -> str:
    holdings = Holdings(member_id=ANA, memberships=[membership])
    return why(holdings, at=day(at), zone="Europe/Berlin").administrator


@pytest.mark.parametrize(
    ("looks", "lines"),
    [
        (
            [],
            [
                (
                    "You asked for a membership; the first payment is not completed, and nothing "
                    "was charged yet."
                )
            ],
        ),
        ([trialing(1)], ["You take part on a trial until 16 March 2026."]),
        ([active(1)], ["Your membership is paid through 15 April 2026."]),
        (
            [active(1, ends=True)],
            [
                "Your membership is paid through 15 April 2026.",
                "It ends on 15 April 2026; until then you can take it back.",
            ],
        ),
        (
            [paused(1)],
            ["You are on leave. Nothing is charged, and your seat and credits are kept."],
        ),
        ([ended(1)], [f"Your membership ended as you asked. {AGAIN}"]),
        (
            [ended(1, "payment_disputed")],
            [f"Your bank asked a payment back, so your membership rests. {AGAIN}"],
        ),
        (
            [ended(1, "a new word")],
            [f"Your membership was ended at our payment service. {AGAIN}"],
        ),
        (
            [observation(1, status="incomplete_expired")],
            [f"The first payment was not completed, so nothing was charged. {AGAIN}"],
        ),
        (
            [ended(1, period_end_at=day(1), trial_end_at=day(1))],
            [f"Your trial ended, and nothing was charged. {AGAIN}"],
        ),
        (
            [unpaid(1, since=1, trouble=trouble(needs_second_factor=True))],
            [
                "A payment due on 3 March 2026 did not go through.",
                "Everything stays open until 17 March 2026.",
                "Your bank wants you to confirm the payment; on the card page it asks you.",
            ],
        ),
        (
            [unpaid(20, since=1, trouble=trouble(next_try_at=day(23)))],
            [
                "A payment due on 3 March 2026 is still missing.",
                "Your own groups and the meetings you have booked go on; new groups wait.",
                "On 17 April 2026 the membership comes to rest.",
                "We try again on 25 March 2026; you can change the card before.",
            ],
        ),
        (
            [unpaid(99, since=1, trouble=trouble(kind=DeclineKind.HARD))],
            [f"Your membership rests because the dues were not paid for 45 days. {AGAIN}"],
        ),
        (
            [unpaid(2, since=1, trouble=trouble(kind=DeclineKind.HARD))],
            [
                "A payment due on 3 March 2026 did not go through.",
                "Everything stays open until 17 March 2026.",
                "Please choose another card on the card page; this one will not work again.",
            ],
        ),
        (
            [unpaid(2, since=1, trouble=trouble(next_try_at=None))],
            [
                "A payment due on 3 March 2026 did not go through.",
                "Everything stays open until 17 March 2026.",
                "It is not tried again by itself; your membership page says how to mend it.",
            ],
        ),
    ],
)
def test_a_member_reads_why_in_plain_sentences(looks: list[Observation], lines: list[str]) -> None:
    assert list(told(a_membership(*looks))) == lines


def test_what_was_asked_for_and_is_not_yet_so_is_told() -> None:
    membership = a_membership(active(1))
    membership.ask_for_leave(by=ANA, at=day(2))
    membership.ask_to_cancel(by=ANA, at=day(2))
    assert told(membership)[1:] == (
        "You asked for a leave; it begins as soon as the payments are paused.",
        "You asked to cancel; it is being arranged.",
    )


def test_whoever_has_nothing_is_told_how_to_begin() -> None:
    assert told() == ("You have no membership yet. You can begin one, or ask for a scholarship.",)


def test_seats_scholarships_gifts_and_work_are_told_beside_each_other() -> None:
    gift = Gift.give(GIFT, months=1, giver_id=BO, at=day(0))
    gift.redeem(ANA, at=day(0))
    lines = told(
        seats=[(a_pool(1, ANA), a_membership(active(0.5)))],
        scholarship=a_scholarship(Tier.HALF),
        gifts=[gift],
        staff=[(day(1), True)],
    )
    assert lines == (
        "Your seat with Harbour practice lets you take part.",
        (
            "A scholarship carries 50 percent of your dues until 2 March 2027, once you have a "
            "membership that it can carry a part of."
        ),
        "A gift of 1 month runs until 2 April 2026.",
        "You work for the house, so everything is open to you.",
    )


def test_a_seat_tells_what_became_of_it() -> None:
    practice = a_membership(active(0.5))
    pool = a_pool(2, ANA, BO)
    pool.observe_count(1, observed_at=day(1), at=day(1))
    seats = [(pool, practice)]
    bo = why(Holdings(member_id=BO, seats=seats), at=day(2), zone="UTC").member[0]
    assert bo == "Your seat with Harbour practice rests until the practice has a free one."
    pool.freeze(ANA, by=ANA, at=day(2))
    assert told(seats=seats)[0].endswith("is kept for you while you are away.")
    pool.release(ANA, by=JOY, at=day(3))
    assert told(seats=seats)[0].endswith(
        "ended on 5 March 2026. You can go on with a membership of your own."
    )
    assert told(seats=[(a_pool(1, ANA), a_membership(unpaid(1, since=1)))])[0].endswith(
        "lets you take part; the practice is asked to look at its dues."
    )


def test_a_scholarship_that_waits_for_the_fund_is_told() -> None:
    waits = Scholarship.apply_for(ANA, tier=Tier.FULL, at=day(0))
    assert told(scholarship=waits) == (
        "You asked for a scholarship; we write when the fund can carry it.",
    )
    assert told(scholarship=a_scholarship(Tier.FULL))[0].startswith("A scholarship carries your")


@pytest.mark.parametrize(
    "looks",
    [
        [active(1)],
        [unpaid(1, since=1)],
        [unpaid(20, since=1)],
        [paused(1)],
        [ended(1, "payment_disputed")],
    ],
)
def test_an_administrator_reads_less_and_nothing_that_shames(looks: list[Observation]) -> None:
    said = for_administrators(a_membership(*looks), at=21).lower()
    assert said
    assert not any(word in said for word in ("card", "bank", "disput", "fail", "owe", "eur"))


def lines_of(*, at: float, **changes: object) -> list[str]:
    holdings = Holdings(member_id=ANA, **changes)  # type: ignore[arg-type] # as above
    return list(why(holdings, at=day(at), zone="Europe/Berlin").member[:-1])


def test_a_first_meeting_is_free_and_its_end_throws_nobody_out() -> None:
    fresh = access_of([by_first_meeting(None)])
    came = access_of([by_first_meeting(day(1))])
    assert fresh.may(Action.JOIN_OR_FOUND, day(900)) is Answer.YES
    states = [came.state_at(day(each)) for each in (0, 1, 3.9, 4)]
    assert states == [STATE.FULL, STATE.FULL, STATE.FULL, STATE.LAPSED]
    attends = [came.may(Action.ATTEND_OWN_GROUPS, day(each)).allows for each in (4.9, 5.1)]
    assert attends == [True, False]
    assert came.keeps_seat(day(33))
    assert not came.keeps_seat(day(34.1))


def test_a_first_meeting_is_told_before_during_and_after() -> None:
    free = {"first_meeting_is_free": True}
    assert lines_of(at=1, **free) == [
        "Your first meeting is free: join a group, come once, and decide afterwards."
    ]
    came = "You came to your free first meeting; everything stays open until 6 March 2026, 19:00"
    assert lines_of(at=2, first_meeting_at=day(1), **free) == [f"{came} (Europe/Berlin time)."]
    again = "To come again, begin a membership, or ask for a scholarship."
    assert lines_of(at=4.5, first_meeting_at=day(1), **free) == [
        f"Your free first meeting was on 3 March 2026. {again}",
        "You can come to your groups until 7 March 2026, 19:00 (Europe/Berlin time) all the same.",
        "Your place in your groups is kept until 5 April 2026, 20:00 (Europe/Berlin time).",
    ]
    paid = [a_membership(active(1))]
    assert lines_of(at=2, memberships=paid, **free) == [
        "Your membership is paid through 15 April 2026."
    ]


@pytest.mark.parametrize(
    ("looks", "at", "told_of_it"),
    [
        ([active(1)], 2, False),
        ([unpaid(1, since=1)], 2, False),
        ([paused(1)], 2, False),
        ([unpaid(1, since=1), unpaid(20, since=1)], 20, True),
        ([active(0.5), ended(1)], 2, True),
    ],
)
def test_whoever_pays_and_never_came_is_told_of_a_free_meeting_only_if_it_gives_them_something(
    looks: list[Observation], at: float, *, told_of_it: bool
) -> None:
    said = lines_of(at=at, memberships=[a_membership(*looks)], first_meeting_is_free=True)
    assert ("the first one is free" in " ".join(said)) is told_of_it
    assert not any(line.startswith("Your first meeting is free") for line in said)


def test_a_leave_is_a_leave_also_for_whoever_never_came_to_a_meeting() -> None:
    away = Holdings(
        member_id=ANA, memberships=[a_membership(active(1), paused(5))], first_meeting_is_free=True
    ).access()
    assert [away.state_at(day(each)) for each in (4, 6)] == [STATE.FULL, STATE.ON_LEAVE]
    assert away.seen_by_peers(day(7)) == "away"


def test_what_ran_out_says_how_to_go_on() -> None:
    gift = Gift.give(GIFT, months=1, giver_id=BO, at=day(0))
    gift.redeem(ANA, at=day(0))
    assert told(gifts=[gift], at=60) == (
        "A gift of 1 month ran until 2 April 2026.",
        "To go on, begin a membership, or ask for a scholarship.",
    )
    rests = told(seats=[(a_pool(1, ANA), a_membership(active(0.5), ended(2)))])
    assert rests[0].endswith("You can wait, or begin a membership of your own.")


def test_a_house_that_takes_no_dues_is_open_to_everybody() -> None:
    open_house = Holdings(member_id=ANA, memberships=[a_membership(ended(1))], takes_dues=False)
    assert open_house.access().state_at(day(900)) is STATE.FULL
    assert lines_of(at=1, takes_dues=False) == [
        "This house takes no dues; everything is open to everybody."
    ]


def test_a_narrowed_facilitator_leads_what_was_planned_before() -> None:
    late = [unpaid(each, since=44) for each in (44, 58)]
    access = access_of([by_membership(a_membership(active(1), *late))])
    lapsed = access_of([by_membership(a_membership(active(1), ended(20)))])
    may_lead = [access.may_facilitate(day(planned), day(60)) for planned in (57, 58, 60)]
    assert may_lead == [True, False, False]
    assert access.may_facilitate(day(58.5), day(58.5)), "tonight is as it was this morning"
    assert not lapsed.may_facilitate(day(2), day(22))
    assert [access.may_lead_anew(day(each)) for each in (57.9, 58)] == [True, False]
    for planned_at in (day(60), None):
        with pytest.raises(AccessNeeded):
            access.require_to_facilitate(planned_at, day(60))


def test_somebody_elses_gift_is_not_ones_own() -> None:
    gift = Gift.give(GIFT, months=1, giver_id=ANA, at=day(0))
    gift.redeem(BO, at=day(0))
    assert Holdings(member_id=ANA, gifts=[gift]).access() == Access(())


def test_a_place_nobody_knows_is_refused() -> None:
    holdings = Holdings(member_id=ANA, memberships=[a_membership(active(1))])
    with pytest.raises(UnknownZone):
        why(holdings, at=day(1), zone="Moon/Base")


def a_scholarship(tier: Tier) -> Scholarship:
    scholarship = Scholarship.apply_for(ANA, tier=tier, at=day(0))
    scholarship.grant(tier, until=scholarship.next_until(day(0)), fund_id=FUND, at=day(0))
    return scholarship


def order(access: Access, at: datetime) -> int:
    return list(AccessState).index(access.state_at(at))
