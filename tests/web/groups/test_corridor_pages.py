"""Between meetings: what peers write to each other, on its page."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from domain.corridor.word import FADES_AFTER, LONGEST_WORD, MOST_STANDING
from domain.members.member import ErasureBasis
from services.corridor.words import LeaveWord, leave_word
from services.groups.commands import LeaveGroup, RemoveMember
from services.members.commands import ForgetMember
from services.web.pages.groups.corridor import WORDS
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

_GROUPS = iter(range(1, 500))
_TAKE_BACK = re.compile(r'action="([^"]*/take-back)"')
_REMOVE = re.compile(r'action="([^"]*/corridor/[^"]*/remove)"')
TEXT = "Somebody brought a parrot."


@pytest.fixture
async def at(pages: Pages) -> str:
    """The corridor of a group of the test's own: Joy leads; Ana, Bo and Chidi belong."""
    pages.real.clock.at = SIX_PM - timedelta(days=20)
    group_id = await pages.story.peer_group(name=f"corridor {next(_GROUPS)}")
    await pages.real.drain()
    pages.real.clock.move(seconds=60)
    return f"/groups/{group_id}/corridor"


async def say(
    browser: httpx.AsyncClient, at: str, text: str = TEXT, to: object = "group", **more: str
) -> httpx.Response:
    form = hidden((await browser.get(at)).text)
    return await browser.post(at, data={**form, "text": text, "to": str(to), **more})


async def read(browser: httpx.AsyncClient, at: str) -> str:
    answer = await browser.get(at)
    assert answer.status_code == 200, answer.text
    return words_of(answer.text)


def group_of(at: str) -> UUID:
    return UUID(at.split("/")[2])


async def kept(pages: Pages, at: str) -> list[tuple[object, ...]]:
    return await pages.real.fetch(
        "SELECT sealed, gone FROM corridor_words WHERE group_id = $1 ORDER BY written_at",
        group_of(at),
    )


