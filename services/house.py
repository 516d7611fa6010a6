"""The running house: everything that the web, the worker and the command line share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.calendar.feed import FeedShelf
from domain.calendar.hours import Calendar
from domain.claims.payer_papers import ClaimPaper, LinePaper, PayerRun
from domain.corridor.word import WordShelf
from domain.evidence.pack import EvidencePack
from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.meetings.regrets import RegretShelf
from domain.money.refunds import RefundLimits
from domain.notices.notice import WishShelf
from domain.payments.desk import PaymentDesk
from domain.payments.files import PaymentFiles
from domain.payments.papers import PaymentConfirmation
from domain.ports import Clock, DoorCodes, Randomness
from domain.recording import EventStore, Outcome
from domain.rules.book import RuleBook
from projections import Connection
from services.credits.outside import Documents
from services.dispatch import Dispatcher
from services.handed_links import HandedLinks
from services.money.refunds import STANDARD_LIMITS
from services.payments.door import PaymentsDoor
from services.payments.reconciling import DriftBook


class Vault(Protocol):
    """Contact data: mutable, outside the events, gone when its person is forgotten."""

    async def keep_mail(self, subject_id: UUID, address: str) -> None:
        """Keep a mail address; refuse one that belongs to somebody else."""
        ...

    async def mail_of(self, subject_id: UUID) -> str | None:
        """Return a person's mail address."""
        ...

    async def person_with_mail(self, address: str) -> UUID | None:
        """Return whose mail address it is, however it is capitalised."""
        ...

    async def keep_invitation(self, seat_id: UUID, address: str, *, at: datetime) -> None:
        """Keep the address that a seat is offered to."""
        ...

    async def invitation(self, seat_id: UUID) -> str | None:
        """Return the address that a seat is offered to, while it is offered."""
        ...

    async def forget_invitations(self, *, kept_before: datetime, but: Collection[UUID]) -> int:
        """Delete addresses of invitations that were kept before an instant, *but* of some."""
        ...

    async def forget(self, subject_id: UUID) -> None:
        """Delete everything that is kept under an id."""
        ...


class Papers(Protocol):
    """Sealed papers, encrypted for the person they are about."""

    async def fetch(self, certificate_id: UUID) -> bytes | None:
        """Return a sealed PDF; ``None`` while it is not drawn yet, or once its person is gone."""
        ...


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A meeting tool's report, ready to be observed, and what it leaves open.

    Attributes:
        source: which tool.
        digest: content id; the same facts give the same.
        people: whom it names, recognised by mail address where possible.
        questions: sentences a person must answer; empty if nothing is open.
    """

    source: ToolSource
    digest: str
    people: Sequence[ObservedPerson]
    questions: Sequence[str]


class Reports(Protocol):
    """Reads meeting tools' reports."""

    async def read(
        self,
        meeting_id: UUID,
        data: bytes,
        *,
        name: str,
        zone: str,
        scheduled: tuple[datetime, datetime],
    ) -> ReadReport:
        """Read a report of one meeting; refusals name line and reason."""
        ...


@dataclass(frozen=True, slots=True)
class StuckRow:
    """Something that waits for an administrator.

    Attributes:
        where: ``outbox``, ``inbox`` or ``reader``.
        key: hand it back to revive it.
        kind: which effect, source or reader.
        problem: a word for it.
        attempts: how often it was tried.
        since: when it began, UTC.
        retriable: whether trying again can help; a view goes on by itself once it is mended, and
            what a message said is forgotten after a month.
        settleable: whether a person can say that it is dealt with.
    """

    where: str
    key: str
    kind: str
    problem: str
    attempts: int
    since: datetime
    retriable: bool
    settleable: bool


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """Messages that were done with because they are nobody's.

    Attributes:
        source: where they came from.
        note: why, in a word.
        many: how many in the last days.
        newest: when the last one came, UTC.
    """

    source: str
    note: str
    many: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class LagRow:
    """How far a reader of the log is behind, in events.

    Attributes:
        reader: ``view.…`` or ``process.…``.
        position: what it has seen.
        behind: how much it has not.
        state: ``current``, or in words what is still to be done before it is.
    """

    reader: str
    position: int
    behind: int
    state: str = "current"


