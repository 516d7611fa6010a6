"""Evidence packs, each put together from what stands.

What our own record shows is read from its streams, so that a pack never shows less than was
recorded; only what the member entered is read from a view.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from domain.certificates.papers import CreditKind, LicenceLine
from domain.evidence.lines import InAccount, SelfEntered
from domain.evidence.pack import (
    EvidencePack,
    account_of_period,
    evidence_pack,
    in_account,
)
from domain.members.member import Licence, Member
from domain.members.professions import label_of
from domain.personal import shown
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from domain.rules.explain import Missing
from domain.rules.forecast import forecast
from domain.rules.histories import LicenceFacts, window_of
from domain.rules.model import Pack
from projections.outside_credits import queries as outside_credits
from projections.outside_credits.queries import OutsideCreditRow
from services.credits.renewals import entered_as
from services.days import own_day
from services.dispatch import Work
from services.evidence.offers import FIRST, LONGEST, ends_here, is_about, no_such, text_on
from services.evidence.record import credits_under, meetings_in
from services.house import House


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
        raise no_such()
    facts = _facts(licence)
    if until_day is None:
        text, window = _cycle(book, text_id, facts, from_day, today)
        why = None
    else:
        text, window, why = _period(book, text_id, facts, from_day, until_day, today)
    entered = [row for row in rows if row.counts and is_about(row, text, facts)]
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
        holder_name=shown(member.printed_name),
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


def _cycle(
    book: RuleBook, text_id: str, licence: LicenceFacts, from_day: date, today: date
) -> tuple[Pack, Window]:
    """Return the cycle that begins on a day, and the text that speaks of it.

    A cycle that is over is told by the version in force on its last day, as long as that version
    knows the same cycle.
    """
    text = text_on(book, text_id, today) or book.newest(text_id)
    if text is None or not ends_here(text, licence):
        raise no_such()
    window = window_of(text, licence, from_day)
    if isinstance(window, Missing) or window.from_day != from_day:
        raise no_such()
    if window.until_day < today:
        then = text_on(book, text_id, window.until_day)
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
    text = text_on(book, text_id, today) or book.newest(text_id)
    if text is None or not ends_here(text, licence):
        raise no_such()
    why = window_of(text, licence, today)
    fits = from_day <= until_day <= today and until_day - from_day <= LONGEST
    if not isinstance(why, Missing) or not fits:
        raise no_such()
    return text, Window(from_day, until_day), why


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
