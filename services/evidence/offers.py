"""Which evidence packs there are for a member: one a cycle, and where none is known a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeGuard
from uuid import UUID

from domain.errors import NotFound
from domain.evidence.pack import ends_in_pack
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.explain import Missing
from domain.rules.histories import LicenceFacts, window_of
from domain.rules.model import Pack
from projections import Connection
from projections.outside_credits import queries as outside_credits
from projections.outside_credits.queries import OutsideCreditRow
from projections.people import queries as people
from services.credits.licence_texts import renews
from services.credits.renewals import counts_under, earned_by, licence_facts
from services.days import own_day
from services.house import House

FIRST: Final = date(2000, 1, 1)  # no meeting that we keep is older
LONGEST: Final = timedelta(days=10 * 366)
"""No cycle is longer than ten years, and so no period that stands in for one is."""


@dataclass(frozen=True, slots=True)
class OpenCycle:
    """A text for a licence whose cycle is not determined: the member names a period instead.

    Attributes:
        why: what is not determined.
    """

    licence: LicenceFacts
    text: Pack
    why: Missing

    @property
    def address(self) -> str:
        """Where the period is named."""
        return f"/renewals/{self.licence.id}/{self.text.id}/period"


@dataclass(frozen=True, slots=True)
class Offered:
    """An evidence pack that a member can have."""

    licence: LicenceFacts
    text: Pack
    window: Window

    @property
    def address(self) -> str:
        """Where it is, without ``.pdf`` or ``.json``."""
        return address_of(self.licence, self.text, self.window)


def address_of(licence: LicenceFacts, text: Pack, window: Window) -> str:
    """Return where an evidence pack is, without ``.pdf`` or ``.json``."""
    return f"/renewals/{licence.id}/{text.id}/{window.from_day}"


async def packs_of(
    conn: Connection, book: RuleBook, member_id: UUID, *, today: date
) -> list[Offered]:
    """Return the packs that a member can have, the newest cycles first.

    There is one for each cycle with a credit in it, and for the one that runs today.
    """
    earned = await earned_by(conn, member_id)
    entered = [row for row in await outside_credits.of_member(conn, member_id) if row.counts]
    offered = []
    for licence in map(licence_facts, await people.licences(conn, member_id)):
        for text in _texts(book, licence, today):
            days = {e.day for key, e in earned if key == (text.id, licence.id)}
            days |= {row.now.day for row in entered if is_about(row, text, licence)}
            days |= {today} if licence.held_on(today) else set()
            windows = {window_of(text, licence, day) for day in days if FIRST <= day <= today}
            offered += [Offered(licence, text, each) for each in windows if _known(each)]
    return sorted(
        offered, key=lambda each: (-each.window.from_day.toordinal(), each.text.name, each.text.id)
    )


async def open_cycles(
    conn: Connection, book: RuleBook, member_id: UUID, *, today: date
) -> list[OpenCycle]:
    """Return the texts under which hours count while their cycle is not determined."""
    return [
        OpenCycle(licence, text, window)
        for licence in map(licence_facts, await people.licences(conn, member_id))
        for text in _texts(book, licence, today)
        if isinstance(window := window_of(text, licence, today), Missing)
    ]


async def open_cycle(
    house: House, member_id: UUID, licence_id: UUID, text_id: str
) -> tuple[OpenCycle, date]:
    """Return one of :func:`open_cycles`, and the day that it is for the member.

    Raises:
        NotFound: the member has no such licence, the text is not about it, or its cycle is known.
    """
    async with house.views() as conn:
        today = await own_day(conn, member_id, house.clock.now())
        found = await open_cycles(conn, house.rules(), member_id, today=today)
    for each in found:
        if (each.licence.id, each.text.id) == (str(licence_id), text_id):
            return each, today
    raise no_such()


def _texts(book: RuleBook, licence: LicenceFacts, today: date) -> Iterator[Pack]:
    """Yield the texts whose hours a licence may need to show, each as it speaks today."""
    for text_id in dict.fromkeys(pack.id for pack in book.packs):
        text = text_on(book, text_id, today) or book.newest(text_id)
        if text is not None and ends_here(text, licence):
            yield text


def text_on(book: RuleBook, text_id: str, day: date) -> Pack | None:
    """Return a text in the version in force on a day."""
    return next((pack for pack in book.on(day) if pack.id == text_id), None)


def ends_here(text: Pack, licence: LicenceFacts) -> bool:
    """Tell whether hours under a text end in evidence for a licence of this kind."""
    about = renews(text, licence.profession, licence.jurisdiction)
    return about and text.cycle is not None and ends_in_pack(text)


def is_about(row: OutsideCreditRow, text: Pack, licence: LicenceFacts) -> bool:
    """Tell whether what a member entered counts under a text for a licence."""
    return str(row.now.licence_id) == licence.id and counts_under(text, row.now)


def _known(window: Window | Missing) -> TypeGuard[Window]:
    return isinstance(window, Window) and window.from_day >= FIRST


def no_such() -> NotFound:
    """Return the refusal of everybody whose pack it is not, and of packs that are none."""
    return NotFound("There is no such evidence pack of yours.")
