"""Credits earned elsewhere: commands, documents, and what they come to in a licence's account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from domain.certificates.papers import CreditKind
from domain.credits.outside import NotYourCredit, OutsideCreditRemoved
from domain.errors import AlreadyExists, InvalidFields, NotFound
from domain.members.member import ErasureBasis, LicenceUnknown, MemberForgotten
from domain.personal import shown
from domain.rules.account import Account
from infra.database import ConnectKwargs
from projections.outside_credits import queries as outside
from services.credits.outside import (
    CorrectOutsideCredit,
    EnterOutsideCredit,
    RemoveOutsideCredit,
    TextNotAboutLicence,
    keep_document,
)
from services.credits.renewals import counts_under, renewals
from services.credits.what_if import WhatIf
from services.members.commands import EndLicence, ForgetMember
from tests.support.builders import SIX_PM, a_document
from tests.support.house import RealHouse, SmallHouse, open_real_house
from tests.support.outside import PDF, PNG, an_activity, enter, entered, kept
from tests.support.story import CALIFORNIA, Story

RULE_NAME = "Professional Activities: Peer Consultation"


@pytest.fixture
async def small() -> SmallHouse:
    """A small house with Ana, a psychologist, and Chidi, who has no licence yet."""
    house = SmallHouse()
    await house.begin(sponsored=False)
    house.clock.at = SIX_PM
    return house


# Commands


async def test_an_entry_takes_its_unit_from_the_text_and_its_topics_in_order(
    small: SmallHouse,
) -> None:
    credit = await entered(small, await enter(small, topics=["ethics", "cultural", "ethics"]))
    assert (credit.member_id, credit.facts.unit) == (small.ana, "hour")
    assert credit.facts.topics == ["cultural", "ethics"]
    assert shown(credit.facts.title) == "Law and ethics, a short course"


async def test_the_same_order_twice_is_one_entry(small: SmallHouse) -> None:
    command = EnterOutsideCredit(
        credit_id=small.id("one"), member_id=small.ana, activity=an_activity(small), by=small.ana
    )
    order = uuid4()
    first = await small.do(command, command_id=order)
    again = await small.do(command, command_id=order)
    assert (again.position, again.repeated) == (first.position, True)
    assert isinstance(await small.refused(command), AlreadyExists)


@pytest.mark.parametrize("who", ["bo", "admin"])
async def test_nobody_else_enters_corrects_or_removes(small: SmallHouse, who: str) -> None:
    credit_id, other = await enter(small), small.id(who)
    said = an_activity(small, amount=Decimal(9))
    for command in (
        EnterOutsideCredit(credit_id=uuid4(), member_id=small.ana, activity=said, by=other),
        CorrectOutsideCredit(credit_id=credit_id, activity=said, reason="Mine.", by=other),
        RemoveOutsideCredit(credit_id=credit_id, reason="Mine.", by=other),
    ):
        assert isinstance(await small.refused(command), NotYourCredit)
    assert (await entered(small, credit_id)).facts.amount == Decimal("1.5")


async def test_a_licence_must_be_the_members_own(small: SmallHouse) -> None:
    command = EnterOutsideCredit(
        credit_id=uuid4(), member_id=small.ana, activity=an_activity(small, "bo"), by=small.ana
    )
    assert isinstance(await small.refused(command), LicenceUnknown)


@pytest.mark.parametrize("pack_id", ["us-md-counseling", "contact-hour", "nobody", ""])
async def test_a_text_must_be_about_the_licence(small: SmallHouse, pack_id: str) -> None:
    command = EnterOutsideCredit(
        credit_id=uuid4(),
        member_id=small.ana,
        activity=an_activity(small, pack_id=pack_id),
        by=small.ana,
    )
    assert isinstance(await small.refused(command), TextNotAboutLicence)


async def test_a_topic_that_no_text_names_is_refused(small: SmallHouse) -> None:
    command = EnterOutsideCredit(
        credit_id=uuid4(),
        member_id=small.ana,
        activity=an_activity(small, topics=["my client Ms Invented"]),
        by=small.ana,
    )
    refusal = await small.refused(command)
    assert isinstance(refusal, InvalidFields)
    assert list(refusal.fields) == ["topics"]


async def test_nothing_is_entered_for_the_forgotten(small: SmallHouse) -> None:
    await small.do(ForgetMember(member_id=small.ana, basis=ErasureBasis.OWN_REQUEST, by=small.ana))
    command = EnterOutsideCredit(
        credit_id=uuid4(), member_id=small.ana, activity=an_activity(small), by=small.ana
    )
    assert isinstance(await small.refused(command), MemberForgotten)


async def test_what_is_not_there_cannot_be_set_right(small: SmallHouse) -> None:
    said = an_activity(small)
    for command in (
        CorrectOutsideCredit(credit_id=small.ana, activity=said, reason="Why.", by=small.ana),
        RemoveOutsideCredit(credit_id=uuid4(), reason="Why.", by=small.ana),
    ):
        assert isinstance(await small.refused(command), NotFound)


def effects(house: SmallHouse) -> list[tuple[str, UUID]]:
    """Return what was asked for the documents, in order."""
    return [
        (each.kind, UUID(each.payload["document_id"]))
        for each in house.memory.effects.values()
        if each.kind in {"keep_document", "drop_document"}
    ]


async def test_documents_are_kept_once_named_and_dropped_once_they_prove_nothing(
    small: SmallHouse,
) -> None:
    first, second = a_document(small.id("first")), a_document(small.id("second"))
    credit_id = await enter(small, document=first)
    for document in (first, second):
        said = an_activity(small, amount=Decimal(2), document=document)
        await small.do(
            CorrectOutsideCredit(credit_id=credit_id, activity=said, reason="A slip.", by=small.ana)
        )
    await small.do(RemoveOutsideCredit(credit_id=credit_id, reason="Not mine.", by=small.ana))
    assert effects(small) == [
        ("keep_document", first.document_id),
        ("keep_document", second.document_id),
        ("drop_document", first.document_id),
        ("drop_document", second.document_id),
    ]
    command = CorrectOutsideCredit(
        credit_id=credit_id, activity=an_activity(small), reason="Again.", by=small.ana
    )
    assert isinstance(await small.refused(command), OutsideCreditRemoved)


# On a real house


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    """Ana's licence runs to the end of 2026, so that its cycle is known."""
    story = house.story(request.node.name)
    await story.begin(sponsored=False)
    await story.do(
        EndLicence(
            member_id=story.ana, licence_id=story.licence("ana"), last_day=date(2026, 12, 31)
        )
    )
    story.clock.at = SIX_PM
    return story


