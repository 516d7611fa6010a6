"""Letters about dues: their words, when they go, to whom, and that each goes once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.memberships.membership import Membership
from domain.memberships.rules import own_membership_id
from domain.memberships.scholarships import Tier
from domain.values import Money, Style
from infra.database import ConnectKwargs
from projections.memberships import project as view
from services import bootstrap
from services.groups.commands import FormGroup
from services.memberships import scholarships
from services.memberships.letters import SUBJECT, Facts, Letter, text_of
from services.memberships.reminding import remind_of_dues, remind_of_scholarships
from tests.support.builders import SIX_PM, a_rhythm
from tests.support.dues import Dues
from tests.support.fakes import FixedClock
from tests.support.house import ORIGIN, Outbox, RealHouse, settings_for
from tests.support.post_office import PostOffice, post_office
from tests.support.story import Story

_LINK = re.compile(r"https?://\S+")
_NEVER = (
    "therap", "patient", "client", "clinic", "diagnos", "session", "supervis", "illness", "burnout",
    "!", "€", "$", "EUR", "USD",
)  # fmt: skip
ALL_FACTS = Facts(
    link=f"{ORIGIN}/membership",
    narrows=SIX_PM,
    lapses=SIX_PM,
    through=SIX_PM,
    ends=SIX_PM,
    until=SIX_PM,
)


@pytest.mark.parametrize("letter", Letter)
def test_a_letter_is_kind_short_and_has_one_link(letter: Letter) -> None:
    text = text_of(letter, ALL_FACTS, zone="UTC")
    assert _LINK.findall(text) == [f"{ORIGIN}/membership"]
    assert not [word for word in _NEVER if word.lower() in text.lower()]
    assert "{" not in text
    assert len(text) < 900


def test_the_subject_tells_nobody_what_is_wrong() -> None:
    assert SUBJECT == "About your membership at Peerhour"


def test_a_practice_is_told_about_its_seats_by_name() -> None:
    facts = Facts(link="https://x.example/p", practice="Harbour", narrows=SIX_PM)
    assert "a payment for the seats of Harbour did not go through" in text_of(
        Letter.UNPAID, facts, zone="UTC"
    )


@dataclass
class Posted:
    """A house whose mail goes through a real server, and what arrived there."""

    real: RealHouse
    office: PostOffice
    known: list[str] = field(default_factory=list)

    def story(self, name: str) -> Story:
        return self.real.story(name)

    async def passes(self, days: float, *, only: str = "") -> list[tuple[str, str]]:
        """Let time go by; return to whom letters went meanwhile, and their words.

        Args:
            days: how much.
            only: the person of whom the test is; others of the house have letters of their own.
        """
        clock = self.real.clock
        clock.at += timedelta(days=days)
        before = len(self.office.caught)
        await self.real.drain()
        house = self.real.house
        while await remind_of_dues(house) + await remind_of_scholarships(house):
            await self.real.drain()
        await self.real.drain()
        return [
            (str(mail["To"]), " ".join(mail.get_content().split()))
            for mail in self.office.caught[before:]
            if str(mail["To"]).startswith(only)
        ]


@pytest.fixture(scope="module")
async def posted(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Posted]:
    clock = FixedClock()
    async with post_office() as (office, url):
        settings = settings_for(database, tmp_path_factory.mktemp("house"), smtp_url=url)
        async with bootstrap.open_house(
            settings,
            application_name="peerhour tests",
            migrating=False,
            clock=clock,
            takes_dues=True,
        ) as running:
            house = bootstrap.without_worker(running)
            yield Posted(RealHouse(running, house, clock, Outbox()), office)


async def begun(posted: Posted, name: str) -> Dues:
    """Somebody who pays for a month."""
    story = posted.story(name)
    await story.people("ana")
    await posted.real.house.vault.keep_mail(story.ana, f"{name}@example.org")
    dues = Dues(story, story.ana, f"cus_{name}")
    await dues.request()
    await dues.look()
    return dues


async def test_who_does_not_pay_is_written_to_on_the_days_that_matter(posted: Posted) -> None:
    dues = await begun(posted, "unpaid")
    assert await posted.passes(0) == []
    await dues.fail()
    since = dues.now
    told: list[tuple[float, str]] = []
    for day in range(47):
        wanted = since + timedelta(days=day, minutes=5)
        letters = await posted.passes((wanted - posted.real.clock.at) / timedelta(days=1))
        assert {to for to, _ in letters} <= {"unpaid@example.org"}
        told += [(day, words) for _, words in letters]
    assert [day for day, _ in told] == [0, 5, 12, 14, 44, 45]
    first, *_, narrowed, last, lapsed = (words for _, words in told)
    assert "nothing changes by it" in first
    assert f"{ORIGIN}/membership" in first
    assert "something changes from today" in narrowed
    assert "our last letter about it" in last
    assert "stay yours for ever" in lapsed


async def test_a_bank_that_wants_a_second_factor_is_named_as_such(posted: Posted) -> None:
    dues = await begun(posted, "confirms")
    await dues.fail(second_factor=True)
    ((to, words),) = await posted.passes(0)
    assert to == "confirms@example.org"
    assert "a second factor" in words
    assert "Nothing is wrong with the card" in words


async def test_whoever_paid_meanwhile_gets_no_letter_that_is_wrong_by_now(posted: Posted) -> None:
    dues = await begun(posted, "mended")
    await dues.fail()
    await dues.look()
    assert await posted.passes(0) == []


async def test_leave_end_and_change_of_mind_are_confirmed(posted: Posted) -> None:
    dues = await begun(posted, "leaves")
    await dues.look("paused", paused_for="pause_requested")
    ((_, words),) = await posted.passes(0)
    assert "your leave has begun" in words
    await dues.look()
    ((_, words),) = await posted.passes(1)
    assert "welcome back" in words
    await dues.look(ends_at_period_end=True)
    ((_, words),) = await posted.passes(1)
    assert "as you asked, your membership ends on" in words
    await dues.look()
    ((_, words),) = await posted.passes(1)
    assert "your membership goes on" in words


def test_a_day_is_the_readers_own() -> None:
    facts = Facts(link=f"{ORIGIN}/membership", ends=datetime(2026, 3, 15, 2, tzinfo=UTC))
    assert "ends on 15 March 2026" in text_of(Letter.END_ARRANGED, facts, zone="UTC")
    assert "ends on 14 March 2026" in text_of(Letter.END_ARRANGED, facts, zone="America/New_York")


async def test_a_letter_counts_days_where_its_reader_meets(posted: Posted) -> None:
    dues, story = await begun(posted, "faraway"), posted.story("faraway")
    await story.do(
        FormGroup(
            group_id=story.id("group"),
            name="Far lamp",
            promise="Half the time is not cases.",
            style=Style.INTERVISION,
            zone="Pacific/Auckland",
            rhythm=a_rhythm(),
            program_id=None,
            size_min=2,
            size_max=6,
            facilitator_id=story.ana,
            by=story.ana,
        )
    )
    await dues.look(ends_at_period_end=True)
    letters = await posted.passes(0, only="faraway")
    membership = await story.known(Membership, own_membership_id(story.ana))
    assert membership.ends_at is not None
    there = membership.ends_at.astimezone(ZoneInfo("Pacific/Auckland"))
    assert there.day != membership.ends_at.day, "else it would tell nothing"
    assert any(f"ends on {there.day} {there:%B %Y}" in words for _, words in letters)


async def test_a_trial_is_announced_to_end_once_three_days_before(posted: Posted) -> None:
    story = posted.story("tries")
    await story.people("ana")
    await posted.real.house.vault.keep_mail(story.ana, "tries@example.org")
    dues = Dues(story, story.ana, "cus_tries")
    await dues.request()
    await dues.look("trialing", trial_end_at=dues.now + timedelta(days=14))
    assert await posted.passes(10.9, only="tries") == []
    ((_, words),) = await posted.passes(0.2, only="tries")
    assert "your trial ends on" in words
    assert await posted.passes(1, only="tries") == []


async def test_a_scholarship_is_asked_about_once_before_its_year_is_over(posted: Posted) -> None:
    story = posted.story("carried")
    await story.people()
    await posted.real.house.vault.keep_mail(story.ana, "carried@example.org")
    fund = story.id("fund")
    await story.do(scholarships.OpenFund(fund_id=fund, name="Oil", currency="EUR", by=story.admin))
    year = Money(14_400, "EUR")
    await story.do(scholarships.FeedFund(fund_id=fund, key="gift", amount=year))
    await story.do(
        scholarships.ApplyForScholarship(member_id=story.ana, tier=Tier.FULL, by=story.ana)
    )
    await story.do(
        scholarships.GrantScholarship(
            member_id=story.ana, percent=Tier.FULL, fund_id=fund, amount=year
        )
    )
    assert await posted.passes(300, only="carried") == []
    ((to, words),) = await posted.passes(10, only="carried")
    assert to == "carried@example.org"
    assert "Is it still right for you?" in words
    assert await posted.passes(1, only="carried") == []


async def test_a_letter_goes_to_the_address_of_today_and_to_nobody_forgotten(
    posted: Posted,
) -> None:
    dues = await begun(posted, "moves")
    await posted.real.house.vault.keep_mail(dues.person_id, "elsewhere@example.org")
    await dues.fail()
    assert [to for to, _ in await posted.passes(0)] == ["elsewhere@example.org"]
    gone = await begun(posted, "gone")
    await gone.fail()
    await posted.real.house.vault.forget(gone.person_id)
    assert await posted.passes(0) == []


async def test_seen_again_from_the_first_event_on_nothing_is_written_twice(
    posted: Posted,
) -> None:
    dues = await begun(posted, "again")
    await dues.fail()
    assert len(await posted.passes(0)) == 1
    pool = posted.real.running.pool
    await pool.execute("UPDATE checkpoints SET position = 0 WHERE reader = 'process.write_letters'")
    await posted.real.running.projector.rebuild(view)
    assert await posted.passes(0) == []
    waiting = await posted.real.fetch("SELECT payload FROM outbox WHERE kind = 'dues_letter'")
    assert "example.org" not in str(waiting)
