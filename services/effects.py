"""What is done outside the database once events stand; each performer may run more than once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from domain.certificates.certificate import Certificate
from domain.certificates.papers import CertificatePaper
from domain.errors import DomainError
from domain.recording import EventStore
from services.certificates.issuing import SealCertificate, certificate_id_of
from services.certificates.papers import paper_of
from services.dispatch import Dispatcher, Order, Work

LETTERS: Final = frozenset({"sign_in_mail"})
"""Effects somebody waits for at a screen: they have a worker's loop of their own."""


class Piece(Protocol):
    """One effect that is due."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Return its id as a tuple of one."""
        ...

    @property
    def payload(self) -> Any:
        """Return what it is about."""
        ...


class Shelf(Protocol):
    """Keeps sealed papers."""

    async def put(self, certificate_id: UUID, subject_id: UUID, content: bytes) -> bytes | None:
        """Keep a paper and return what is kept; ``None`` for forgotten people."""
        ...


class Forgets(Protocol):
    """A place with data about people."""

    async def forget(self, subject_id: UUID) -> None:
        """Delete everything about a person."""
        ...


class Keys(Protocol):
    """The keys that make personal values readable."""

    def erase(self, subjects: Iterable[UUID]) -> None:
        """Drop the keys of people and renew the root."""
        ...


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, address: str, subject: str, text: str) -> None:
        """Send one mail."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What performers work with.

    Attributes:
        store: to read what an effect is about.
        dispatch: to answer with an event.
        render: draws a certificate; runs in a thread.
        shelf: keeps sealed papers.
        keys: erased when somebody is forgotten, as are all *forgetful* places.
        also_known_as: other ids under which a person's values are encrypted; never misses one.
        forgetful: vault, sign-ins, sealed papers.
        mailer: sends mail.
        open_letter: opens what :func:`post_sign_in` sealed.
        origin: public address.
        give_up: makes the exception that says trying again is useless.
    """

    store: EventStore
    dispatch: Dispatcher
    render: Callable[[CertificatePaper], bytes]
    shelf: Shelf
    keys: Keys
    also_known_as: Callable[[UUID], Awaitable[Sequence[UUID]]]
    forgetful: tuple[Forgets, ...]
    mailer: Mailer
    open_letter: Callable[[str], Mapping[str, str]]
    origin: str
    give_up: Callable[[str], Exception]


def performers(outside: Outside) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who performs which kind of effect."""

    async def seal_certificate(piece: Piece) -> None:
        await _seal(outside, piece)

    async def forget_person(piece: Piece) -> None:
        subject_id = UUID(piece.payload["subject_id"])
        # Reports named the person before anybody recognised them: those names have keys too.
        outside.keys.erase([subject_id, *await outside.also_known_as(subject_id)])
        for place in outside.forgetful:
            await place.forget(subject_id)

    async def sign_in_mail(piece: Piece) -> None:
        letter = outside.open_letter(piece.payload["sealed"])
        await outside.mailer.send(letter["address"], "Your way in to Peerhour", letter["text"])

    return {
        "seal_certificate": seal_certificate,
        "forget_person": forget_person,
        "sign_in_mail": sign_in_mail,
    }


def sign_in_text(link: str, code: str) -> str:
    """Return the words of a sign-in mail."""
    return (
        "Somebody, probably you, asked to sign in to Peerhour.\n\n"
        f"Open this link in the browser you asked from:\n{link}\n\n"
        f"Or type this code there: {code}\n\n"
        "Both work once and for 15 minutes. If it was not you, you need do nothing.\n"
    )


async def _seal(outside: Outside, piece: Piece) -> None:
    """Draw a paper, keep it, and answer with its digest."""
    work = Work(outside.store, piece.key[0])
    certificate = await work.load(Certificate, UUID(piece.payload["certificate_id"]))
    if not certificate.stands or certificate.facts.holder_name.erased:
        return
    replaced = None
    if certificate.supersedes is not None:
        replaced = (await work.load(Certificate, certificate.supersedes)).serial
    version = next(
        n for n in count(1) if certificate_id_of(certificate.award_id, n) == certificate.id
    )
    paper = paper_of(certificate, origin=outside.origin, version=version, supersedes=replaced)
    try:
        drawn = await asyncio.to_thread(outside.render, paper)
    except DomainError as refusal:  # a name no font can draw stays undrawable
        raise outside.give_up(refusal.code) from None
    kept = await outside.shelf.put(certificate.id, certificate.member_id, drawn)
    if kept is None:
        return
    seal = SealCertificate(
        certificate_id=certificate.id,
        pdf_sha256=hashlib.sha256(kept).hexdigest(),
        size=len(kept),
    )
    await outside.dispatch(seal, Order(command_id=uuid5(piece.key[0], "seal")))
