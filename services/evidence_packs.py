"""Evidence packs: which there are for a member, and each put together from what stands.

What our own record shows is read from its streams, so that a pack never shows less than was
recorded; only what the member entered is read from a view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeGuard
from uuid import UUID

import msgspec

from domain.errors import NotFound
from domain.evidence_lines import InAccount, SelfEntered
from domain.evidence_packs import (
    EvidencePack,
    account_of_period,
    ends_in_pack,
    evidence_pack,
    in_account,
)
from domain.members import Licence, Member
from domain.papers import CreditKind, LicenceLine
from domain.personal import shown
from domain.professions import label_of
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.explain import Missing
from domain.rules.forecast import forecast
from domain.rules.histories import LicenceFacts, window_of
from domain.rules.model import Pack
from projections import Connection
from projections.outside_credits import queries as outside_credits
from projections.outside_credits.queries import OutsideCreditRow
from projections.people import queries as people
from services.days import own_day
from services.dispatch import Work
from services.evidence_record import credits_under, meetings_in
from services.house import House
from services.licence_texts import renews
from services.renewals import counts_under, earned_by, entered_as, licence_facts

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
            days |= {row.now.day for row in entered if _is_about(row, text, licence)}
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
    raise _no_such()


async def make_pack(
    house: House,
    member_id: UUID,
    licence_id: UUID,
    text_id: str,
    from_day: date,
    until_day: date | None = None,
) -> EvidencePack:
    """Put an evidence pack together, as the record stands now.

    Args:
        house: where.
        member_id: who asks, and whose it is.
        licence_id: for which licence.
        text_id: under which body's text.
        from_day: first day of the cycle, or of the period.
        until_day: last day of a period that the member names, where no cycle is determined;
            ``None`` asks for a cycle.

    Raises:
        NotFound: the member has no such licence, the text is not about it or ends in
            certificates only, no cycle begins on that day, or there is a cycle and no need to
            name a period.
    """
    now, book = house.clock.now(), house.rules()
    work = Work(house.store, member_id)
    member = await work.load(Member, member_id)
    licence = member.licences.get(licence_id)
    async with house.views() as conn:
        today = await own_day(conn, member_id, now)
        rows = await outside_credits.of_member(conn, member_id)
    if licence is None or member.forgotten or not FIRST <= from_day <= today:
        raise _no_such()
    facts = _facts(licence)
    if until_day is None:
        text, window = _cycle(book, text_id, facts, from_day, today)
        why = None
    else:
        text, window, why = _period(book, text_id, facts, from_day, until_day, today)
    entered = [row for row in rows if row.counts and _is_about(row, text, facts)]
    recorded = await credits_under(work, member_id, text.id, licence_id)
    entries = [each.entry for each in recorded if not each.award.withdrawn]
    entries += [entered_as(text, row.now) for row in entered]
    if why is None:
        account = forecast(book, text, facts, entries, (), today=window.from_day).now
        assert account is not None, "its window is known"
    else:
        account = account_of_period(text, window, entries, why)
    becomes = in_account(account)
    return evidence_pack(
        holder_name=shown(member.name_on_papers),
        licence=LicenceLine(
            kind=label_of(licence.profession),
            jurisdiction=licence.jurisdiction,
            number=shown(licence.number) or None,
        ),
        pack=text,
        chosen=why is not None,
        account=account,
        attended=await meetings_in(window, recorded, house.store, member_id, book, becomes),
        entered=[
            _entered(row, becomes[entered_as(text, row.now).key])
            for row in entered
            if window.holds(row.now.day)
        ],
        made_at=now,
    )


def as_json(pack: EvidencePack) -> bytes:
    """Return the facts of a pack for machines; ``docs/evidence_pack.md`` describes them."""
    return msgspec.json.format(msgspec.json.encode(pack, order="deterministic"), indent=2) + b"\n"


def _texts(book: RuleBook, licence: LicenceFacts, today: date) -> Iterator[Pack]:
    """Yield the texts whose hours a licence may need to show, each as it speaks today."""
    for text_id in dict.fromkeys(pack.id for pack in book.packs):
        text = _on(book, text_id, today) or book.newest(text_id)
        if text is not None and _ends_here(text, licence):
            yield text


def _cycle(
    book: RuleBook, text_id: str, licence: LicenceFacts, from_day: date, today: date
) -> tuple[Pack, Window]:
    """Return the cycle that begins on a day, and the text that speaks of it.

    A cycle that is over is told by the version in force on its last day, as long as that version
    knows the same cycle.
    """
    text = _on(book, text_id, today) or book.newest(text_id)
    if text is None or not _ends_here(text, licence):
        raise _no_such()
    window = window_of(text, licence, from_day)
    if isinstance(window, Missing) or window.from_day != from_day:
        raise _no_such()
    if window.until_day < today:
        then = _on(book, text_id, window.until_day)
        if then and then.cycle and window_of(then, licence, from_day) == window:
            return then, window
    return text, window


def _period(
    book: RuleBook,
    text_id: str,
    licence: LicenceFacts,
    from_day: date,
    until_day: date,
    today: date,
) -> tuple[Pack, Window, Missing]:
    """Return the text, the period that a member named, and why there is no cycle in its place."""
    text = _on(book, text_id, today) or book.newest(text_id)
    if text is None or not _ends_here(text, licence):
        raise _no_such()
    why = window_of(text, licence, today)
    fits = from_day <= until_day <= today and until_day - from_day <= LONGEST
    if not isinstance(why, Missing) or not fits:
        raise _no_such()
    return text, Window(from_day, until_day), why


def _on(book: RuleBook, text_id: str, day: date) -> Pack | None:
    return next((pack for pack in book.on(day) if pack.id == text_id), None)


def _ends_here(text: Pack, licence: LicenceFacts) -> bool:
    about = renews(text, licence.profession, licence.jurisdiction)
    return about and text.cycle is not None and ends_in_pack(text)


def _is_about(row: OutsideCreditRow, text: Pack, licence: LicenceFacts) -> bool:
    return str(row.now.licence_id) == licence.id and counts_under(text, row.now)


def _known(window: Window | Missing) -> TypeGuard[Window]:
    return isinstance(window, Window) and window.from_day >= FIRST


def _facts(licence: Licence) -> LicenceFacts:
    return LicenceFacts(
        id=str(licence.licence_id),
        profession=licence.profession,
        jurisdiction=licence.jurisdiction,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
    )


def _entered(row: OutsideCreditRow, becomes: InAccount) -> SelfEntered:
    said = row.now
    versions = (*reversed(row.before), said)
    return SelfEntered(
        key=str(row.credit_id),
        day=said.day,
        title=said.title,
        provider_name=said.provider_name,
        category=said.category,
        kind=None if said.credit_kind is None else CreditKind(said.credit_kind),
        topics=tuple(said.topics),
        live=said.live,
        amount=said.amount,
        unit=said.unit_name,
        document_sha256=said.document_sha256,
        entered_at=row.entered_at,
        corrections=tuple((each.said_at, each.reason) for each in versions if each.reason),
        in_account=becomes,
    )


def _no_such() -> NotFound:
    return NotFound("There is no such evidence pack of yours.")
