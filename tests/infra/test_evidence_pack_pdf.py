"""The evidence pack as a reviewer reads it: every row, every sum, every name, the same bytes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest

from domain.certificates.papers import CreditKind, LicenceLine
from domain.evidence.items import SHOWN
from domain.evidence.lines import Change, Correction
from domain.evidence.pack import EvidencePack, ends_in_pack
from domain.rules.model import Pack
from infra.papers.evidence_pack_pdf import page_size, render
from infra.papers.fonts import CharacterWithoutFont, ScriptNotSupported
from infra.papers.layout import PageSize
from infra.rule_files import load_rules
from tests.support.evidence import FIRST, a_credit, a_pack, an_entry, attended, evenings

BOOK = load_rules()


def text_of(text_id: str) -> Pack:
    found = BOOK.newest(text_id)
    assert found is not None
    return found


CALIFORNIA = text_of("us-ca-psychology")
MARYLAND = text_of("us-md-psychology")


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page; a line break is a blank here."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def words(pack: EvidencePack) -> str:
    return " ".join(pages_of(render(pack)))


def test_the_cover_names_whose_under_which_text_and_what_it_is_not() -> None:
    shown = words(a_pack(CALIFORNIA, evenings(CALIFORNIA, 1)))
    for part in (
        "Evidence pack Nguyễn Thị Ánh psychology, US-CA, licence number PSY 12345",
        "1.38 of 36 hours 1 January 2026 to 31 December 2027",
        "California Board of Psychology: 16 CCR 1397.60.1",
        CALIFORNIA.source.address,
        f"Version {CALIFORNIA.version} here, checked on 21 November 2026",
        "read in the body's own text.",
        CreditKind.CLAIMED.sentence,
        "It is no certificate, and no board has approved it.",
        "As the record stood on Wednesday, 1 December 2027, 9:30 am UTC.",
    ):
        assert part in shown


def test_a_meeting_is_told_with_zone_topics_presence_evidence_and_its_derivation() -> None:
    shown = words(a_pack(CALIFORNIA, evenings(CALIFORNIA, 1)))
    for part in (
        "1. Monday, 5 January 2026",
        "7:00 pm to 8:30 pm, Europe/Berlin (UTC+01:00)",
        "Evening 1: what stayed with us (endings; ethics)",
        "83 of 90 minutes present, by live video (7:00 pm to 8:23 pm)",
        "20 minutes on the member's own practice; 6 people there, the member included.",
        "Strong. The meeting tool and the member's check-in agree within 5 minutes.",
        "1.38 hours of peer consultation: Professional Activities: Peer Consultation",
        f"Peer Consultation, version {CALIFORNIA.version}",
        "83 ÷ 60 minutes per hour of peer consultation = 1.38 (16 CCR 1397.60.1).",
        "In the account, 1.38 hours count.",
    ):
        assert part in shown


def test_every_row_and_every_sum_is_printed() -> None:
    meetings = [
        attended(n, a_credit(CALIFORNIA, n, f"1.{n:02}", minutes=60 + n)) for n in range(14)
    ]
    pack = a_pack(CALIFORNIA, meetings, [an_entry()])
    shown = words(pack)
    for number, meeting in enumerate(pack.attended, start=1):
        becomes = meeting.credits[0].in_account
        assert becomes is not None
        amount = f"1.{number - 1:02}".rstrip("0").rstrip(".")
        assert f"Consultation {59 + number} {amount} {amount} {amount}" in shown
        assert f"Evening {number}: what stayed with us" in shown
    minutes = sum(range(60, 74))
    assert f"Sum counted in: hour {minutes} {pack.worth} {pack.counted}" in shown
    assert f"14 meetings, {minutes} minutes, 14.91 hours of peer consultation" in shown
    assert (pack.worth, pack.counted) == (Decimal("18.91"), Decimal("18.91"))
    assert "Earned 18.91 hours Counts 18.91 hours Required 36 hours, 17.09 to go" in shown


def test_what_a_cap_takes_is_said_in_the_account_and_beside_the_meeting() -> None:
    meetings = [attended(n, a_credit(CALIFORNIA, n, "4", minutes=240)) for n in range(5)]
    shown = words(a_pack(CALIFORNIA, meetings))
    assert "Cut by limits 2 hours" in shown
    assert "Peer consultation: 18 of at most 18 hours a cycle; 2 too many do not count" in shown
    assert "at most 18 hours a cycle; 2 too many." in shown
    assert "Sum counted in: hour 1200 20 18" in shown


def test_bands_are_told_row_by_row() -> None:
    pack = a_pack(MARYLAND, [attended(n, a_credit(MARYLAND, n)) for n in range(6)])
    shown = words(pack)
    assert "8.3 hours attended in this cycle so far come to 1 CE hour" in shown
    assert "Sum counted in: CE hour (Maryland psychology) 498 1 1" in shown


def test_what_is_carried_in_and_a_duty_of_its_own_are_told_from_what_is_summed() -> None:
    duty = text_of("us-nh-mental-health")
    shown = words(a_pack(duty, evenings(duty, 2), carried_in="2"))
    assert f"2 8 January 2026 {duty.rules[0].name}: apart 83 1.38 1.38 1.38" in shown
    assert "31 December 2025 carried in 2 Sum counted in: hour 0 0 2" in shown
    assert "A duty of its own; it does not count towards what the cycle requires." in shown


def test_sponsored_credit_is_listed_and_points_to_its_certificate() -> None:
    mixed = text_of("us-md-social-work")
    course = next(rule for rule in mixed.rules if rule.credit_kind is CreditKind.SPONSORED)
    credit = a_credit(mixed, 1, rule_id=course.id, rule=course.name, kind=course.credit_kind)
    shown = words(a_pack(mixed, [attended(0, a_credit(mixed, 0)), attended(1, credit)]))
    assert "Sponsored credit listed here is shown by the provider's own certificate." in shown
    assert CreditKind.SPONSORED.sentence not in shown
    alone = words(a_pack(CALIFORNIA, evenings(CALIFORNIA, 1)))
    assert "Sponsored credit listed here" not in alone


def test_corrections_stand_beside_the_original_with_who_and_why() -> None:
    day = timedelta(days=1)
    adjusted = a_credit(
        CALIFORNIA,
        0,
        "1.2",
        minutes=72,
        changes=(
            Change(FIRST, 83, Decimal("1.38"), ""),
            Change(FIRST + day, -11, Decimal("-0.18"), "The facts behind the award changed."),
        ),
    )
    withdrawn = a_credit(
        CALIFORNIA,
        1,
        withdrawn=True,
        changes=(
            Change(FIRST, 83, Decimal("1.38"), ""),
            Change(FIRST + 2 * day, -83, Decimal("-1.38"), "The meeting does not count."),
        ),
    )
    said = Correction(FIRST + day, "facilitator", "Ana left early.")
    pack = a_pack(CALIFORNIA, [attended(0, adjusted, corrections=(said,)), attended(1, withdrawn)])
    shown = words(pack)
    for part in (
        "The presence was set right on 6 January 2026 by the facilitator: Ana left early.",
        "Credited on 5 January 2026: 83 minutes, 1.38 hours of peer consultation.",
        "Corrected on 6 January 2026: −11 minutes, −0.18. The facts behind the award changed.",
        "Taken back on 7 January 2026: −83 minutes, −1.38. The meeting does not count.",
        "Professional Activities: Peer Consultation: taken back 0 0 0 0",
        "Sum counted in: hour 72 1.2 1.2",
    ):
        assert part in shown


def test_what_the_member_entered_stands_apart_and_is_marked() -> None:
    shown = words(a_pack(CALIFORNIA, evenings(CALIFORNIA, 1), [an_entry()]))
    before, _, entered = shown.partition("Everything below was entered by the member.")
    assert "entered by the member: Sponsored Continuing Education 4 4 4" in before
    for part in (
        "2. Monday, 1 June 2026",
        "Offered by Harbor Peer Learning; live.",
        "Entered by the member: 4 hours. In the account, 4 hours count.",
        f"A document, SHA-256 {'ab' * 32}.",
        "Corrected on 3 June 2026: A slip of the pen.",
    ):
        assert part in entered


def test_the_checklist_tells_what_is_here_what_to_keep_and_who_signs() -> None:
    shown = words(a_pack(MARYLAND, []))
    checklist = shown.partition("What the text wants to see")[2]
    assert "Keep it yourself attendance kept by a recording secretary" in checklist
    assert "brief summary of each meeting, copied to each attendee" in checklist
    assert "the recording secretary, a member of the group in turn: name, date, sign" in checklist
    here = words(a_pack(CALIFORNIA, [])).partition("What the text wants to see")[2]
    assert "Shown here dates: with each meeting" in here
    assert "Keep it yourself" not in here
    assert "the licensee (own record): name, date, signature" in here


def test_what_is_said_to_be_shown_is_wanted_by_some_text() -> None:
    wanted = {what for pack in BOOK.packs for rule in pack.rules for what in rule.evidence}
    assert set(SHOWN) <= wanted


@pytest.mark.parametrize(
    "text",
    [each for each in BOOK.packs if each.cycle is not None and ends_in_pack(each)],
    ids=lambda each: f"{each.id}-{each.version}",
)
def test_every_text_that_ends_here_can_be_printed(text: Pack) -> None:
    shown = words(a_pack(text, evenings(text, 1)))
    assert all(rule.signer in shown for rule in text.rules if rule.credit_kind != "sponsored")
    assert "[…]" not in shown


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "李小龙", "Søren Ægir", "Αθηνά Παπαδοπούλου"])
def test_names_are_printed_as_people_write_them_on_every_page(name: str) -> None:
    pages = pages_of(render(a_pack(CALIFORNIA, evenings(CALIFORNIA, 8), holder_name=name)))
    assert len(pages) > 2
    assert all(name in page for page in pages)


def test_an_emoji_does_not_cost_a_meeting_its_title() -> None:
    title = "Grief \U0001f56f\ufe0f in the room \U0001f44d\U0001f3fd"
    evening = attended(0, a_credit(CALIFORNIA, 0), title=title, topics=())
    shown = words(a_pack(CALIFORNIA, [evening]))
    assert "Grief in the room" in shown
    assert "cannot be printed" not in shown


def test_a_name_that_cannot_be_printed_is_refused_and_a_title_is_left_to_the_other_file() -> None:
    with pytest.raises(ScriptNotSupported):
        render(a_pack(CALIFORNIA, [], holder_name="قلب"))
    with pytest.raises(CharacterWithoutFont):
        render(a_pack(CALIFORNIA, [], holder_name="Ana \U0001f600"))
    evening = attended(0, a_credit(CALIFORNIA, 0), title="قلب", topics=())
    assert "[…] […] stands for words or symbols" in words(a_pack(CALIFORNIA, [evening]))


def test_one_foreign_word_costs_a_title_that_word_alone() -> None:
    evening = attended(0, a_credit(CALIFORNIA, 0), title="Grief قلب in the room", topics=())
    shown = words(a_pack(CALIFORNIA, [evening]))
    assert "Grief […] in the room" in shown
    assert "they stand in the file for machines." in shown


def test_pages_are_numbered_to_the_end() -> None:
    pages = pages_of(render(a_pack(CALIFORNIA, evenings(CALIFORNIA, 30))))
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page


@pytest.mark.parametrize("size", PageSize)
def test_the_same_facts_give_the_same_bytes_on_both_sizes(size: PageSize) -> None:
    pack = a_pack(CALIFORNIA, evenings(CALIFORNIA, 3), [an_entry()])
    drawn = render(pack, size=size)
    assert drawn == render(pack, size=size)
    box = pypdf.PdfReader(io.BytesIO(drawn)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == tuple(map(round, size.value))
    assert render(replace(pack, made_at=FIRST), size=size) != drawn


@pytest.mark.parametrize(
    ("place", "size"),
    [("US-CA", "LETTER"), ("CA-ON", "LETTER"), ("CA", "LETTER"), ("AU", "A4"), ("", "A4")],
)
def test_the_sheet_is_the_one_its_readers_print_on(place: str, size: str) -> None:
    assert page_size(place) is PageSize[size]


def test_a_licence_without_a_number_is_printed_without() -> None:
    licence = LicenceLine(kind="Applied behaviour analysis", jurisdiction="CA-ON")
    shown = words(a_pack(CALIFORNIA, [], licence=licence))
    assert "Nguyễn Thị Ánh Applied behaviour analysis, CA-ON 0 of 36 hours" in shown
