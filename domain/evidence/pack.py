"""The evidence pack: the paper in which claimed hours, supervision and portfolio entries end.

A body that counts peer hours under a category of its own asks the member, not a provider, to show
them: date, start and end, topic, how many were there, who signs (the notes on regulation, §5.1).
One pack is about one licence, one body's text and one cycle; where no cycle is determined, about a
period that the member names. It is made anew whenever it is asked for, from what stands in the
record then, and it is never more than the member's own evidence: no certificate, and nobody's
approval.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from msgspec import structs

from domain.certificates.papers import CreditKind, LicenceLine
from domain.evidence.items import Wanted, wanted_by
from domain.evidence.lines import (
    AccountLines,
    Attended,
    CapLine,
    FloorLine,
    InAccount,
    RuleSum,
    SelfEntered,
    TextRead,
)
from domain.rules.account import Account
from domain.rules.account import account as account_kept
from domain.rules.cycles import Window
from domain.rules.entries import Entry
from domain.rules.explain import Missing, derivation
from domain.rules.model import Pack
from domain.rules.periods import Cycle

_NO_CYCLE: Final = Missing(
    "cycle.chosen",
    "So the member named this period. It is no cycle of the body: no limit, minimum or total of a "
    "cycle is applied to it, and credit that comes in steps is reckoned within it.",
)
FORMAT: Final = 1  # of the file for machines; described in docs/evidence_pack.md


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """One evidence pack.

    Attributes:
        format: of the file for machines.
        made_at: as of when the record was read, UTC.
        holder_name: as on the licence.
        licence: which, with its number.
        text: whose rules.
        chosen: whether the member named the period, because no cycle is determined.
        from_day: first day of the cycle, or of that period.
        until_day: its last.
        kinds: of what the text counts, without what ends in a certificate.
        recorded: what stands under each rule, without what was taken back.
        account: of the cycle.
        attended: by start.
        entered: by the member, by day; kept apart from what the record shows.
        wanted: what the text wants shown, and by whom it is signed.
    """

    format: int
    made_at: datetime
    holder_name: str
    licence: LicenceLine
    text: TextRead
    chosen: bool
    from_day: date
    until_day: date
    kinds: tuple[CreditKind, ...]
    recorded: tuple[RuleSum, ...]
    account: AccountLines
    attended: tuple[Attended, ...]
    entered: tuple[SelfEntered, ...]
    wanted: tuple[Wanted, ...]

    @property
    def rows(self) -> Iterator[InAccount]:
        """Every row that counts towards what the cycle requires."""
        of_ours = (each.in_account for meeting in self.attended for each in meeting.credits)
        for row in (*of_ours, *(each.in_account for each in self.entered)):
            if row is not None and row.in_total:
                yield row

    @property
    def worth(self) -> Decimal:
        """What the rows are worth before caps: the account's *earned*."""
        return sum((row.worth for row in self.rows), Decimal(0))

    @property
    def counted(self) -> Decimal:
        """What the rows come to: the account's *counted* without what was carried in."""
        return sum((row.counted for row in self.rows), Decimal(0))


def ends_in_pack(pack: Pack) -> bool:
    """Tell whether a text counts anything that ends in an evidence pack."""
    return any(rule.credit_kind is not CreditKind.SPONSORED for rule in pack.rules)


def in_account(account: Account) -> Mapping[str, InAccount]:
    """Return what becomes of each credit, by the key of its entry."""
    found = {}
    for row in account.rows:
        # What it would take for more is the member's own affair, not the board's.
        how = tuple(derivation(row.steps))
        found[row.entry.key] = InAccount(row.worth, row.counted, row.in_total, how)
    return found


