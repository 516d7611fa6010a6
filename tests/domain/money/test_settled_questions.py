"""What Stripe says and nobody understands: settled by a person, and not asked again."""

from __future__ import annotations

import pytest

from domain.memberships.rules import NoSuchQuestion
from domain.memberships.standings import MembershipState
from tests.support.billing import SUBSCRIPTION, a_membership, active, day, observation
from tests.support.builders import JOY, facts


def test_a_settled_question_is_gone_and_the_last_answer_stands() -> None:
    membership = a_membership(active(1), observation(2, status="dreaming"))
    membership.settle_question(SUBSCRIPTION, by=JOY, at=day(3))
    (settled,) = facts(membership)
    assert (type(settled).__name__, settled.by) == ("QuestionSettled", JOY)  # type: ignore[attr-defined]  # its own field
    assert membership.questions == {}
    assert membership.state is MembershipState.ACTIVE


def test_the_same_words_are_no_new_question_and_others_are() -> None:
    membership = a_membership(active(1), observation(2, status="dreaming"))
    membership.settle_question(SUBSCRIPTION, by=JOY, at=day(3))
    membership.observe(observation(4, status="dreaming"), at=day(4))
    assert membership.questions == {}
    membership.observe(observation(5, status="sleeping"), at=day(5))
    assert membership.questions[SUBSCRIPTION][0].said == "sleeping"


def test_after_something_that_is_understood_the_same_words_are_a_question_again() -> None:
    membership = a_membership(active(1), observation(2, status="dreaming"))
    membership.settle_question(SUBSCRIPTION, by=JOY, at=day(3))
    membership.observe(active(4), at=day(4))
    membership.observe(observation(5, status="dreaming"), at=day(5))
    assert membership.questions[SUBSCRIPTION][0].said == "dreaming"


def test_nothing_is_settled_that_nobody_asked() -> None:
    membership = a_membership(active(1))
    with pytest.raises(NoSuchQuestion):
        membership.settle_question(SUBSCRIPTION, by=JOY, at=day(3))
    assert facts(membership) == []
