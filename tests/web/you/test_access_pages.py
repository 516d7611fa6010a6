"""What people, their peers and administrators read of access; and what peers never read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from domain.access.table import AccessState, Action, Answer, may
from domain.access.words import ALWAYS_YOURS
from domain.corridor.word import Word
from infra.database import ConnectKwargs
from tests.support.builders import SIX_PM, minutes
from tests.support.evenings import DAYS, Evening, a_group, an_evening, opened
from tests.support.house import RealHouse, open_real_house
from tests.support.pages import Pages, begun, hidden, words_of
from tests.support.story import Story

STATES = list(AccessState)
SHAMEFUL = re.compile(
    r"\b(?:dues|unpaid|paid|pays?|payments?|paused?|card|bank|membership|lapsed?|narrowed|grace|"
    r"subscription|scholarship|stripe|invoice|billing|owe[sd]?|on leave|on_leave)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    folder = tmp_path_factory.mktemp("house")
    async with open_real_house(database, folder, takes_dues=True) as opened_house:
        yield opened_house


@pytest.fixture(scope="module")
async def pages(house: RealHouse) -> Pages:
    return await begun(house)


@pytest.fixture(scope="module")
async def evenings(pages: Pages) -> dict[AccessState, tuple[Story, Evening]]:
    """One evening for each way in which Ana's membership can stand; each door is open."""
    told, house = {}, pages.real
    for state in STATES:
        story = house.story(f"evening {state}")
        evening = await an_evening(story, state)
        await opened(story, evening)
        told[state] = (story, evening)
    house.clock.at = SIX_PM + minutes(1)
    await house.drain()
    return told


async def post(client: httpx.AsyncClient, address: str, page: str, **typed: str) -> httpx.Response:
    form = hidden((await client.get(page)).text)
    return await client.post(address, data={**form, **typed}, follow_redirects=True)


@pytest.mark.parametrize("state", STATES)
async def test_the_table_holds_on_the_pages(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], state: AccessState
) -> None:
    story, evening = evenings[state]
    code = story.codes.current(evening.meeting, story.clock.now())
    async with await pages.browser(story.ana) as ana:
        room = f"/meetings/{evening.meeting}"
        own = f"/meetings/{evening.own}"
        came = await post(ana, f"{room}/check-in", room, door_code=code)
        leads = await post(ana, f"{own}/open", own)
    answers = {Action.ATTEND_OWN_GROUPS: came, Action.FACILITATE_BOOKED: leads}
    for action, answer in answers.items():
        expected = 200 if may(action, state).allows else 403
        assert answer.status_code == expected, (action, words_of(answer.text))
        if expected == 403:
            assert 'href="/you/access"' in answer.text


@pytest.mark.parametrize("state", STATES)
async def test_writing_to_peers_is_as_the_table_says(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], state: AccessState
) -> None:
    story, _ = evenings[state]
    corridor = f"/groups/{story.group}/corridor"
    alone = may(Action.WRITE_TO_PEERS, state) is Answer.FACILITATOR_ONLY
    async with await pages.browser(story.ana) as ana:
        asked = (await ana.get(corridor)).text
        to_all = await post(ana, corridor, corridor, text="A word for all.", to="group")
        to_joy = await post(ana, corridor, corridor, text="For Joy.", to=str(story.joy))
    assert ("not open to you at the moment" in asked) == alone
    assert (to_all.status_code, to_joy.status_code) == (403 if alone else 200, 200)
    if alone:  # and what was written is still there, to be sent to the one who reads it
        assert "A word for all." in to_all.text
        assert 'href="/you/access"' in to_all.text
    async with await pages.browser(story.bo) as bo, await pages.browser(story.joy) as joy:
        read_by_bo, read_by_joy = [words_of((await each.get(corridor)).text) for each in (bo, joy)]
    assert ("A word for all." in read_by_bo) != alone
    assert ("For Joy." in read_by_bo, "For Joy." in read_by_joy) == (False, True)