async def test_a_word_is_read_by_the_group_and_enters_no_record(
    pages: Pages, at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    assert f'href="{at}"' in (await bo.get(f"/groups/{group_of(at)}")).text
    empty = await read(bo, at)
    assert "What you leave for each other will be here." in empty
    assert "No client appears here" in empty
    head = await pages.real.house.store.head()
    said = await say(ana, at, just_listen="on")
    assert said.headers["location"] == f"{at}?done=said"
    assert "Your word is there." in await read(ana, said.headers["location"])
    shown = await read(bo, at)
    for part in (TEXT, "Nguyễn Thị Ánh", "just listen"):
        assert part in shown
    assert "(you)" not in shown
    assert await pages.real.house.store.head() == head
    ((sealed, _),) = await kept(pages, at)
    assert isinstance(sealed, bytes)
    assert b"parrot" not in sealed


async def test_a_form_sent_twice_leaves_one_word_also_after_it_was_taken_back(
    pages: Pages, at: str, ana: httpx.AsyncClient
) -> None:
    form = {**hidden((await ana.get(at)).text), "text": TEXT, "to": "group"}
    for _ in range(2):
        assert (await ana.post(at, data=form)).status_code == 303
    assert (await read(ana, at)).count(TEXT) == 1
    (address,) = _TAKE_BACK.findall((await ana.get(at)).text)
    for _ in range(2):
        answer = await ana.post(address)
        assert answer.headers["location"] == f"{at}?done=word_back"
    assert (await ana.post(at, data=form)).status_code == 303
    assert TEXT not in await read(ana, at)
    assert await kept(pages, at) == [(None, "taken_back")]


async def test_words_stand_oldest_first_and_say_when_they_fade_in_the_readers_zone(
    pages: Pages, at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    for browser, text in ((ana, "first"), (bo, "second"), (ana, "third")):
        pages.real.clock.move(seconds=60)
        assert (await say(browser, at, text)).status_code == 303
    shown = await read(bo, at)
    assert shown.index("first") < shown.index("second") < shown.index("third")
    fades = pages.real.clock.at + FADES_AFTER
    assert f'datetime="{fades:%Y-%m-%dT%H:%M:%SZ}"' in (await bo.get(at)).text
    assert "(Central European Standard Time)" in shown


async def test_what_people_type_is_shown_as_they_typed_it(
    at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    typed = "<script>alert(1)</script> & https://elsewhere.example\r\n{{ 7 * 7 }}"
    await say(ana, at, typed)
    page = (await bo.get(at)).text
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; https://elsewhere.example\n{{ 7 * 7 }}" in page
    )
    assert 'href="https://elsewhere' not in page


async def test_the_facilitator_removes_a_word_and_says_so_kindly(
    pages: Pages,
    at: str,
    ana: httpx.AsyncClient,
    bo: httpx.AsyncClient,
    joy: httpx.AsyncClient,
) -> None:
    await say(ana, at)
    assert _REMOVE.findall((await bo.get(at)).text) == []
    (address,) = _REMOVE.findall((await joy.get(at)).text)
    assert (await bo.post(address)).status_code == 403
    assert TEXT in await read(bo, at)
    for _ in range(2):
        assert (await joy.post(address)).headers["location"] == f"{at}?done=word_removed"
    others, author = await read(bo, at), await read(ana, at)
    assert TEXT not in others + author
    assert "A word was removed." in others
    assert "Nguyễn Thị Ánh" not in others
    assert "Your word was removed by the facilitator." in author
    assert await kept(pages, at) == [(None, "removed")]


async def test_nobody_takes_back_what_somebody_else_wrote(
    at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    await say(ana, at)
    (address,) = _TAKE_BACK.findall((await ana.get(at)).text)
    for other in (bo, joy):
        assert (await other.post(address)).status_code == 403
    assert TEXT in await read(bo, at)


async def test_a_word_for_the_facilitator_alone_can_be_answered_alone(
    pages: Pages,
    at: str,
    ana: httpx.AsyncClient,
    bo: httpx.AsyncClient,
    joy: httpx.AsyncClient,
) -> None:
    assert "Only Joy Okafor, who holds the group together" in await read(ana, at)
    assert str(pages.story.ana) not in (await joy.get(at)).text
    assert (await say(ana, at, "Can we talk?", to=pages.story.joy)).status_code == 303
    assert "only Joy Okafor reads it" in await read(ana, at)
    assert "for you alone" in await read(joy, at)
    assert "Only Nguyễn Thị Ánh" in await read(joy, at)
    assert (await say(joy, at, "Tomorrow.", to=pages.story.ana)).status_code == 303
    assert "Tomorrow." in await read(ana, at)
    shown = await read(bo, at)
    assert "Can we talk?" not in shown
    assert "Tomorrow." not in shown
    (theirs,) = _TAKE_BACK.findall((await ana.get(at)).text)
    assert (await bo.post(theirs)).status_code == 404
    answer = await say(bo, at, "For Ana.", to=pages.story.ana)
    assert (answer.status_code, "For Ana." in answer.text) == (422, True)
    assert "something changed meanwhile" in words_of(answer.text)


async def test_no_administrator_reads_along(pages: Pages, at: str, ana: httpx.AsyncClient) -> None:
    await say(ana, at)
    (address,) = _TAKE_BACK.findall((await ana.get(at)).text)
    async with await pages.browser(pages.story.admin) as admin:
        assert at not in (await admin.get(f"/groups/{group_of(at)}")).text
        answers = [
            await admin.get(at),
            await admin.get(f"{at}/live"),
            await say(admin, at),
            await admin.post(address),
            await admin.post(address.replace("take-back", "remove")),
        ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert not [answer for answer in answers if TEXT in answer.text]
    assert TEXT in await read(ana, at)


@pytest.mark.parametrize("left", [True, False], ids=["left", "removed"])
async def test_whoever_left_or_was_removed_reads_and_writes_nothing(
    pages: Pages, at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient, *, left: bool
) -> None:
    await say(ana, at, "From Ana.")
    await say(bo, at, "From Bo.")
    (address,) = _TAKE_BACK.findall((await ana.get(at)).text)
    story, group_id = pages.story, group_of(at)
    pages.real.clock.move(seconds=60)
    away = {"group_id": group_id, "member_id": story.ana}
    await story.do(
        LeaveGroup(**away) if left else RemoveMember(**away, reason="We talked.", by=story.joy)
    )
    # the view that pages are drawn from has not heard of it yet: the stream decides
    answers = [await ana.get(at), await ana.post(at, data={"text": "x", "to": "group"})]
    answers += [await ana.get(f"{at}/live"), await ana.post(address)]
    await pages.real.drain()
    answers += [await ana.get(at)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 404]
    shown = await read(bo, at)
    assert "From Bo." in shown
    assert "From Ana." not in shown
    assert [sealed is None for sealed, _ in await kept(pages, at)] == [True, False]


async def test_whoever_has_left_enough_reads_what_to_do_and_keeps_what_they_typed(
    pages: Pages, at: str, joy: httpx.AsyncClient
) -> None:
    for number in range(MOST_STANDING):  # not through the page, which lets nobody write so fast
        said = LeaveWord(
            word_id=uuid4(),
            group_id=group_of(at),
            author_id=pages.story.joy,
            to=None,
            just_listen=False,
            text=f"word {number}",
        )
        await leave_word(pages.real.house, said)
    answer = await say(joy, at)
    assert (answer.status_code, TEXT in answer.text) == (422, True)
    assert "Take an older one back, or come again: your oldest fades at" in words_of(answer.text)
    own = _TAKE_BACK.findall((await joy.get(at)).text)
    assert len(own) == MOST_STANDING
    await joy.post(own[0])
    assert (await say(joy, at)).status_code == 303


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        pytest.param({"text": ""}, 400, id="nothing"),
        pytest.param({"text": "x" * (LONGEST_WORD + 1)}, 400, id="too much"),
        pytest.param({"text": "a\0b"}, 400, id="unshowable"),
        pytest.param({"to": ""}, 400, id="nobody"),
        pytest.param({"to": "everybody"}, 400, id="no reader"),
        pytest.param({"to": str(uuid4())}, 422, id="a stranger"),
    ],
)
async def test_what_cannot_be_left_is_said_beside_the_form_and_nothing_typed_is_lost(
    pages: Pages, at: str, ana: httpx.AsyncClient, answers: dict[str, str], status: int
) -> None:
    form = {**hidden((await ana.get(at)).text), "text": TEXT, "to": "group", **answers}
    answer = await ana.post(at, data=form)
    assert answer.status_code == status, answer.text
    if "text" not in answers:
        assert TEXT in answer.text
    assert await kept(pages, at) == []


async def test_a_word_of_another_group_is_not_there(
    pages: Pages, at: str, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    await say(ana, at)
    (address,) = _TAKE_BACK.findall((await ana.get(at)).text)
    other = address.replace(str(group_of(at)), str(pages.story.group))
    assert (await ana.post(other)).status_code == 404
    assert (await joy.post(other.replace("take-back", "remove"))).status_code == 404
    assert (await ana.post(f"{at}/{uuid4()}/take-back")).status_code == 404
    assert TEXT in await read(ana, at)


async def test_whoever_writes_very_much_waits_and_keeps_what_they_wrote(
    pages: Pages, at: str
) -> None:
    async with await pages.browser(pages.story.chidi) as chidi:
        for number in range(WORDS.limit):
            assert (await say(chidi, at, f"word {number}")).status_code == 303
        answer = await say(chidi, at)
        assert (answer.status_code, TEXT in answer.text) == (429, True)
        assert int(answer.headers["retry-after"]) > 0
        pages.real.clock.move(seconds=WORDS.window.total_seconds())
        assert (await say(chidi, at)).status_code == 303


async def test_a_word_fades_after_two_weeks_and_the_hourly_chore_deletes_it(
    pages: Pages, at: str, ana: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    await say(ana, at)
    pages.real.clock.at += FADES_AFTER - timedelta(seconds=1)
    assert TEXT in await read(bo, at)
    pages.real.clock.move(seconds=1)
    assert TEXT not in await read(bo, at)
    assert len(await kept(pages, at)) == 1
    await pages.real.running.chores.sweep()
    assert await kept(pages, at) == []


async def test_somebody_takes_their_own_words_along_and_nobody_elses(
    at: str, pages: Pages, ana: httpx.AsyncClient, bo: httpx.AsyncClient
) -> None:
    await say(ana, at)
    pages.real.clock.move(seconds=60)
    await say(ana, at, "For Joy.", to=pages.story.joy)
    await say(bo, at, "From Bo.")
    answer = await ana.get("/you/data/peerhour.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as taken:
        words = json.loads(taken.read("words.json"))
    mine = [each for each in words if each["group_id"] == str(group_of(at))]
    assert [(each["text"], each["for_one_reader"]) for each in mine] == [
        (TEXT, False),
        ("For Joy.", True),
    ]
    assert "From Bo." not in str(words)


async def test_forgetting_somebody_deletes_their_words_at_once(
    pages: Pages,
) -> None:
    story = pages.real.story("forgotten writer")
    await story.begin()
    await pages.real.drain()
    corridor = f"/groups/{story.group}/corridor"
    async with await pages.browser(story.ana) as writer, await pages.browser(story.bo) as other:
        await say(writer, corridor)
        await say(writer, corridor, "Alone.", to=story.joy)
        await say(other, corridor, "From Bo.")
        await story.do(
            ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.ana)
        )
        await pages.real.drain()
        assert "From Bo." in await read(other, corridor)
        assert TEXT not in await read(other, corridor)
    authors = await pages.real.fetch(
        "SELECT author_id FROM corridor_words WHERE group_id = $1", story.group
    )
    assert authors == [(story.bo,)]