async def documents(house: RealHouse, story: Story) -> list[UUID]:
    """Return the documents that are kept of Ana."""
    rows = await house.fetch(
        "SELECT document_id FROM sealed_documents WHERE subject_id = $1 AND kept_at IS NOT NULL",
        story.ana,
    )
    return [document_id for (document_id,) in rows]


async def account(house: RealHouse, story: Story) -> Account:
    """Return how Ana's Californian licence stands."""
    await house.drain()
    async with house.house.views() as conn:
        found = await renewals(
            conn,
            house.house.rules(),
            story.ana,
            now=story.clock.now(),
            what_if=WhatIf(),
            regrets_about=house.house.regrets.of_meetings,
        )
    (mine,) = [each.standing.now for each in found if each.standing.pack.id == CALIFORNIA]
    assert mine is not None
    return mine


async def test_forgetting_removes_the_documents_and_what_was_said(
    house: RealHouse, story: Story
) -> None:
    document = await kept(house.house, story)
    credit_id = await enter(story, document=document)
    await house.drain()
    assert await documents(house, story) == [document.document_id]
    assert await house.house.documents.fetch(document.document_id) == PDF
    await story.do(ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.ana))
    await house.drain()
    assert await documents(house, story) == []
    assert await house.house.documents.fetch(document.document_id) is None
    assert (await entered(story, credit_id)).facts.title.erased
    async with house.house.views() as conn:
        assert await outside.of_member(conn, story.ana) == []
    with pytest.raises(MemberForgotten):
        await keep_document(house.house.documents, document, story.ana, PDF)


