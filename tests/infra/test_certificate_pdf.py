"""The certificate as a reader sees it: every field, every name, the code, the same bytes."""

from __future__ import annotations

import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from domain.certificates.papers import BareCeu, CreditKind, PaperContradictsItself, texts
from domain.errors import DomainError
from infra.papers.certificate_pdf import render
from infra.papers.fonts import (
    LEFT_OUT,
    CharacterWithoutFont,
    Face,
    ScriptNotSupported,
    legible,
    runs,
    tidy,
    unprintable,
)
from infra.papers.layout import PageSize
from tests.support.papers import a_paper


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Everything on the paper; a line break on the page is a blank here."""
    return " ".join("\n".join(page.extract_text() for page in read(pdf).pages).split())


def fonts_of(pdf: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for page in read(pdf).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index] # untyped tree
            found[font.get_object()["/BaseFont"]] = font.get_object()
    return found


def test_every_text_of_the_paper_is_printed() -> None:
    paper = replace(a_paper(), supersedes="PH-2026-000001")
    shown = text_of(render(paper))
    left_out = {"verification_code", "zone", "credit_kind"}  # shown in other words, see below
    missing = [
        name for name, text in texts(paper) if name not in left_out and tidy(text) not in shown
    ]
    assert missing == []
    assert "H8RPQ-M0QK7-Z4A6" in shown
    assert "88 minutes attended" in shown
    assert "1.25 contact hours" in shown
    assert "version 1" in shown
    assert CreditKind.SPONSORED.sentence in shown


def test_times_are_printed_where_people_met_with_zone_and_offset() -> None:
    shown = text_of(render(a_paper()))
    assert "Thursday, 19 November 2026" in shown
    assert "6:00 pm to 7:30 pm, America/New_York (UTC−05:00)" in shown


def test_a_night_on_which_the_clocks_change_names_both_offsets() -> None:
    begin = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    shown = text_of(render(replace(a_paper(), starts_at=begin, ends_at=begin + timedelta(hours=2))))
    assert "1:30 am (UTC−04:00) to 2:30 am (UTC−05:00), America/New_York" in shown


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Ánh",
        "Søren Ægir",
        "Łukasz Żółć",
        "Владимир",
        "李小龙",
        "Αθηνά Παπαδοπούλου",
        "김민준",
        "さくら 田中",
        "O'Brien & <Sons>",
        "Ọláńrewájú Àdìó",
    ],
)
def test_names_are_printed_as_people_write_them(name: str) -> None:
    pdf = render(replace(a_paper(), holder_name=name))
    assert name in text_of(pdf)
    for run in runs(name, Face.HEADING):
        glyphs = pdfmetrics.getFont(run.face).face.charToGlyph
        assert all(glyphs.get(ord(character), 0) for character in run.text)  # 0 draws the box


def test_a_decomposed_name_is_printed_like_the_composed_one() -> None:
    composed = render(replace(a_paper(), holder_name="Nguyễn Thị Ánh"))
    decomposed = "Nguye\u0302\u0303n Thi\u0323 A\u0301nh"
    assert render(replace(a_paper(), holder_name=decomposed)) == composed


def test_a_mark_of_direction_that_was_pasted_along_with_a_name_changes_nothing() -> None:
    plain = render(replace(a_paper(), holder_name="Ana Ruiz"))
    for pasted in ("Ana Ruiz\u200e", "\u200fAna Ruiz", "\u2068Ana\u2069 Ruiz", "Ana\u061c Ruiz"):
        assert render(replace(a_paper(), holder_name=pasted)) == plain
        assert unprintable(pasted) == ()


def test_a_native_name_stands_as_a_second_line() -> None:
    pdf = render(replace(a_paper(), holder_name="Li Xiaolong", holder_name_native="李小龙"))
    assert "Li Xiaolong 李小龙" in text_of(pdf)


def test_runs_take_the_face_that_has_the_character() -> None:
    found = [(run.face, run.text) for run in runs("Ana 李小龙 ok", Face.TEXT)]
    assert found == [(Face.TEXT, "Ana "), (Face.HAN, "李小龙"), (Face.TEXT, " ok")]


def test_every_font_is_embedded_as_a_subset() -> None:
    found = fonts_of(render(replace(a_paper(), holder_name_native="李小龙")))
    assert {name.partition("+")[2] for name in found} == {
        "NotoSans-Regular",
        "NotoSerif-Regular",
        "WenQuanYiMicroHei-0",
    }
    for font in found.values():
        assert "/FontFile2" in font["/FontDescriptor"]


@pytest.mark.parametrize(
    ("name", "code_point"),
    [("Ana 😀", "U+1F600"), ("Ana\u202eanA", "U+202E"), ("\ue000", "U+E000"), ("\ud800", "U+D800")],
)
def test_a_character_that_no_font_can_draw_is_refused_by_code_point(
    name: str, code_point: str
) -> None:
    with pytest.raises(CharacterWithoutFont) as refusal:
        render(replace(a_paper(), holder_name=name))
    assert refusal.value.facts == {"code_point": code_point, "field": "holder_name"}
    assert "Ana" not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Tuesday lamp 🕯️", "Tuesday lamp"),
        ("👩🏽‍⚕️ Care 1️⃣ of 2", "Care 1 of 2"),
        ("Evening: ليلة هادئة for us", "Evening: […] for us"),
        ("🎈🎈", "[…]"),
        ("Grief at work: 🎈🎈", "Grief at work: […]"),
    ],
)
def test_a_title_is_printed_without_what_no_font_draws(typed: str, printed: str) -> None:
    shown = text_of(render(replace(a_paper(), title=typed, objectives=(f"Name: {typed}.",))))
    assert f"attended {printed}" in shown
    assert f"Name: {printed}" in shown
    assert ("stands for words or symbols that" in shown) == ("[…]" in printed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Tuesday lamp 🕯️", "Tuesday lamp"),
        ("🕯️ Tuesday lamp", "Tuesday lamp"),
        ("🎈🎈", LEFT_OUT),
        (" 🎈  👩🏽‍⚕️ ", LEFT_OUT),
        ("Grief: 🎈", f"Grief: {LEFT_OUT}"),
        ("Grief: 🎈 and balance", "Grief: and balance"),
        ("Grief 🎈:", "Grief"),
        ("(🎈)!", LEFT_OUT),
        ("🎈: Grief", "Grief"),
        ("…", "…"),
        ("ليلة هادئة", LEFT_OUT),
        ("Quiet ليلة night", f"Quiet {LEFT_OUT} night"),
        ("", ""),
        ("\u200b ", ""),
    ],
)
def test_what_is_legible_of_a_text_says_where_something_is_missing(typed: str, kept: str) -> None:
    assert legible(typed) == kept


@given(st.text(max_size=40))
def test_what_is_legible_can_be_printed_and_stays_as_it_is(text: str) -> None:
    kept = legible(text)
    runs(kept, Face.TEXT)
    assert legible(kept) == kept
    assert bool(kept) == bool(tidy(text))
    assert kept == tidy(text) or unprintable(text)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Łuksza 李", ()), ("Ana 😀 😀", ("😀",)), ("Dana דנה", ("ד", "נ", "ה"))],
)
def test_what_a_name_has_that_cannot_be_printed_is_told_letter_by_letter(
    name: str, letters: tuple[str, ...]
) -> None:
    assert unprintable(name) == letters


@pytest.mark.parametrize("name", ["שלום", "عمر", "अनीता", "สมชาย", "தமிழ்", "မောင်", "ខ្មែរ"])
def test_a_script_that_we_cannot_set_rightly_is_refused(name: str) -> None:
    with pytest.raises(ScriptNotSupported) as refusal:
        render(replace(a_paper(), holder_name=name))
    assert "Latin letters" in str(refusal.value)
    assert name not in f"{refusal.value}{refusal.value.facts}"


def test_the_same_paper_has_the_same_bytes_also_from_several_threads() -> None:
    names = ["Ana Okafor", "李小龙", "Łukasz Żółć"] * 4
    papers = [replace(a_paper(), holder_name=name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render, papers)) == [render(paper) for paper in papers]


@pytest.mark.parametrize("size", list(PageSize))
def test_an_ordinary_certificate_is_one_page(size: PageSize) -> None:
    (page,) = read(render(a_paper(), size=size)).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(size.value)
    assert "Page 1 of 1" in page.extract_text()


def test_a_long_certificate_flows_to_more_pages_and_loses_nothing() -> None:
    objectives = tuple(f"Objective {number}: " + "listen again " * 30 for number in range(20))
    paper = replace(a_paper(), title="A very patient title " * 15, objectives=objectives)
    pdf = render(paper)
    shown = text_of(pdf)
    pages = len(read(pdf).pages)
    assert pages > 1
    assert f"Page {pages} of {pages}" in shown
    assert [f"{n}. Objective {n - 1}:" in shown for n in range(1, 21)] == [True] * 20
    assert shown.count("listen") == shown.count("again") == 20 * 30
    assert "Joy Mensah" in read(pdf).pages[0].extract_text()


def test_the_longest_texts_that_pass_the_check_are_drawn() -> None:
    paper = replace(
        a_paper(),
        holder_name="W" * 200,
        location="W" * 200,
        rule_set="W" * 200,
        authorised_by="W" * 200,
        authorised_role="W" * 200,
        serial="W" * 200,
        title="W" * 400,
        credit_unit="W" * 60,
        objectives=("W" * 2000,) * 5,
    )
    assert len(read(render(paper)).pages) > 1


def test_the_document_names_its_title_author_and_language() -> None:
    document = read(render(a_paper()))
    about = document.metadata
    assert about is not None
    assert about.title == "Certificate of continuing education PH-2026-000417"
    assert about.author == "Harbor Peer Learning"
    assert document.trailer["/Root"]["/Lang"] == "en-US"  # type: ignore[index] # untyped tree


def test_a_claimed_activity_is_never_called_continuing_education() -> None:
    shown = text_of(render(replace(a_paper(), credit_kind=CreditKind.CLAIMED, approvals=())))
    assert "Certificate of peer activity" in shown
    assert "Certificate of continuing education" not in shown


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "America", "../etc/passwd", "x" * 190])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(PaperContradictsItself) as refusal:
        render(replace(a_paper(), zone=zone))
    assert refusal.value.facts == {"fields": ["zone"]}


def test_nothing_is_drawn_that_the_domain_refuses() -> None:
    with pytest.raises(BareCeu):
        render(replace(a_paper(), credit_unit="CEU"))


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(st.characters(max_codepoint=0x24F), max_size=40))
def test_any_text_is_printed_or_refused(name: str, title: str) -> None:
    try:
        pdf = render(replace(a_paper(), holder_name=name, title=title))
    except DomainError as refusal:
        found = refusal.code
        assert found.startswith("paper.")  # either outcome is right
    else:
        assert pdf.startswith(b"%PDF")


def test_the_qr_code_holds_the_verify_link(tmp_path: Path) -> None:
    if not (shutil.which("pdftoppm") and shutil.which("zbarimg")):
        pytest.skip("pdftoppm and zbarimg are not installed: the QR code was not scanned")
    (tmp_path / "paper.pdf").write_bytes(render(a_paper()))
    subprocess.run(
        ["pdftoppm", "-png", "-r", "110", "paper.pdf", "paper"],  # noqa: S607 # found above
        cwd=tmp_path,
        check=True,
    )
    (picture,) = tmp_path.glob("*.png")
    scanned = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture],  # noqa: S607 # found above
        check=True,
        capture_output=True,
        text=True,
    )
    assert scanned.stdout.strip() == a_paper().verify_url
