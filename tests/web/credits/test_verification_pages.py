"""What a board sees under a code: standing, replaced, revoked, unknown; and the file compared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.certificates import verification_code as codes
from domain.certificates.certificate import Certificate
from domain.values import Interval
from tests.support.builders import SIX_PM, minutes
from tests.support.pages import Pages, words_of

UNKNOWN = codes.make(b"nobodyhe")


@pytest.fixture(scope="module")
async def papers(pages: Pages) -> dict[str, Certificate]:
    """A certificate that stands, one that was replaced, and one that was revoked."""
    story = pages.story
    present = {story.joy: (0.0, 60.0), story.ana: (0.0, 60.0)}
    held = await story.held(present, evaluated=[story.ana])
    voided = await story.held(
        present, name="voided", start=SIX_PM + timedelta(weeks=1), evaluated=[story.ana]
    )
    await pages.real.drain()
    await story.correct(held, story.ana, Interval(SIX_PM, SIX_PM + minutes(30)))
    await story.void(voided)
    await pages.real.drain()
    replaced, standing = await story.certificates(held, "ana")
    (revoked,) = await story.certificates(voided, "ana")
    return {"replaced": replaced, "standing": standing, "revoked": revoked}


async def ask(pages: Pages, code: str) -> tuple[int, str]:
    async with await pages.browser() as browser:
        answer = await browser.get(f"/v/{code}")
    return answer.status_code, answer.text


async def test_a_standing_paper_shows_every_field_and_when_it_was_looked_up(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    status, text = await ask(pages, papers["standing"].verification_code)
    assert status == 200
    for words in (
        "It stands",
        "As of ",
        papers["standing"].serial,
        "Nguyễn Thị Ánh",
        "Thinking together: Evening of 02 March 2026",
        "Monday 2 March 2026, 7:00 PM (Central European Standard Time), until 8:00 PM",
        "Europe/Berlin",
        "in person",
        "0.5 contact hours",
        "Contact hours of 60 minutes, version 2",
        "30 minutes of presence count.",
        "Lamp House, office@lamp.example",
        "Issued",
    ):
        assert words in words_of(text), words
    assert "CEU" not in text


async def test_a_replaced_paper_leads_to_the_one_in_its_place(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    status, text = await ask(pages, codes.printed(papers["replaced"].verification_code))
    assert (status, "Replaced: do not rely on this paper" in text) == (200, True)
    assert "the attendance was corrected" in text
    assert f'/v/{codes.printed(papers["standing"].verification_code)}"' in text


async def test_a_revoked_paper_says_why_and_since_when(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    status, text = await ask(pages, papers["revoked"].verification_code.lower())
    assert (status, "Revoked: do not rely on this paper" in text) == (200, True)
    assert "Monday 9 March 2026" in text


async def test_an_unknown_code_is_told_in_the_same_shape(pages: Pages) -> None:
    status, text = await ask(pages, UNKNOWN)
    assert (status, "Unknown: no certificate has this code" in text) == (404, True)
    assert "As of " in text
    assert "Compare it" in text


@pytest.mark.parametrize("typed", ["hello", "0" * 13, "%20", "0000000000000U", "é" * 14, "0" * 200])
async def test_a_slip_of_the_finger_is_caught_before_anything_is_looked_up(
    pages: Pages, typed: str
) -> None:
    status, text = await ask(pages, typed)
    assert (status, "compare it with the paper once more" in text) == (422, True)


async def test_the_form_leads_to_the_page_of_a_code(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    printed = codes.printed(papers["standing"].verification_code)
    async with await pages.browser() as browser:
        assert "Check a certificate" in (await browser.get("/v")).text
        answer = await browser.get("/v", params={"code": f" {printed.lower()} "})
        assert answer.headers["location"] == f"/v/{printed}"
        assert (await browser.get("/v", params={"code": "x"})).status_code == 422
        assert (await browser.get("/v", params={"code": " "})).status_code == 400


async def test_the_licence_is_shown_by_its_end_alone(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    _, text = await ask(pages, papers["standing"].verification_code)
    assert "PSY ana" not in text


async def test_the_file_is_compared_byte_for_byte(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    standing = papers["standing"]
    pdf = await pages.real.house.papers.fetch(standing.id)
    assert pdf is not None
    cases = {
        "The same bytes": pdf,
        "Not the same bytes": pdf + b" ",
        "Choose a file first": None,
    }
    async with await pages.browser() as browser:
        for words, content in cases.items():
            files = {} if content is None else {"paper": ("c.pdf", content, "application/pdf")}
            answer = await browser.post(
                f"/v/{standing.verification_code}", files=files, data={"a": "b"}
            )
            assert (answer.status_code, words in answer.text) == (200, True), words
        other = await browser.post(f"/v/{UNKNOWN}", files={"paper": ("c.pdf", pdf)})
        assert (other.status_code, "nothing to compare it with" in other.text) == (404, True)


async def test_programs_get_the_same_answers(pages: Pages, papers: dict[str, Certificate]) -> None:
    async with await pages.program() as program:
        at = "/api/v1/verifications"
        standing = (await program.get(f"{at}/{papers['standing'].verification_code}")).json()
        assert standing["state"] == "standing"
        assert standing["certificate"]["holder"] == "Nguyễn Thị Ánh"
        assert (standing["certificate"]["amount"], standing["certificate"]["minutes"]) == (
            "0.5",
            30,
        )
        replaced = (await program.get(f"{at}/{papers['replaced'].verification_code}")).json()
        assert (replaced["state"], replaced["replaced_by"]) == ("superseded", standing["code"])
        revoked = (await program.get(f"{at}/{papers['revoked'].verification_code}")).json()
        assert (revoked["state"], revoked["reason"]) == ("revoked", "attendance_corrected")
        unknown = await program.get(f"{at}/{UNKNOWN}")
        assert unknown.status_code == 404
        assert unknown.json().keys() == standing.keys()
        assert (unknown.json()["state"], unknown.json()["certificate"]) == ("unknown", None)
        slip = await program.get(f"{at}/hello")
        assert (slip.status_code, slip.json()["code"]) == (422, "verification_code.malformed")


async def test_guessing_is_slowed_down(pages: Pages) -> None:
    async with await pages.program() as guesser:
        statuses = [
            (await guesser.get(f"/api/v1/verifications/{UNKNOWN}")).status_code for _ in range(70)
        ]
    assert statuses[-1] == 429
    pages.real.clock.at += timedelta(minutes=2)


async def test_many_codes_are_checked_from_one_form(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    typed = [papers[name].verification_code.lower() for name in ("standing", "replaced", "revoked")]
    async with await pages.browser() as board:
        sent = {"codes": "\r\n".join([*typed, "", typed[0], UNKNOWN, "hello"])}
        answer = await board.post("/v/many", data=sent)
    rows = [words_of(row) for row in answer.text.split("<tr>")[2:]]
    printed = [codes.printed(codes.normalise(each)) for each in [*typed, UNKNOWN]]
    assert answer.status_code == 200
    assert [row.split()[0] for row in rows] == [*printed, "hello"], "each once, as they were typed"
    assert "yes Nguyễn Thị Ánh" in rows[0]
    assert f"no, replaced by {printed[0]}" in rows[1]
    assert "no, revoked" in rows[2]
    assert "unknown: no certificate has this code" in rows[3]
    assert "does not read as a code" in rows[4]


async def test_codes_beyond_a_networks_turns_stay_in_the_form(pages: Pages) -> None:
    typed = [codes.make(number.to_bytes(2, "big") * 4) for number in range(80)]
    pages.real.clock.at += timedelta(minutes=2)
    async with await pages.browser() as board:
        first = (await board.post("/v/many", data={"codes": "\n".join(typed)})).text
        pages.real.clock.at += timedelta(minutes=2)
        left = first.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
        second = (await board.post("/v/many", data={"codes": left})).text
    assert "20 codes are not looked up yet" in first
    assert left.split() == typed[60:]
    assert second.count("no certificate has this code") == 20
    assert "not looked up yet" not in second
    pages.real.clock.at += timedelta(minutes=2)


@pytest.mark.parametrize("typed", ["", " \n ", "\n".join(map(str, range(501))), "x" * 40_000])
async def test_a_list_that_cannot_be_checked_is_said_at_its_field(pages: Pages, typed: str) -> None:
    async with await pages.browser() as board:
        answer = await board.post("/v/many", data={"codes": typed})
    assert (answer.status_code, 'id="e-codes"' in answer.text) == (400, True)


async def test_the_paper_comes_under_a_name_of_its_version(
    pages: Pages, papers: dict[str, Certificate]
) -> None:
    async with await pages.browser(pages.story.ana) as browser:
        for name, version in (("replaced", 1), ("standing", 2)):
            answer = await browser.get(f"/certificates/{papers[name].id}/pdf")
            assert answer.content.startswith(b"%PDF")
            assert answer.headers["cache-control"] == "no-store"
            assert f"{papers[name].serial}-v{version}.pdf" in answer.headers["content-disposition"]
        listed = (await browser.get("/certificates")).text
    assert "replaced: the attendance was corrected" in listed
    assert "revoked:" in listed
