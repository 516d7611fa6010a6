"""The administrator's pages of providers, approvals, programs and administrators."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from uuid import UUID

import httpx
import pytest

from domain.members.member import Member, Role
from domain.personal import shown
from domain.programs import Program
from domain.providers import Provider
from domain.values import Modality
from services.members.commands import GrantRole
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

HEBREW = "\N{HEBREW LETTER ALEF}"  # of a script that papers do not set yet
PROVIDER = {
    "name": "Harbour Continuing Education",
    "address": "2 Quay Road\nSpringfield",
    "contact": "papers@harbour.example",
    "authorising_name": "Marguerite Invented",
    "authorising_role": "Director",
}
APPROVAL = {
    "body": "Board of Harbours",
    "number": "H-77",
    "statement": "Approved by the Board of Harbours.",
    "responsibility_statement": "Harbour is solely responsible.",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "modalities": ["in_room", "phone"],
}
PROGRAM = {
    "title": "Staying upright",
    "objectives": "Name one thing to try.\n\nAsk one question.",
    "topics": "",
    "modality": "phone",
    "minutes": "90",
    "instructor_name": "Joy Okafor",
    "instructor_qualification": "PhD",
}


@pytest.fixture
async def admin(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.admin) as client:
        yield client


async def send(
    client: httpx.AsyncClient, address: str, page: str, typed: Mapping[str, object]
) -> httpx.Response:
    form = hidden((await client.get(page)).text)
    return await client.post(address, data={**form, **typed}, follow_redirects=True)


async def test_a_provider_comes_in_with_its_approval_and_its_program(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    pages.story.clock.at = SIX_PM
    made = await send(admin, "/admin/providers", "/admin/providers", {**PROVIDER})
    assert "The provider is known." in words_of(made.text)
    address = made.url.path
    assert "no approval" in words_of((await admin.get("/admin/providers")).text)

    kept = await send(admin, f"{address}/approvals", address, {**APPROVAL})
    assert "Board of Harbours, number H-77 counts today" in words_of(kept.text)
    offered = await send(admin, f"{address}/programs", address, {**PROGRAM})
    assert "The program is offered." in words_of(offered.text)

    provider = await pages.story.known(Provider, _id(address))
    (approval,) = provider.approvals_on(date(2026, 3, 2), Modality.PHONE)
    assert (approval.number, approval.modalities) == ("H-77", [Modality.IN_ROOM, Modality.PHONE])
    program = await pages.story.known(Program, _id(offered.url.path))
    assert program.objectives == ["Name one thing to try.", "Ask one question."]
    assert (program.topics, program.minutes, program.modality) == ([], 90, Modality.PHONE)
    assert "1 program offered" in words_of((await admin.get("/admin/providers")).text)


async def test_a_provider_is_corrected_from_what_papers_say_today(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    made = await send(admin, "/admin/providers", "/admin/providers", {**PROVIDER})
    page = made.url.path
    assert f'href="{page}/correct"' in made.text
    asked = (await admin.get(f"{page}/correct")).text
    for word in ("Harbour Continuing Education", "2 Quay Road", "Marguerite Invented"):
        assert word in asked
    typed = {**PROVIDER, "name": "Harbour Education", "address": "3 Quay Road"}
    unsaid = await send(admin, f"{page}/correct", f"{page}/correct", typed)
    assert unsaid.status_code == 400
    assert "Write why, in a sentence." in words_of(unsaid.text)
    told = await send(
        admin, f"{page}/correct", f"{page}/correct", {**typed, "reason": "The board misspelt it."}
    )
    assert "Papers issued before keep what they say." in words_of(told.text)
    assert "Harbour Education" in words_of(told.text)
    provider = await pages.story.known(Provider, _id(page))
    assert (provider.name, provider.address) == ("Harbour Education", "3 Quay Road")


async def test_what_papers_cannot_print_is_asked_again_before_it_holds_up_everybodys_papers(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    def asked_again(answer: httpx.Response) -> bool:
        said = f"Papers cannot print {HEBREW} yet. Write it in others."
        return answer.status_code == 400 and said in words_of(answer.text)

    index = "/admin/providers"
    page = (await send(admin, index, index, {**PROVIDER})).url.path
    bad = {"authorising_name": HEBREW}
    assert asked_again(await send(admin, index, index, {**PROVIDER, **bad}))
    corrected = {**PROVIDER, **bad, "reason": "It is so."}
    assert asked_again(await send(admin, f"{page}/correct", f"{page}/correct", corrected))
    approved = {**APPROVAL, "statement": HEBREW}
    assert asked_again(await send(admin, f"{page}/approvals", page, approved))
    offered = {**PROGRAM, "instructor_name": HEBREW}
    assert asked_again(await send(admin, f"{page}/programs", page, offered))
    provider = await pages.story.known(Provider, _id(page))
    assert shown(provider.authorising_name) == PROVIDER["authorising_name"]
    assert not provider.approvals


async def test_an_approval_is_withdrawn_from_a_day_on(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    pages.story.clock.at = SIX_PM
    story = pages.story
    base = f"/admin/providers/{story.provider}"
    address = f"{base}/approvals/{story.id('approval')}/withdraw"
    unsaid = await send(admin, address, address, {"from_day": "2026-03-02"})
    assert unsaid.status_code == 400
    assert "Write why, in a sentence." in words_of(unsaid.text)
    typed = {"from_day": "2026-03-02", "reason": "It was not renewed."}
    answer = await send(admin, address, address, {**typed})
    assert "withdrawn" in words_of(answer.text)
    assert "Does not count from Monday 2 March 2026 on: It was not renewed." in words_of(
        answer.text
    )
    provider = await story.known(Provider, story.provider)
    assert provider.approvals_on(date(2026, 3, 1), Modality.IN_ROOM)
    assert not provider.approvals_on(date(2026, 3, 2), Modality.IN_ROOM)


async def test_an_approval_that_cannot_be_is_asked_again_with_every_word_kept(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    base = f"/admin/providers/{pages.story.provider}"
    typed = {**APPROVAL, "valid_until": "2025-01-01", "modalities": []}
    answer = await send(admin, f"{base}/approvals", base, typed)
    assert answer.status_code == 400
    assert "Tick at least one." in words_of(answer.text)
    backwards = await send(
        admin, f"{base}/approvals", base, {**APPROVAL, "valid_until": "2025-01-01"}
    )
    assert backwards.status_code == 400
    assert "The last day must not lie before the first." in words_of(backwards.text)
    assert "Approved by the Board of Harbours." in words_of(backwards.text)
    gone = await send(admin, f"/admin/providers/{pages.story.ana}/approvals", base, {**APPROVAL})
    assert gone.status_code == 404


async def test_a_program_is_retired_once_and_says_what_that_means(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    story = pages.story
    address = f"/admin/programs/{story.program}"
    asked = words_of((await admin.get(f"{address}/retire")).text)
    assert "Meetings planned already keep it" in asked
    answer = await send(
        admin, f"{address}/retire", f"{address}/retire", {"reason": "A new one comes."}
    )
    assert "Not offered any more" in words_of(answer.text)
    again = await admin.post(f"{address}/retire", data={"reason": "Once more."})
    assert again.status_code == 303
    assert await pages.count("program.retired", story.program) == 1


async def test_an_administrator_takes_the_role_from_another_and_never_from_themselves(
    pages: Pages, admin: httpx.AsyncClient
) -> None:
    story = pages.story
    await story.do(GrantRole(member_id=story.joy, role=Role.ADMINISTRATOR, by=story.admin))
    await pages.real.drain()
    listed = words_of((await admin.get("/admin/administrators")).text)
    assert "Joy Okafor Take the role back" in listed
    assert "(you) Take" not in listed
    own = f"/admin/administrators/{story.admin}/withdraw"
    assert "You cannot take this role from yourself" in words_of((await admin.get(own)).text)
    assert (await admin.post(own)).status_code == 403
    address = f"/admin/administrators/{story.joy}/withdraw"
    answer = await send(admin, address, address, {})
    assert "They look after the house no longer." in words_of(answer.text)
    assert not (await story.known(Member, story.joy)).is_administrator
    async with await pages.browser(story.joy) as joy:
        assert (await joy.get("/admin")).status_code == 403


def _id(address: str) -> UUID:
    found = re.search(r"[0-9a-f-]{36}", address)
    assert found
    return UUID(found[0])