async def test_whoever_has_lapsed_answers_alone_who_wrote_to_them_alone(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]]
) -> None:
    story, _ = evenings[AccessState.LAPSED]
    corridor = f"/groups/{story.group}/corridor"
    to_ana = Word(
        word_id=story.id("to Ana"),
        group_id=story.group,
        author_id=story.chidi,
        only_for=story.ana,
        just_listen=False,
        written_at=story.clock.now(),
        text="How are you?",
    )
    await pages.real.house.corridor.put(to_ana)
    async with await pages.browser(story.ana) as ana, await pages.browser(story.chidi) as chidi:
        asked = (await ana.get(corridor)).text
        unsaid = await post(ana, corridor, corridor, text="Well enough.")
        answered = await post(ana, corridor, corridor, text="Well enough.", to=str(story.chidi))
        read_by_chidi = words_of((await chidi.get(corridor)).text)
    assert "How are you?" in asked
    assert "you can write to one of those named below" in words_of(asked)
    assert re.findall(r'name="to" value="([^"]*)"', asked) == [str(story.joy), str(story.chidi)]
    # of two, nobody is chosen before: an answer is for the one who asked
    assert (unsaid.status_code, "Choose who reads it." in unsaid.text) == (400, True)
    assert (answered.status_code, "Well enough." in read_by_chidi) == (200, True)


@pytest.mark.parametrize("state", STATES)
async def test_the_last_rows_are_open_for_ever(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], state: AccessState
) -> None:
    story, evening = evenings[state]
    async with await pages.browser(story.ana) as ana:
        for address in (
            "/",
            "/groups",
            f"/groups/{story.group}",
            f"/groups/{story.group}/corridor",
            f"/meetings/{evening.meeting}",
            "/credits",
            "/credits/outside",
            "/certificates",
            "/renewals",
            "/you",
            "/you/access",
            "/membership",
            "/v",
        ):
            answer = await ana.get(address)
            assert answer.status_code == 200, address
    async with await pages.program(story.ana) as program:
        for address in ("me", "groups", "meetings", "credits", "certificates", "credits/outside"):
            assert (await program.get(f"/api/v1/{address}")).status_code == 200, address


@pytest.mark.parametrize("reader", ["joy", "bo"])
async def test_peers_and_the_facilitator_see_who_is_away_and_never_why(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], reader: str
) -> None:
    """Everything a peer can reach is read: pages, what a form refuses, and the JSON API.

    Whatever they read that touches money is read of somebody whose dues are paid, too.
    """
    said_of_everybody: set[str] = set()
    for state, (story, evening) in evenings.items():  # the first of them pays
        here = may(Action.ATTEND_OWN_GROUPS, state).allows
        await try_the_door(pages, story, evening)
        read = await everything(pages, story, evening, story.id(reader))
        assert len(read) > 8
        if state is AccessState.FULL:
            said_of_everybody = {each for text in read.values() for each in telling(text)}
        for address, text in read.items():
            assert telling(text) <= said_of_everybody, (state, address)
        room, group = read[f"/meetings/{evening.meeting}"], read[f"/groups/{story.group}"]
        assert ("Nguyễn Thị Ánh away" in room) != here
        assert ("Nguyễn Thị Ánh away" in group) != here


async def try_the_door(pages: Pages, story: Story, evening: Evening) -> None:
    """Let Ana check in, or be turned away."""
    room = f"/meetings/{evening.meeting}"
    code = story.codes.current(evening.meeting, story.clock.now())
    async with await pages.browser(story.ana) as ana:
        await post(ana, f"{room}/check-in", room, door_code=code)


def telling(text: str) -> set[str]:
    """Return every word about money with what stands around it."""
    return {text[max(0, m.start() - 25) : m.end() + 25] for m in SHAMEFUL.finditer(text)}


async def everything(pages: Pages, story: Story, evening: Evening, reader: UUID) -> dict[str, str]:
    """Follow every link from the pages about the group, and ask the API about it."""
    prefixes = (f"/groups/{story.group}", f"/meetings/{evening.meeting}")
    waiting = [
        "/",
        "/groups",
        *prefixes,
        f"/groups/{evening.own_group}",
        f"/meetings/{evening.own}",
    ]
    read: dict[str, str] = {}
    async with await pages.browser(reader) as client:
        while waiting:
            address = waiting.pop()
            if address in read:
                continue
            answer = await client.get(address)
            read[address] = words_of(answer.text)
            links = re.findall(r'href="(/(?:groups|meetings)/[^"#?]*)"', answer.text)
            waiting += [each for each in links if each not in read]
        for mark in ("here", "left"):
            room = f"/meetings/{evening.meeting}"
            form = hidden((await client.get(room)).text)
            sent = {**form, "member_id": str(story.eve), "to": mark}
            answer = await client.post(f"{room}/roster", data=sent, follow_redirects=True)
            read[f"mark {mark}"] = words_of(answer.text)
        lead = f"/meetings/{evening.meeting}/facilitator"
        answer = await post(client, lead, lead, member_id=str(story.ana))
        read["lead"] = words_of(answer.text)
        if answer.status_code == 200:  # it was taken on: give it back
            async with await pages.browser(story.ana) as ana:
                await post(ana, lead, lead, member_id=str(story.joy))
    async with await pages.program(reader) as program:
        for address in ("groups", "meetings", f"meetings/{evening.meeting}"):
            read[f"api {address}"] = (await program.get(f"/api/v1/{address}")).text
    return read


