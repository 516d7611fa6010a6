"""Everything that is kept about somebody, as they take it along: whole, theirs alone, for ever."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from domain.members.member import ErasureBasis
from services.credits.outside import CorrectOutsideCredit
from services.members.commands import EndLicence, ForgetMember
from tests.support import outside
from tests.support.builders import SIX_PM, span
from tests.support.pages import Pages, words_of

LAST_DAY = date(2027, 4, 1)
ADDRESS = "/you/data/peerhour.zip"


@pytest.fixture(scope="module")
async def taken(pages: Pages) -> zipfile.ZipFile:
    """What Ana takes along: two hours, one set right; a course with its certificate."""
    story = pages.story
    licence_id = story.licence("ana")
    await story.do(EndLicence(member_id=story.ana, licence_id=licence_id, last_day=LAST_DAY))
    both = {story.ana: (0, 60), story.joy: (0, 60)}
    whole = await story.held(both, name="whole")
    await story.evaluate(whole, story.ana)
    corrected = await story.held(both, name="corrected", start=SIX_PM + timedelta(weeks=1))
    await pages.real.drain()
    late = 7 * 24 * 60
    await story.correct(corrected, story.ana, span(late, late + 30))
    document = await outside.kept(pages.real.house, story)
    entered = await outside.enter(story, document=document)
    await story.do(
        CorrectOutsideCredit(
            credit_id=entered,
            by=story.ana,
            activity=outside.an_activity(story, title="-2+3 Ethics", document=document),
            reason="A slip.",
        )
    )
    await pages.real.house.vault.keep_mail(story.ana, "ana@example.org")
    await pages.real.drain()
    async with await pages.browser(story.ana) as ana:
        answer = await ana.get(ADDRESS)
    assert answer.status_code == 200
    return opened(answer)


def opened(answer: httpx.Response) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(name))


def test_the_file_is_saved_under_its_day_and_kept_by_nobody(taken: zipfile.ZipFile) -> None:
    names = taken.namelist()
    assert names[0] == "READ_ME.txt"
    assert len(names) == len(set(names))
    told = taken.read("READ_ME.txt").decode()
    for name in names[1:]:
        folder, _, file = name.rpartition("/")
        assert (folder or file.partition(".")[0]) in told, f"{name} is explained"


def test_a_member_finds_their_hours_with_what_shows_them_and_what_was_set_right(
    taken: zipfile.ZipFile,
) -> None:
    whole, corrected = read(taken, "hours.json")
    assert (whole["minutes"], whole["zone"], whole["day"]) == (60, "Europe/Berlin", "2026-03-02")
    assert whole["stays_that_count"] == whole["stays_recorded"]
    assert whole["stays_recorded"][0]["known_from"] == "door_code"
    assert whole["your_answers"]
    assert corrected["minutes"] == 30
    assert corrected["stays_that_count"] != corrected["stays_recorded"]
    assert [each["reason"] for each in corrected["corrections"]]
    rows = list(csv.DictReader(io.StringIO(taken.read("hours.csv").decode("utf-8-sig"))))
    assert [row["minutes"] for row in rows] == ["60", "30"]


def test_credits_certificates_evidence_and_documents_come_along(taken: zipfile.ZipFile) -> None:
    credited = read(taken, "credits.json")
    assert {"contact-hour"} <= {row["rule_id"] for row in credited["awards"]}
    assert all(row["steps"] for row in credited["awards"])
    certified = read(taken, "certificates.json")
    papers = [name for name in taken.namelist() if name.startswith("certificates/")]
    assert papers == [f"certificates/{row['certificate']['serial']}.pdf" for row in certified]
    assert all(taken.read(name).startswith(b"%PDF") for name in papers)
    assert any(name.startswith("evidence/") for name in taken.namelist())
    (document,) = (name for name in taken.namelist() if name.startswith("documents/"))
    assert taken.read(document) == outside.PDF
    (entry,) = read(taken, "outside_credits.json")
    assert [entry["now"]["title"], entry["before"][0]["title"]] == [
        "-2+3 Ethics",
        "Law and ethics, a short course",
    ]


def test_the_record_of_their_own_streams_is_told_with_what_only_they_may_read(
    taken: zipfile.ZipFile, pages: Pages
) -> None:
    record = read(taken, "record.json")
    told = {row["what"]: row for row in record}
    registered = told["peerhour.member.registered"]
    assert "Nguyễn Thị Ánh" in json.dumps(registered["facts"], ensure_ascii=False)
    assert registered["in_words"]
    assert "peerhour.credit.awarded" in told
    assert [row["at"] for row in record if row["what"].startswith("peerhour.member.")] == sorted(
        row["at"] for row in record if row["what"].startswith("peerhour.member.")
    )


def test_they_find_who_they_are_and_nobody_else(taken: zipfile.ZipFile, pages: Pages) -> None:
    you = read(taken, "you.json")
    assert you["mail"] == "ana@example.org"
    assert you["member"]["member_id"] == str(pages.story.ana)
    assert read(taken, "groups.json")[0]["until_at"] is None
    assert read(taken, "sign_ins.json")[0]["device"] == "Test"
    everything = b"".join(
        taken.read(name) for name in taken.namelist() if not name.endswith(".pdf")
    ).decode("utf-8", "replace")
    others = [pages.story.id(key) for key in ("bo", "chidi", "joy", "eve", "admin")]
    for other in ("Chidi Anozie", "Søren Ægir", *map(str, others)):
        assert other not in everything


async def test_who_has_nothing_yet_gets_a_file_that_says_so(pages: Pages) -> None:
    async with await pages.browser(pages.story.id("eve")) as eve:
        archive = opened(await eve.get(ADDRESS))
    assert read(archive, "hours.json") == []
    assert "certificates.json" not in archive.namelist()


async def test_the_page_says_what_there_is_and_leads_to_it(pages: Pages) -> None:
    async with await pages.browser(pages.story.bo) as bo:
        assert "/you/data" in (await bo.get("/you")).text
        shown = await bo.get("/you/data")
        assert "It is yours for ever" in words_of(shown.text)
        assert ADDRESS in shown.text
        answer = await bo.get(ADDRESS)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="peerhour-20')


async def test_it_is_not_made_again_and_again(pages: Pages) -> None:
    async with await pages.browser(pages.story.joy) as joy:
        answers = [(await joy.get(ADDRESS)).status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]


async def test_whoever_was_forgotten_gets_nothing(pages: Pages) -> None:
    story = pages.story
    async with await pages.browser(story.chidi) as chidi:
        await story.do(
            ForgetMember(member_id=story.chidi, basis=ErasureBasis.OWN_REQUEST, by=story.admin)
        )
        await pages.real.drain()
        answer = await chidi.get(ADDRESS)
    assert answer.status_code in {303, 401, 404}
    assert not answer.content.startswith(b"PK")
