"""What members set right themselves: name, licences, leave; and who looked at their papers."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest

from domain.certificates.certificate import Certificate
from domain.members.member import Member
from domain.personal import shown
from services.members.commands import CorrectName
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

LICENCE_ENDED = "member.licence_ended"
CHECKED = "peerhour.certificate_check.noted"


async def send(client: httpx.AsyncClient, address: str, page: str, **typed: str) -> httpx.Response:
    """Fill in the form of a page and follow where it leads."""
    form = hidden((await client.get(page)).text)
    return await client.post(address, data={**form, **typed}, follow_redirects=True)


async def test_a_member_ends_a_licence_and_lengthens_it_when_it_is_renewed(pages: Pages) -> None:
    story = pages.story
    address = f"/you/licences/{story.licence('ana')}/end"
    async with await pages.browser(story.ana) as ana:
        for day in (date(2026, 6, 30), date(2028, 6, 30)):
            answer = await send(ana, address, address, last_day=day.isoformat())
            assert "Its last day is kept." in words_of(answer.text)
            member = await story.known(Member, story.ana)
            assert member.licences[story.licence("ana")].valid_until == day
        assert "until Friday 30 June 2028" in words_of((await ana.get("/you")).text)


async def test_no_profession_is_chosen_for_anybody(pages: Pages) -> None:
    story = pages.story
    typed = {"jurisdiction": "US-CA", "number": "A 1", "valid_from": "2025-01-01"}
    async with await pages.browser(story.eve) as eve:
        assert '<option value="">Choose</option>' in (await eve.get("/you")).text
        answer = await send(eve, "/you/licences", "/you", **typed, profession="")
    assert answer.status_code == 400
    assert "Profession: Choose your profession." in words_of(answer.text)


async def test_where_a_licence_is_valid_is_written_as_people_write_it(pages: Pages) -> None:
    typed = {"profession": "psychology", "number": "A 1", "valid_from": "2025-01-01"}
    async with await pages.browser(pages.story.eve) as eve:
        for written, said in (
            ("ZZ", "We know no such place."),
            ("MD", "Moldova (MD) or Maryland, United States (US-MD). Write Moldova or US-MD."),
        ):
            asked = await send(eve, "/you/licences", "/you", **typed, jurisdiction=written)
            assert (asked.status_code, said in words_of(asked.text)) == (400, True), written
            assert f'value="{written}"' in asked.text
        kept = await send(eve, "/you/licences", "/you", **typed, jurisdiction="Maryland")
    assert "Psychology, Maryland, United States (US-MD)" in words_of(kept.text)
    member = await pages.story.known(Member, pages.story.eve)
    assert [each.jurisdiction for each in member.licences.values()] == ["US-MD"]


async def test_a_licence_cannot_end_before_it_began_and_the_day_is_asked_again(
    pages: Pages,
) -> None:
    story = pages.story
    address = f"/you/licences/{story.licence('bo')}/end"
    async with await pages.browser(story.bo) as bo:
        answer = await send(bo, address, address, last_day="2020-01-01")
    assert answer.status_code == 400
    assert "Its last day: The last day must not lie before the first." in words_of(answer.text)
    assert 'value="2020-01-01"' in answer.text
    assert await pages.count(LICENCE_ENDED, story.bo) == 0


async def test_a_name_is_corrected_and_the_page_says_what_papers_show(pages: Pages) -> None:
    story = pages.story
    async with await pages.browser(story.bo) as bo:
        before = await bo.get("/you/name")
        assert "Papers you have already keep the old one" in words_of(before.text)
        unsaid = await send(bo, "/you/name", "/you/name", name_on_papers="Søren Æ. Ægir")
        assert unsaid.status_code == 400
        assert "Write why" in words_of(unsaid.text)
        answer = await send(
            bo, "/you/name", "/you/name", name_on_papers="Søren Æ. Ægir", reason="A slip."
        )
    assert "New papers show this name." in words_of(answer.text)
    assert shown((await story.known(Member, story.bo)).name_on_papers) == "Søren Æ. Ægir"


async def test_somebody_on_leave_is_not_expected_and_their_seat_is_kept(pages: Pages) -> None:
    story = pages.story
    meeting_id = await story.opened("pause", start=SIX_PM + timedelta(days=40))
    await pages.real.drain()
    async with await pages.browser(story.chidi) as chidi, await pages.browser(story.joy) as joy:
        asked = words_of((await chidi.get("/membership/leave")).text)
        assert "Your seat in your groups is kept." in asked
        answer = await send(chidi, "/membership/leave", "/membership/leave")
        assert "You are on leave." in words_of(answer.text)
        room = words_of((await joy.get(f"/meetings/{meeting_id}")).text)
        assert "Chidi Anozie away" in room
        assert "0 of 3 here" in room
        home = words_of((await chidi.get("/")).text)
        assert "You are expected" not in home
        group = words_of((await joy.get(f"/groups/{story.group}")).text)
        assert "Chidi Anozie" in group

        story.clock.at += timedelta(minutes=61)
        back = await send(chidi, "/membership/leave/end", "/membership/leave")
        assert "Good to have you back." in words_of(back.text)
        # The hour is over: that Chidi was on leave then stays true for it.
        assert "Chidi Anozie away" in words_of((await joy.get(f"/meetings/{meeting_id}")).text)


async def test_somebody_on_leave_who_comes_all_the_same_is_welcome(pages: Pages) -> None:
    story = pages.story
    meeting_id = await story.opened("welcome", start=SIX_PM + timedelta(days=41))
    await pages.real.drain()
    async with await pages.browser(story.bo) as bo:
        await send(bo, "/membership/leave", "/membership/leave")
        code = story.codes.current(meeting_id, story.clock.now())
        page = f"/meetings/{meeting_id}"
        answer = await send(bo, f"{page}/check-in", page, door_code=code)
        assert "You have been here since" in words_of(answer.text)
        assert "1 of 4 here" in words_of(answer.text)
        await send(bo, "/membership/leave/end", "/membership/leave")


@pytest.fixture(scope="module")
async def certificate(pages: Pages) -> Certificate:
    story = pages.story
    held = await story.held(
        {story.joy: (0, 60), story.ana: (0, 60)}, name="looked at", evaluated=[story.ana]
    )
    await pages.real.drain()
    (issued,) = await story.certificates(held, "ana")
    story.clock.at = SIX_PM + timedelta(days=50)
    return issued


async def looks(pages: Pages) -> int:
    ((many,),) = await pages.real.fetch("SELECT count(*) FROM events WHERE topic = $1", CHECKED)
    return int(many)


async def test_a_look_at_a_certificate_is_shown_to_its_holder_once_an_hour(
    pages: Pages, certificate: Certificate
) -> None:
    story, code = pages.story, certificate.verification_code
    address = f"/certificates/{certificate.id}/checks"
    async with await pages.browser(story.ana) as ana:
        assert "Nobody has looked so far." in words_of((await ana.get(address)).text)
        await ana.get(f"/v/{code}")
        assert await looks(pages) == 0, "her own look is no news"
        async with await pages.browser() as board, await pages.program() as payer:
            for _ in range(3):
                assert (await board.get(f"/v/{code}")).status_code == 200
                assert (await payer.get(f"/api/v1/verifications/{code}")).status_code == 200
            assert await looks(pages) == 1
            story.clock.at += timedelta(hours=1)
            assert (await payer.get(f"/api/v1/verifications/{code}")).status_code == 200
        await pages.real.drain()
        shown_to_her = words_of((await ana.get(address)).text)
        listed = words_of((await ana.get("/certificates")).text)
    assert "2 hours in which somebody looked" in shown_to_her
    assert "Looked up on the check page." in shown_to_her
    assert "Looked up by a program." in shown_to_her
    assert "Last checked" in listed


async def test_a_look_names_nobody(pages: Pages, certificate: Certificate) -> None:
    story = pages.story
    story.clock.at += timedelta(hours=5)
    async with await pages.browser(story.bo) as bo:
        await bo.get(f"/v/{certificate.verification_code}")
    ((metadata, body),) = await pages.real.fetch(
        "SELECT metadata::text, body FROM events WHERE topic = $1 ORDER BY position DESC LIMIT 1",
        CHECKED,
    )
    assert str(story.bo) not in metadata + body


async def test_a_name_in_any_script_is_kept_and_papers_write_it_as_its_member_says(
    pages: Pages,
) -> None:
    story, page, name = pages.story, "/you/name", "דנה לוי"
    async with await pages.browser(story.eve) as eve:
        own = {"name_on_papers": name, "reason": "My own."}
        kept = words_of((await send(eve, page, page, **own)).text)
        assert name in kept
        assert "Papers cannot print your name yet" in kept
        assert "no letters for ד נ ה ל ו י." in kept
        assert "This name stands on your papers" not in kept
        assert "New papers show this name." not in kept
        refused = await send(eve, page, page, **own, spelling="Dana 😀")
        assert refused.status_code == 400
        assert "Papers cannot print 😀 yet." in words_of(refused.text)
        spelled = words_of((await send(eve, page, page, **own, spelling="Dana Levy")).text)
        assert "Papers write your name Dana Levy." in spelled
        assert "cannot print" not in spelled
        assert 'value="Dana Levy"' in (await eve.get(page)).text
        plain = await send(eve, page, page, name_on_papers="Dana", reason="Shorter.")
        assert "This name stands on your papers." in words_of(plain.text)
    assert shown((await story.known(Member, story.eve)).printed_name) == "Dana"


async def test_whoever_lets_somebody_in_hears_what_papers_cannot_print(pages: Pages) -> None:
    page = "/admin/people"
    async with await pages.browser(pages.story.admin) as admin:
        typed = {"name": "Dana דנה", "email": "dana@example.org"}
        told = words_of((await send(admin, page, page, **typed)).text)
    assert "They can sign in now." in told
    assert "Papers cannot print some letters of their name" in told


async def test_a_certificate_that_cannot_be_drawn_is_stuck_with_the_reason(pages: Pages) -> None:
    story, name = pages.story, "דנה לוי"
    correct = CorrectName(member_id=story.chidi, name_on_papers=name, reason="x", by=story.chidi)
    await story.do(correct)
    start = story.clock.now() + timedelta(days=50)
    await story.held(
        {story.chidi: (0, 60)}, name="no letters", start=start, evaluated=(story.chidi,)
    )
    await pages.real.drain()
    async with await pages.browser(story.admin) as admin:
        desk = words_of((await admin.get("/admin")).text)
    assert "seal_certificate paper.script_not_supported" in desk
    assert "a name on it has letters that papers cannot print." in desk