async def test_another_document_takes_the_place_of_the_first(
    house: RealHouse, story: Story
) -> None:
    first, second = [await kept(house.house, story, content=each) for each in (PDF, PNG)]
    credit_id = await enter(story, document=first)
    said = an_activity(story, document=second)
    await story.do(
        CorrectOutsideCredit(credit_id=credit_id, activity=said, reason="Clearer.", by=story.ana)
    )
    await house.drain()
    assert await documents(house, story) == [second.document_id]
    await story.do(RemoveOutsideCredit(credit_id=credit_id, reason="Not mine.", by=story.ana))
    await house.drain()
    assert await documents(house, story) == []


async def test_the_view_keeps_what_was_said_before(house: RealHouse, story: Story) -> None:
    credit_id = await enter(story, category="Sponsored CE")
    for amount in ("2", "2.5"):
        said = an_activity(story, amount=Decimal(amount), live=None)
        await story.do(
            CorrectOutsideCredit(
                credit_id=credit_id, activity=said, reason=f"It was {amount}.", by=story.ana
            )
        )
    await house.drain()
    async with house.house.views() as conn:
        (row,) = await outside.of_member(conn, story.ana)
    assert (row.now.amount, row.now.reason, row.now.category) == (
        Decimal("2.5"),
        "It was 2.5.",
        None,
    )
    assert [(said.amount, said.reason) for said in row.before] == [
        (Decimal(2), "It was 2."),
        (Decimal("1.5"), None),
    ]
    assert row.counts


async def test_what_is_entered_counts_in_the_total_marked_as_such_and_no_longer_once_taken_back(
    house: RealHouse, story: Story
) -> None:
    before = await account(house, story)
    credit_id = await enter(story, category="Sponsored continuing education")
    after = await account(house, story)
    assert after.counted == before.counted + Decimal("1.5")
    (row,) = [each for each in after.rows if each.entry.elsewhere]
    assert row.entry.key == f"entered:{credit_id}"
    assert (row.entry.live, row.entry.title) == (True, "Law and ethics, a short course")
    (law,) = [each for each in after.floors if each.floor.name == "Law and ethics"]
    assert law.have == Decimal("1.5")
    assert "Sponsored continuing education" in after.categories
    await story.do(RemoveOutsideCredit(credit_id=credit_id, reason="Not mine.", by=story.ana))
    assert (await account(house, story)).counted == before.counted


async def test_the_limits_of_the_text_hold_for_what_is_entered_too(
    house: RealHouse, story: Story
) -> None:
    """Eighteen hours of peer consultation and 27 of sponsored CE are the most that count."""
    await enter(
        story,
        name="consultation",
        amount=Decimal(30),
        category=RULE_NAME.upper(),
        credit_kind=None,
        topics=[],
    )
    peers = await account(house, story)
    assert peers.counted == 18
    (row,) = peers.rows
    assert row.entry.credit_kind is CreditKind.CLAIMED
    await enter(story, name="course", amount=Decimal(40), topics=[])
    both = await account(house, story)
    assert both.counted == 18 + 27
    assert both.cut == 12 + 13


async def test_an_entry_counts_under_its_own_licence_and_cycle_only(
    house: RealHouse, story: Story
) -> None:
    other = await story.psychologist("ana", licence_id=story.id("second"), jurisdiction="US-MD")
    await enter(story, name="early", day=date(2020, 3, 2))
    await enter(story, name="elsewhere", licence_id=other, pack_id="us-md-psychology")
    assert (await account(house, story)).counted == 0


async def test_an_entry_waits_for_its_correction_where_the_text_counts_in_another_way_now(
    house: RealHouse, story: Story
) -> None:
    """A number of hours is not that number of another unit."""
    await enter(story)
    await house.drain()
    async with house.house.views() as conn:
        (row,) = await outside.of_member(conn, story.ana)
    pack = house.house.rules().newest(CALIFORNIA)
    assert pack is not None
    assert pack.cycle is not None
    assert counts_under(pack, row.now)
    other = replace(pack, cycle=replace(pack.cycle, unit="credit"))
    assert not counts_under(other, row.now)
    assert not counts_under(replace(pack, cycle=None), row.now)
