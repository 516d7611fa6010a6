"""How an evidence pack looks: a cover, the account, a list with its sums, then meeting by meeting.

Texts that people typed may be in a script that we cannot print. A pack of two hundred meetings must
not fail for one title, so it leaves symbols out and marks words in such a script, by the rule of
every paper (`fonts.legible`), and says that they stand in the file for machines. The holder's own
name is never left out like this.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reportlab.platypus import CondPageBreak, Flowable, Spacer, Table, TableStyle
from reportlab.platypus.flowables import HRFlowable

from domain.rules.explain import plain
from infra.papers import evidence_pack_wording as wording
from infra.papers.fonts import LEFT_OUT, Face, legible
from infra.papers.layout import (
    EDGE,
    INK,
    NOTE,
    PINE,
    SOFT,
    WASH,
    labelled,
    labelled_style,
    legibly,
    panel,
    style,
    text,
    unlined,
)
from infra.papers.words import day, licence_line, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportlab.lib.styles import ParagraphStyle

    from domain.evidence.pack import EvidencePack
    from infra.papers.words import Row

_PRINTED_IN_PART: Final = (
    f"{LEFT_OUT} stands for words or symbols that cannot be printed here; they stand in the file "
    "for machines."
)

_HEADING: Final = style(23, INK, Face.HEADING, leading=29)
_BODY: Final = style(10.5, PINE)
_NAME: Final = style(21, PINE, Face.HEADING, leading=28)
_TOTAL: Final = style(18, PINE, Face.HEADING, leading=24)
_PART: Final = style(15, INK, Face.HEADING, leading=20, spaceBefore=14, spaceAfter=6)
_MEETING: Final = style(11, INK, Face.HEADING, leading=15, spaceBefore=7, spaceAfter=3)
_SAID: Final = labelled_style(8.4, 11.4)
_CELL: Final = style(8.2, leading=10.6)
_NUMBER: Final = style(8.2, leading=10.6, alignment=2)
_HEAD: Final = style(7.8, SOFT, leading=10)
_HEAD_NUMBER: Final = style(7.8, SOFT, leading=10, alignment=2)

_HEADS: Final = ("No.", "Day", "Under", "Minutes", "Amount", "Worth", "Counts")
_WORDS: Final = 3  # of them; the others are figures, set to the right
_SHARES: Final = (0.06, 0.19, 0.35, 0.10, 0.10, 0.10, 0.10)  # of the list's columns
_ROOM_FOR_A_MEETING: Final = 110.0  # less is left at the foot of a page: begin on the next
_SIGNATURE_HEIGHT: Final = 30.0


def story(pack: EvidencePack, *, width: float) -> list[Flowable]:
    """Return everything on the paper for a column *width* points wide."""
    flow: list[Flowable] = [
        text(pack.text.body, _BODY, "text"),
        Spacer(0, 4),
        text(wording.HEADING, _HEADING),
        Spacer(0, 8),
        text(pack.holder_name, _NAME, "holder_name"),
        text(licence_line(pack.licence), NOTE, "licence"),
        Spacer(0, 8),
        _panel(pack, width),
        Spacer(0, 10),
        *_rows(wording.cover(pack)),
        *_heading("The account"),
        *_rows(wording.account(pack)),
    ]
    if pack.attended or pack.entered:
        flow += [*_heading("The list"), _list(pack, width)]
    if pack.attended:
        flow += [*_heading("Meeting by meeting"), text(wording.NOT_KEPT, NOTE)]
    for number, meeting in enumerate(pack.attended, start=1):
        heading = text(wording.meeting_heading(number, meeting), _MEETING)
        flow += _part(heading, wording.meeting(pack, meeting))
    if pack.entered:
        flow += [*_heading("Entered by the member"), text(wording.ENTERED, NOTE)]
    for number, entry in enumerate(pack.entered, start=len(pack.attended) + 1):
        heading = text(wording.entered_heading(number, entry), _MEETING)
        flow += _part(heading, wording.entered(pack, entry))
    flow += _heading("What the text wants to see")
    for one in pack.wanted:
        flow += _rows(wording.wanted(one))
        flow += _signature(one.signer, width) if one.signer else []
    return flow


def _part(heading: Flowable, rows: Iterable[Row]) -> list[Flowable]:
    flow = [CondPageBreak(_ROOM_FOR_A_MEETING), heading]
    for row in rows:
        flow += unlined(_safe(row), _SAID)
    return [*flow, HRFlowable("100%", 0.4, color=EDGE, spaceBefore=3.5, spaceAfter=0)]


def _heading(words: str) -> list[Flowable]:
    return [CondPageBreak(2 * _ROOM_FOR_A_MEETING), text(words, _PART)]


def _rows(rows: Iterable[Row]) -> list[Flowable]:
    return [flowable for row in rows for flowable in labelled(_safe(row))]


def _safe(row: Row) -> Row:
    """Return a row as it can be printed, and below it what stands elsewhere."""
    printed = legibly(row)
    if any(LEFT_OUT in words for words in printed.paragraphs):
        return replace(printed, paragraphs=(*printed.paragraphs, _PRINTED_IN_PART))
    return printed


def _panel(pack: EvidencePack, width: float) -> Table:
    kinds = ", ".join(kind.value for kind in pack.kinds)
    left = [text(wording.total(pack), _TOTAL), text(wording.cycle(pack), NOTE)]
    right = [text(kinds.capitalize(), style(9.5, SOFT, alignment=2))]
    return panel(left, right, width)


def _list(pack: EvidencePack, width: float) -> Table:
    """Return one line a credit, and the sums of the lines that count towards the total."""
    rows = [_cells(_HEADS, _HEAD, _HEAD_NUMBER)]
    rows += [_cells(line, _CELL, _NUMBER) for line in _lines(pack)]
    table = Table(rows, colWidths=[width * share for share in _SHARES], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), Face.TEXT.value),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, EDGE),
                ("BACKGROUND", (0, -1), (-1, -1), WASH),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _cells(words: Iterable[str], left: ParagraphStyle, right: ParagraphStyle) -> list[Flowable]:
    return [
        text(legible(each), left if place < _WORDS else right) for place, each in enumerate(words)
    ]


def _lines(pack: EvidencePack) -> Iterator[tuple[str, ...]]:
    minutes = 0
    for number, meeting in enumerate(pack.attended, start=1):
        when = day(local(meeting.starts_at, meeting.zone))
        for credit in meeting.credits:
            becomes = credit.in_account
            if becomes is None:
                yield str(number), when, f"{credit.rule}: taken back", "0", "0", "0", "0"
                continue
            apart = "" if becomes.in_total else ": apart"
            minutes += credit.minutes if becomes.in_total else 0
            yield (
                str(number),
                when,
                f"{credit.rule}{apart}",
                str(credit.minutes),
                plain(credit.amount),
                plain(becomes.worth),
                plain(becomes.counted),
            )
    for number, entry in enumerate(pack.entered, start=len(pack.attended) + 1):
        becomes = entry.in_account
        yield (
            str(number),
            day(entry.day),
            f"entered by the member: {entry.category or entry.title}",
            "",
            plain(entry.amount),
            plain(becomes.worth),
            plain(becomes.counted),
        )
    if pack.account.carried_in:
        before = day(pack.from_day - timedelta(days=1))
        yield "", before, "carried in", "", "", "", plain(pack.account.carried_in)
    counted = plain(pack.counted + pack.account.carried_in)
    unit = f"counted in: {pack.account.unit}"
    yield "", "Sum", unit, str(minutes), "", plain(pack.worth), counted


def _signature(signer: str, width: float) -> list[Flowable]:
    line = HRFlowable(width * 0.62, 0.6, color=SOFT, hAlign="LEFT", spaceBefore=_SIGNATURE_HEIGHT)
    return [
        CondPageBreak(3 * _SIGNATURE_HEIGHT),
        line,
        text(f"{signer}: name, date, signature", NOTE),
    ]