def account_of_period(
    pack: Pack, window: Window, entries: Iterable[Entry], why: Missing
) -> Account:
    """Keep the account of a period that stands in for a cycle nobody can determine.

    What a text says of a cycle, it says of no other time: so no limit and no minimum is applied,
    nothing is required, and nothing is carried over.

    Args:
        pack: with a cycle of unknown days.
        window: the period.
        entries: in any order; those of other days are left out.
        why: what is not determined about the cycle.
    """
    assert pack.cycle is not None, "asked for where a text speaks of a cycle"
    bare = Cycle(unit=pack.cycle.unit, not_in_total=pack.cycle.not_in_total)
    kept = account_kept(structs.replace(pack, caps=(), floors=(), cycle=bare), window, entries)
    return replace(kept, missing=(why, _NO_CYCLE))


def evidence_pack(
    *,
    holder_name: str,
    licence: LicenceLine,
    pack: Pack,
    account: Account,
    attended: Sequence[Attended],
    entered: Sequence[SelfEntered],
    made_at: datetime,
    chosen: bool = False,
) -> EvidencePack:
    """Put the paper together.

    Args:
        holder_name: as on the licence.
        licence: which.
        pack: the text, in the version that the account was kept by.
        account: of the cycle.
        attended: its meetings, in any order.
        entered: what the member entered for it, in any order.
        made_at: as of when, aware UTC.
        chosen: whether the member named the period of the account.
    """
    return EvidencePack(
        format=FORMAT,
        made_at=made_at,
        holder_name=holder_name,
        licence=licence,
        text=_text(pack),
        chosen=chosen,
        from_day=account.window.from_day,
        until_day=account.window.until_day,
        kinds=tuple(dict.fromkeys(_kinds(pack))),
        recorded=_sums(attended),
        account=_lines(pack, account),
        attended=tuple(sorted(attended, key=lambda each: (each.starts_at, each.meeting_id))),
        entered=tuple(sorted(entered, key=lambda each: (each.day, each.key))),
        wanted=wanted_by(pack),
    )


def _kinds(pack: Pack) -> list[CreditKind]:
    kinds = [rule.credit_kind for rule in pack.rules]
    return [kind for kind in kinds if kind is not CreditKind.SPONSORED]


def _sums(attended: Sequence[Attended]) -> tuple[RuleSum, ...]:
    sums: dict[tuple[str, str], RuleSum] = {}
    for meeting in attended:
        for each in meeting.credits:
            if not each.withdrawn:
                none_yet = RuleSum(each.rule, each.kind, each.unit, 0, 0, Decimal(0))
                before = sums.get((each.rule_id, each.unit), none_yet)
                sums[each.rule_id, each.unit] = replace(
                    before,
                    meetings=before.meetings + 1,
                    minutes=before.minutes + each.minutes,
                    amount=before.amount + each.amount,
                )
    return tuple(sums[key] for key in sorted(sums))


def _text(pack: Pack) -> TextRead:
    source = pack.source
    return TextRead(
        pack_id=pack.id,
        version=pack.version,
        body=pack.name,
        kind=pack.kind,
        clause=source.clause,
        address=source.address,
        more=source.more,
        checked=source.checked,
        confidence=source.confidence,
        notes=source.notes.strip(),
    )


def _lines(pack: Pack, account: Account) -> AccountLines:
    clause = pack.source.clause
    return AccountLines(
        unit=account.unit,
        earned=account.earned,
        cut=account.cut,
        carried_in=account.carried_in,
        counted=account.counted,
        required=account.required,
        lacks=account.lacks,
        caps=tuple(
            CapLine(
                name=each.cap.name,
                at_most=each.cap.at_most,
                per=each.cap.per,
                from_day=each.span,
                shared_with=each.cap.shared_with,
                used=each.used,
                cut=each.cut,
                clause=each.cap.clause or clause,
            )
            for each in account.caps
        ),
        floors=tuple(
            FloorLine(
                name=each.floor.name,
                at_least=each.floor.at_least,
                unit=each.floor.unit or account.unit,
                from_day=each.span,
                until_day=each.until,
                have=each.have,
                lacks=each.lacks,
                outside=each.floor.outside,
                clause=each.floor.clause or clause,
            )
            for each in account.floors
        ),
        categories=account.categories,
        categories_wanted=account.categories_wanted,
        steps=account.steps,
        missing=account.missing,
    )
