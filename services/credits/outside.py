"""Commands about credits earned elsewhere: entering, correcting, removing, and their documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol
from uuid import UUID

from domain.certificates.papers import CreditKind
from domain.credits.outside import OutsideCredit, OutsideFacts
from domain.errors import DomainError, InvalidFields
from domain.evidence.documents import Document
from domain.members.member import LicenceUnknown, Member, MemberForgotten
from domain.personal import Personal
from domain.ports import Clock
from domain.rules.book import RuleBook
from services.credits.licence_texts import renews, topics_of
from services.dispatch import Handler, Work
from services.effects import Piece

_KEEP: Final = "keep_document"
_DROP: Final = "drop_document"
_FORGOTTEN: Final = "This person was forgotten; nothing more is recorded."


class TextNotAboutLicence(DomainError):
    """No text of this name says how much the licence needs, so nothing can count under it."""

    code = "outside_credit.text_not_about_licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a member says about an activity elsewhere (:class:`OutsideFacts`, not checked yet)."""

    licence_id: UUID
    pack_id: str
    amount: Decimal
    day: date
    title: str
    provider_name: str
    category: str | None
    credit_kind: CreditKind | None
    topics: list[str]
    live: bool | None
    document: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterOutsideCredit:
    """Enter a credit that was earned elsewhere."""

    credit_id: UUID
    member_id: UUID
    activity: Activity
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOutsideCredit:
    """Set an entry right, with the reason."""

    credit_id: UUID
    activity: Activity
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOutsideCredit:
    """Take an entry back, with the reason."""

    credit_id: UUID
    reason: str
    by: UUID


class Documents(Protocol):
    """Keeps documents, encrypted for the member they are of."""

    async def put(self, document_id: UUID, subject_id: UUID, content: bytes) -> bool:
        """Take a document in; the first bytes under an id win. ``False`` for the forgotten."""
        ...

    async def keep(self, document_id: UUID) -> None:
        """Note that an entry names the document; until then it may be swept."""
        ...

    async def fetch(self, document_id: UUID) -> bytes | None:
        """Return a document; ``None`` where there is none, or its person is forgotten."""
        ...

    async def drop(self, document_id: UUID) -> None:
        """Delete a document that proves nothing any more."""
        ...


async def keep_document(
    documents: Documents, document: Document, member_id: UUID, content: bytes
) -> None:
    """Take a document in, before the entry that will name it.

    Raises:
        MemberForgotten: nothing is kept of a forgotten person.
    """
    if not await documents.put(document.document_id, member_id, content):
        raise MemberForgotten(_FORGOTTEN)


def enter_outside_credit(rules: Callable[[], RuleBook]) -> Handler:
    """Return the handler.

    Args:
        rules: gives the packs in use.
    """

    async def handle(cmd: EnterOutsideCredit, *, work: Work, clock: Clock) -> None:
        await work.require_new(cmd.credit_id)
        facts = await _facts(cmd.activity, cmd.member_id, work, rules())
        credit = OutsideCredit.enter(
            cmd.credit_id, member_id=cmd.member_id, facts=facts, by=cmd.by, at=clock.now()
        )
        work.save(credit)
        if facts.document is not None:
            work.effect(_KEEP, document_id=str(facts.document.document_id))

    return handle


def correct_outside_credit(rules: Callable[[], RuleBook]) -> Handler:
    """Return the handler.

    Args:
        rules: gives the packs in use.
    """

    async def handle(cmd: CorrectOutsideCredit, *, work: Work, clock: Clock) -> None:
        credit = await work.load(OutsideCredit, cmd.credit_id)
        before = credit.facts.document
        facts = await _facts(cmd.activity, credit.member_id, work, rules(), credit.facts.topics)
        reason = Personal(credit.member_id, cmd.reason)
        credit.correct(facts, reason=reason, by=cmd.by, at=clock.now())
        work.save(credit)
        if facts.document == before:
            return
        if facts.document is not None:
            work.effect(_KEEP, document_id=str(facts.document.document_id))
        if before is not None:
            work.effect(_DROP, document_id=str(before.document_id))

    return handle


async def remove_outside_credit(cmd: RemoveOutsideCredit, *, work: Work, clock: Clock) -> None:
    """Take an entry back; its document goes, what was said about it stays in the record."""
    credit = await work.load(OutsideCredit, cmd.credit_id)
    credit.remove(reason=Personal(credit.member_id, cmd.reason), by=cmd.by, at=clock.now())
    work.save(credit)
    if credit.facts.document is not None:
        work.effect(_DROP, document_id=str(credit.facts.document.document_id))


def performers(documents: Documents) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who keeps and drops the documents that entries name."""

    async def keep(piece: Piece) -> None:
        await documents.keep(UUID(piece.payload["document_id"]))

    async def drop(piece: Piece) -> None:
        await documents.drop(UUID(piece.payload["document_id"]))

    return {_KEEP: keep, _DROP: drop}


async def _facts(
    said: Activity,
    member_id: UUID,
    work: Work,
    book: RuleBook,
    topics_before: Sequence[str] = (),
) -> OutsideFacts:
    """Return what a member says, once it is about a licence, a text and topics that there are."""
    member = await work.load(Member, member_id)
    if member.forgotten:
        raise MemberForgotten(_FORGOTTEN)
    licence = member.licences.get(said.licence_id)
    if licence is None:
        raise LicenceUnknown("This licence is not on your list.", licence_id=said.licence_id)
    pack = book.newest(said.pack_id)
    if (
        pack is None
        or pack.cycle is None
        or not renews(pack, licence.profession, licence.jurisdiction)
    ):
        raise TextNotAboutLicence("We know no licence period of this licence under this text.")
    if not set(said.topics) <= topics_of(book.packs) | set(topics_before):
        raise InvalidFields(topics="Choose topics from the list.")
    return OutsideFacts(
        licence_id=said.licence_id,
        pack_id=said.pack_id,
        amount=said.amount,
        unit=pack.cycle.unit,
        day=said.day,
        title=Personal(member_id, said.title),
        provider_name=Personal(member_id, said.provider_name),
        category=None if said.category is None else Personal(member_id, said.category),
        credit_kind=said.credit_kind,
        topics=sorted(set(said.topics)),
        live=said.live,
        document=said.document,
    )