class Desk(Protocol):
    """What an administrator looks at and can do."""

    async def stuck(self) -> Sequence[StuckRow]:
        """Return what waits for a person, oldest first."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """Return how much waits in each queue."""
        ...

    async def set_aside(self) -> Sequence[SetAsideRow]:
        """Return the messages of the last week that belonged to nothing."""
        ...

    async def lags(self) -> Sequence[LagRow]:
        """Return how far every reader is behind."""
        ...

    async def revive(self, where: str, key: str) -> bool:
        """Try something stuck again; tell whether there was such a thing."""
        ...

    async def settle(self, where: str, key: str) -> bool:
        """Take something off the list without doing it; tell whether there was such a thing."""
        ...


Package = Callable[[PayerRun, Sequence[ClaimPaper], Sequence[LinePaper]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class House:
    """The parts; see each one's own description.

    Attributes:
        store: truth, for those who must see what stands and not what is shown.
        dispatch: takes commands.
        package: builds the files of a payer run.
        zip_package: puts them into one file; the same files are always the same bytes.
        draw_evidence: draws an evidence pack as a PDF; takes seconds, so it runs in a thread.
        draw_calendar: writes hours as calendar programs read them.
        unprintable: the characters of a name that no paper can show; reads fonts the first time.
        draw_confirmation: draws a payment confirmation as a PDF; it runs in a thread, too.
        views: opens a connection under which all views' queries find their tables.
        shown: waits (bounded) until the named views show an outcome; tells whether they do.
        door_codes: what the room shows.
        vault: contact data.
        papers: sealed certificates.
        documents: what members sent as proof of credits earned elsewhere.
        corridor: words that peers leave each other between meetings, until they fade.
        regrets: who said that they cannot come to the next hours.
        feeds: at which addresses members' calendars read.
        wishes: which mails about hours members wish.
        reports: reads attendance files.
        desk: stuck things.
        evidence_of: hex digest over the leaf hashes that a stream had at an instant, for payers.
        origin: public address of the house, without a slash at the end.
        links: makes and checks links that open something for whoever holds them.
        open_questions: what meeting tools' messages leave open about a meeting.
        receive: keeps a message (source, id, payload) in the inbox; tells whether it is new.
        rules: gives the packs in use.
        meeting_tool_secret: signs the meeting tool's messages; ``None`` keeps that door shut.
        payments: the payment service; ``None`` where the house takes no dues.
        takes_dues: whether it does; where it does not, everything is open to everybody.
        payments_door: opens what it tells by itself; ``None`` keeps that door shut.
        drift: where our record and the service's differ; ``None`` where nothing is compared.
        payment_files: what is kept of the exchange with the service, for administrators.
        refund_limits: how much one administrator may pay back alone.
    """

    store: EventStore
    dispatch: Dispatcher
    package: Package
    zip_package: Callable[[Mapping[str, bytes]], bytes]
    draw_evidence: Callable[[EvidencePack], bytes]
    draw_calendar: Callable[[Calendar], bytes]
    unprintable: Callable[[str], Sequence[str]]
    draw_confirmation: Callable[[PaymentConfirmation], bytes]
    views: Callable[[], AbstractAsyncContextManager[Connection]]
    shown: Callable[[Outcome, Sequence[str]], Awaitable[bool]]
    door_codes: DoorCodes
    vault: Vault
    papers: Papers
    documents: Documents
    corridor: WordShelf
    regrets: RegretShelf
    feeds: FeedShelf
    wishes: WishShelf
    reports: Reports
    desk: Desk
    evidence_of: Callable[[UUID, datetime], Awaitable[str]]
    clock: Clock
    randomness: Randomness
    origin: str
    links: HandedLinks
    receive: Callable[[str, str, Any], Awaitable[bool]]
    open_questions: Callable[[UUID], Awaitable[Sequence[str]]]
    rules: Callable[[], RuleBook]
    meeting_tool_secret: bytes | None = field(default=None, repr=False)
    payments: PaymentDesk | None = None
    takes_dues: bool = False
    payments_door: PaymentsDoor | None = field(default=None, repr=False)
    drift: DriftBook | None = None
    payment_files: PaymentFiles | None = None
    refund_limits: RefundLimits = STANDARD_LIMITS

    def verify_url(self, printed_code: str) -> str:
        """Return the public page that checks a certificate."""
        return f"{self.origin}/v/{printed_code}"
