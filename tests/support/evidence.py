"""Evidence packs of any length, put together by the domain from a text's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.certificates.papers import LicenceLine
from domain.evidence.lines import Attended, Change, Credit, InAccount, SelfEntered
from domain.evidence.pack import EvidencePack, evidence_pack, in_account
from domain.meetings.presence import EvidenceStrength
from domain.rules.account import Entry, account
from domain.rules.cycles import Window
from domain.rules.explain import Step
from domain.rules.model import Pack
from domain.values import Interval, Modality

MADE_AT = datetime(2027, 12, 1, 9, 30, tzinfo=UTC)
CYCLE = Window(date(2026, 1, 1), date(2027, 12, 31))
FIRST = datetime(2026, 1, 5, 18, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def a_credit(pack: Pack, number: int, amount: str = "1.38", **changes: Any) -> Credit:
    """Return 83 minutes under the first rule of a text, not in any account yet."""
    rule = pack.rules[0]
    values: dict[str, Any] = {
        "key": f"award-{number}",
        "rule_id": rule.id,
        "rule": rule.name,
        "rule_version": pack.version,
        "kind": rule.credit_kind,
        "minutes": 83,
        "amount": Decimal(amount),
        "unit": rule.unit,
        "steps": (
            Step("minutes.present", "83 minutes of presence count."),
            Step("unit.divided", f"83 ÷ 60 minutes per {rule.unit} = 1.38.", rule.clause),
        ),
        "changes": (Change(FIRST, 83, Decimal(amount), ""),),
        "withdrawn": False,
        "in_account": None,
    } | changes
    return Credit(**values)


def attended(number: int, *credits_: Credit, **changes: Any) -> Attended:
    """Return the meeting of a week: 90 minutes, of which 83 by live video."""
    begin = FIRST + timedelta(days=3 * number)
    values: dict[str, Any] = {
        "meeting_id": f"meeting-{number:03}",
        "title": f"Evening {number + 1}: what stayed with us",
        "topics": ("endings", "ethics"),
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=90),
        "zone": BERLIN,
        "modality": Modality.LIVE_VIDEO,
        "present": (Interval(begin, begin + timedelta(minutes=83)),),
        "present_minutes": 83,
        "own_minutes": 20,
        "people": 6,
        "strength": EvidenceStrength.STRONG,
        "reasons": ("The meeting tool and the member's check-in agree within 5 minutes.",),
        "corrections": (),
        "credits": credits_,
    } | changes
    return Attended(**values)


def an_entry(number: int = 1, **changes: Any) -> SelfEntered:
    """Return a course that the member attended elsewhere, not in any account yet."""
    values: dict[str, Any] = {
        "key": f"entered-{number}",
        "day": date(2026, 6, 1),
        "title": "Law and ethics for psychologists",
        "provider_name": "Harbor Peer Learning",
        "category": "Sponsored Continuing Education",
        "kind": None,
        "topics": ("ethics",),
        "live": True,
        "amount": Decimal(4),
        "unit": "hour",
        "document_sha256": "ab" * 32,
        "entered_at": datetime(2026, 6, 2, tzinfo=UTC),
        "corrections": ((datetime(2026, 6, 3, tzinfo=UTC), "A slip of the pen."),),
        "in_account": InAccount(Decimal(0), Decimal(0), in_total=True, steps=()),
    } | changes
    return SelfEntered(**values)


def a_pack(
    text: Pack,
    meetings: Sequence[Attended],
    entered: Sequence[SelfEntered] = (),
    *,
    carried_in: str = "0",
    **changes: Any,
) -> EvidencePack:
    """Keep the account of a cycle and put the paper together."""
    entries = [
        Entry(
            key=credit.key,
            day=meeting.starts_at.date(),
            amount=credit.amount,
            rule=credit.rule_id,
            title=meeting.title,
            topics=meeting.topics,
            modality=meeting.modality,
            live=True,
            credit_kind=credit.kind,
            minutes=credit.minutes,
        )
        for meeting in meetings
        for credit in meeting.credits
        if not credit.withdrawn
    ]
    entries += [
        Entry(
            key=each.key,
            day=each.day,
            amount=each.amount,
            category=each.category or "",
            title=each.title,
            topics=each.topics,
            live=each.live,
            credit_kind=each.kind,
            elsewhere=True,
        )
        for each in entered
    ]
    kept = account(text, CYCLE, entries, carried_in=Decimal(carried_in))
    becomes = in_account(kept)
    values: dict[str, Any] = {
        "holder_name": "Nguyễn Thị Ánh",
        "licence": LicenceLine(
            kind=text.professions[0] if text.professions else "psychology",
            jurisdiction=text.jurisdiction or "",
            number="PSY 12345",
        ),
        "made_at": MADE_AT,
    } | changes
    return evidence_pack(
        pack=text,
        account=kept,
        attended=[
            replace(
                meeting,
                credits=tuple(
                    replace(each, in_account=becomes.get(each.key)) for each in meeting.credits
                ),
            )
            for meeting in meetings
        ],
        entered=[replace(each, in_account=becomes[each.key]) for each in entered],
        **values,
    )


def evenings(text: Pack, many: int) -> list[Attended]:
    """Return so many meetings, each credited by the text's first rule."""
    return [attended(number, a_credit(text, number)) for number in range(many)]
