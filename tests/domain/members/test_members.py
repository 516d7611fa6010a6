"""Members, their licences and names, and being forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.members.member import (
    ErasureBasis,
    HandOverFirst,
    LicenceExists,
    LicenceUnknown,
    Member,
    MemberForgotten,
    OwnRole,
    Role,
)
from tests.support.builders import (
    ADMIN,
    ANA,
    BO,
    LICENCE,
    SEVEN_PM,
    SIX_PM,
    a_licence,
    a_member,
    about,
    facts,
    known,
)


@pytest.mark.parametrize("name", ["", "   ", "x" * 4001, "A\0na", "A\ud800na"])
def test_a_name_must_be_printable(name: str) -> None:
    with pytest.raises(InvalidFields):
        a_member(name_on_papers=about(ANA, name))


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "Søren Ægir", "李小龙", "Владимир", "O'Neil-Smith"]
)
def test_any_real_name_is_welcome(name: str) -> None:
    assert a_member(name_on_papers=about(ANA, name)).name_on_papers.value == name


def test_a_licence_covers_its_first_and_last_day() -> None:
    member = a_member()
    member.add_licence(LICENCE, **a_licence())
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [len(member.licences_on(day)) for day in days] == [0, 1, 1, 0]


def test_a_licence_without_a_known_end_goes_on() -> None:
    member = a_member()
    member.add_licence(LICENCE, **a_licence(valid_until=None))
    assert len(member.licences_on(date(2099, 1, 1))) == 1


def test_the_same_licence_twice_is_no_second_fact_and_another_needs_its_own_id() -> None:
    member = a_member()
    member.add_licence(LICENCE, **a_licence())
    member.add_licence(LICENCE, **a_licence())
    with pytest.raises(LicenceExists):
        member.add_licence(LICENCE, **a_licence(jurisdiction="US-MD"))
    assert len(facts(member)) == 1


def test_a_licence_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidFields) as refused:
        a_member().add_licence(LICENCE, **a_licence(valid_until=date(2024, 1, 1)))
    assert list(refused.value.fields) == ["valid_until"]


def test_a_licence_can_end_early_and_the_unknown_cannot_end() -> None:
    member = a_member()
    member.add_licence(LICENCE, **a_licence())
    member.end_licence(LICENCE, last_day=date(2026, 1, 31), at=SEVEN_PM)
    member.end_licence(LICENCE, last_day=date(2026, 1, 31), at=SEVEN_PM)
    assert member.licences_on(date(2026, 2, 1)) == []
    assert len(facts(member)) == 2
    with pytest.raises(LicenceUnknown):
        member.end_licence(UUID(int=999), last_day=date(2026, 1, 31), at=SEVEN_PM)


def test_a_name_is_corrected_with_a_reason() -> None:
    member = a_member()
    new, why = about(ANA, "Ana Ruiz-Lee"), about(ANA, "Married.")
    member.correct_name(new, reason=why, by=ANA, at=SEVEN_PM)
    member.correct_name(new, reason=why, by=ANA, at=SEVEN_PM)
    assert [type(fact) for fact in facts(member)] == [Member.NameCorrected]
    with pytest.raises(InvalidFields):
        member.correct_name(about(ANA, "Ana"), reason=about(ANA, ""), by=ANA, at=SEVEN_PM)


def test_papers_write_a_name_in_another_way_until_it_changes_or_they_need_not() -> None:
    member = a_member(name_on_papers=about(ANA, "דנה לוי"))
    spelling = about(ANA, "Dana Levy")
    for _ in range(2):
        member.spell_for_papers(spelling, by=ANA, at=SIX_PM)
    assert (member.name_on_papers.value, member.printed_name) == ("דנה לוי", spelling)
    member.spell_for_papers(None, by=ANA, at=SIX_PM)
    assert member.printed_name == member.name_on_papers
    member.spell_for_papers(spelling, by=ANA, at=SIX_PM)
    married = about(ANA, "Dana Levy-Ruiz")
    member.correct_name(married, reason=about(ANA, "Married."), by=ANA, at=SIX_PM)
    assert member.printed_name == married
    member.spell_for_papers(married, by=ANA, at=SIX_PM)
    assert member.spelling is None
    assert [type(fact) for fact in facts(member)] == [
        *3 * [Member.SpelledForPapers],
        Member.NameCorrected,
    ]


def test_how_papers_write_a_name_is_a_line_about_the_member() -> None:
    with pytest.raises(InvalidFields):
        a_member().spell_for_papers(about(ANA, " "), by=ANA, at=SIX_PM)
    with pytest.raises(ValueError, match="spelling"):
        a_member().spell_for_papers(about(BO, "Bo Berg"), by=ANA, at=SIX_PM)


def test_a_name_of_somebody_else_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="name_on_papers"):
        a_member(name_on_papers=about(BO, "Bo Berg"))


def test_a_role_is_granted_and_withdrawn_once() -> None:
    member = a_member()
    for _ in range(2):
        member.grant_role(Role.ADMINISTRATOR, by=ADMIN, at=SIX_PM)
    assert member.roles == {Role.ADMINISTRATOR}
    assert member.is_administrator
    for _ in range(2):
        member.withdraw_role(Role.ADMINISTRATOR, by=ADMIN, at=SIX_PM)
    assert member.roles == set()
    assert len(facts(member)) == 2


def test_leave_begins_and_ends_once() -> None:
    member = a_member()
    for _ in range(2):
        member.take_leave(at=SIX_PM)
    for _ in range(2):
        member.come_back(at=SEVEN_PM)
    assert [type(fact) for fact in facts(member)] == [Member.LeaveTaken, Member.Returned]


@pytest.mark.parametrize(
    "order",
    [
        lambda member: member.add_licence(LICENCE, **a_licence()),
        lambda member: member.end_licence(LICENCE, last_day=date(2026, 1, 1), at=SIX_PM),
        lambda member: member.grant_role(Role.ADMINISTRATOR, by=ADMIN, at=SIX_PM),
        lambda member: member.withdraw_role(Role.ADMINISTRATOR, by=ADMIN, at=SIX_PM),
        lambda member: member.take_leave(at=SIX_PM),
        lambda member: member.come_back(at=SIX_PM),
        lambda member: member.correct_name(
            about(ANA, "Ana"), reason=about(ANA, "x"), by=ANA, at=SIX_PM
        ),
    ],
)
def test_nothing_more_is_recorded_about_the_forgotten(order: Callable[[Member], None]) -> None:
    member = a_member()
    for _ in range(2):
        member.forget(by=ANA, basis=ErasureBasis.OWN_REQUEST, at=SEVEN_PM)
    assert len(facts(member)) == 1
    with pytest.raises(MemberForgotten):
        order(known(member))
    assert facts(member) == []


def test_nobody_takes_a_role_from_themselves() -> None:
    member = a_member()
    member.grant_role(Role.ADMINISTRATOR, by=ADMIN, at=SIX_PM)
    member = known(member)
    with pytest.raises(OwnRole):
        member.withdraw_role(Role.ADMINISTRATOR, by=ANA, at=SEVEN_PM)
    assert facts(member) == []
    assert member.is_administrator


def test_an_administrator_is_forgotten_by_another_one_only() -> None:
    member = a_member()
    member.grant_role(Role.ADMINISTRATOR, by=BO, at=SEVEN_PM)
    with pytest.raises(HandOverFirst):
        member.forget(by=member.id, basis=ErasureBasis.OWN_REQUEST, at=SEVEN_PM)
    assert not member.forgotten
    member.forget(by=BO, basis=ErasureBasis.OWN_REQUEST, at=SEVEN_PM)
    assert member.forgotten
