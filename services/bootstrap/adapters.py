"""Small joints between what services ask for and what infra offers."""

from __future__ import annotations

import contextlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.checkpoints import Checkpoints
from infra.log_signal import LogSignal
from infra.projector import Projector
from infra.queues import Inbox, Outbox, effect_key, stuck, waiting
from infra.report_reader import ReportReader
from infra.system import SystemRandomness
from infra.web_store import PostgresSessions, PostgresSignInLinks
from projections.people import queries as people_queries
from services.effects import sign_in_text
from services.house import House, LagRow, ReadReport, StuckRow


class Letters:
    """Seals sign-in mail while it waits in the outbox: it holds an address and a way in."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, letter: Mapping[str, str]) -> str:
        """Return a letter that only :meth:`open` can read."""
        nonce = SystemRandomness().token_bytes(12)
        return b64encode(
            nonce + self._cipher.encrypt(nonce, msgspec.json.encode(letter), None)
        ).decode()

    def open(self, sealed: str) -> Mapping[str, str]:
        """Return what was sealed."""
        raw = b64decode(sealed)
        return msgspec.json.decode(
            self._cipher.decrypt(raw[:12], raw[12:], None), type=dict[str, str]
        )


class SignInMail:
    """Hands sign-in mail to the outbox, so that a slow server delays nobody's page."""

    def __init__(self, outbox: Outbox, letters: Letters, signal: LogSignal) -> None:
        self._outbox = outbox
        self._letters = letters
        self._signal = signal

    async def send_sign_in(self, address: str, link: str, code: str) -> None:
        """Put the mail into the outbox."""
        sealed = self._letters.seal({"address": address, "text": sign_in_text(link, code)})
        await self._outbox.add(uuid4(), "sign_in_mail", {"sealed": sealed})
        self._signal.ring()


class People:
    """Who may come in (:class:`services.web.ports.People`)."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def person_by_email(self, address: str) -> UUID | None:
        """Return the person with this address."""
        return await self._house.vault.person_with_mail(address)

    async def is_administrator(self, person_id: UUID) -> bool:
        """Tell whether the person looks after the house."""
        async with self._house.views() as connection:
            person = await people_queries.person(connection, person_id)
        return person is not None and person.administrator and not person.forgotten


class Sessions:
    """Signs a forgotten person out everywhere."""

    def __init__(self, sessions: PostgresSessions, links: PostgresSignInLinks) -> None:
        self._sessions = sessions
        self._links = links

    async def forget(self, subject_id: UUID) -> None:
        """End every sign-in of a person."""
        await self._sessions.drop_of_person(subject_id)
        await self._links.drop_of_person(subject_id)


class Reports:
    """Reads reports (:class:`services.house.Reports`)."""

    def __init__(self, reader: ReportReader) -> None:
        self._reader = reader

    async def read(self, meeting_id: UUID, data: bytes, **how: Any) -> ReadReport:
        """Read a report of one meeting."""
        found = await self._reader.read(meeting_id, data, **how)
        return ReadReport(found.source, found.digest, found.people, found.questions)


class Desk:
    """Stuck things (:class:`services.house.Desk`)."""

    def __init__(
        self,
        pool: asyncpg.Pool[Any],
        projector: Projector,
        inbox: Inbox,
        outbox: Outbox,
        checkpoints: Checkpoints,
    ) -> None:
        self._pool = pool
        self._projector = projector
        self._inbox = inbox
        self._outbox = outbox
        self._checkpoints = checkpoints

    async def stuck(self) -> list[StuckRow]:
        """Return what waits for a person."""
        return [
            StuckRow(r.where, r.key, r.kind, r.problem, r.attempts, r.since)
            for r in await stuck(self._pool)
        ]

    async def waiting(self) -> dict[str, int]:
        """Return how much waits in each queue."""
        return await waiting(self._pool)

    async def lags(self) -> list[LagRow]:
        """Return how far every reader is behind."""
        return [LagRow(r.reader, r.position, r.behind) for r in await self._projector.lags()]

    async def revive(self, where: str, key: str) -> bool:
        """Try a stuck piece again; tell whether there was one."""
        if where == "outbox":
            with contextlib.suppress(ValueError):
                return await self._outbox.revive(effect_key(key))
            return False
        if where == "inbox":
            source, _, external_id = key.partition("/")
            return await self._inbox.revive((source, external_id))
        reader, _, position = key.rpartition("/")
        if where == "reader" and position.isdigit() and len(position) < 19:  # noqa: PLR2004  bigint
            await self._checkpoints.solve(reader, int(position))
            return True
        return False