async def test_a_member_reads_why_now_and_on_a_day_that_is_over(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]]
) -> None:
    story, _ = evenings[AccessState.LAPSED]
    async with await pages.browser(story.ana) as ana:
        now = words_of((await ana.get("/you/access")).text)
        before = words_of((await ana.get("/you/access?on=2026-02-26")).text)
        long_ago = words_of((await ana.get("/you/access?on=2025-12-01")).text)
        ahead = await ana.get("/you/access?on=2026-12-01")
        today = pages.real.clock.now().date().isoformat()
        not_over = words_of((await ana.get(f"/you/access?on={today}")).text)
    assert "At the end of" not in not_over, "today is not over"
    assert "Your membership ended as you asked." in now
    assert "Your place in your groups is kept until 29 March 2026" in now
    assert ALWAYS_YOURS in now
    assert "Your membership ended" not in before
    assert "Your first meeting is free" in long_ago
    assert ahead.status_code == 400
    assert "Choose today, or a day that is over." in words_of(ahead.text)


@pytest.mark.parametrize("state", STATES)
async def test_an_administrator_reads_one_kind_sentence(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], state: AccessState
) -> None:
    story, _ = evenings[state]
    address = f"ana-{state.value.replace('_', '-')}@example.org"
    await pages.real.house.vault.keep_mail(story.ana, address)
    async with await pages.browser(pages.story.admin) as admin:
        found = await post(admin, "/admin/access", "/admin/access", email=address)
        unknown = await post(admin, "/admin/access", "/admin/access", email="x@example.org")
    assert found.url.path == f"/admin/access/{story.ana}"
    assert unknown.status_code == 400
    said = words_of(found.text).lower()
    assert "nguyễn thị ánh" in said
    assert not any(word in said for word in ("card", "bank", "eur", "fail", "owe", "unpaid"))


@pytest.mark.parametrize("state", STATES)
async def test_an_administrator_who_takes_somebody_in_reads_away_at_most(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]], state: AccessState
) -> None:
    story, _ = evenings[state]
    group = f"/groups/{await a_group(pages.story, pages.story.joy, state.value)}"
    await pages.real.drain()
    address = f"taken-in-{state.value.replace('_', '-')}@example.org"
    await pages.real.house.vault.keep_mail(story.ana, address)
    async with await pages.browser(pages.story.admin) as admin:
        answer = await post(admin, f"{group}/members", group, email=address)
    open_to_her = may(Action.JOIN_OR_FOUND, state).allows
    assert answer.status_code == (200 if open_to_her else 422)
    assert ("They are away at the moment." in words_of(answer.text)) != open_to_her


async def test_the_door_stands_open_again_the_moment_dues_are_paid(
    pages: Pages, evenings: dict[AccessState, tuple[Story, Evening]]
) -> None:
    story, evening = evenings[AccessState.ON_LEAVE]
    story.clock.at = SIX_PM + minutes(5)
    await evening.dues.look(period_end_at=SIX_PM + 400 * DAYS)
    await pages.real.drain()
    async with await pages.browser(story.ana) as ana:
        room = f"/meetings/{evening.meeting}"
        code = story.codes.current(evening.meeting, story.clock.now())
        assert (await post(ana, f"{room}/check-in", room, door_code=code)).status_code == 200


async def test_papers_outlive_every_membership(pages: Pages) -> None:
    """Ana never began one; a year after her free first meeting her papers are hers as ever."""
    story = pages.story
    start = SIX_PM + 30 * DAYS
    held = await story.held(
        {story.joy: (0, 60), story.ana: (0, 60)}, name="paper", start=start, evaluated=[story.ana]
    )
    await pages.real.drain()
    (certificate, *_) = await story.certificates(held, "ana")
    story.clock.at = start + 365 * DAYS
    await pages.real.drain()
    async with await pages.browser(story.ana) as ana:
        why = words_of((await ana.get("/you/access")).text)
        group = await ana.get(f"/groups/{story.group}")
        paper = await ana.get(f"/certificates/{certificate.id}/pdf")
    async with await pages.browser() as anybody:
        checked = await anybody.get(f"/v/{certificate.verification_code}")
    assert "Your free first meeting was on 1 April 2026." in why
    assert group.status_code == 404, "the place was kept for thirty days"
    assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")
    assert checked.status_code == 200
