"""Small joints between what services ask for and what infra offers."""

from __future__ import annotations

import contextlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, astuple
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ports import Clock
from infra.attendance_files.report_reader import ReportReader
from infra.checkpoints import Checkpoints
from infra.log_signal import LogSignal
from infra.projector import Projector
from infra.queues.queues import Inbox, Outbox
from infra.queues.stuck import set_aside, stuck, waiting
from infra.system import SystemRandomness
from infra.web_store import PostgresSessions, PostgresSignInLinks
from projections.people import queries as people_queries
from services.days import zone_of
from services.effects import sign_in_text
from services.house import House, LagRow, ReadReport, SetAsideRow, StuckRow
from services.process_runner import ProcessRunner

_BIGINT_DIGITS: Final = 19


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

    async def zone_of(self, person_id: UUID) -> str:
        """Return the zone in which the person reads times."""
        async with self._house.views() as connection:
            return await zone_of(connection, person_id)


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
        runner: ProcessRunner,
        clock: Clock,
    ) -> None:
        self._pool = pool
        self._projector = projector
        self._inbox = inbox
        self._outbox = outbox
        self._checkpoints = checkpoints
        self._runner = runner
        self._clock = clock

    async def stuck(self) -> list[StuckRow]:
        """Return what waits for a person."""
        return [StuckRow(**asdict(each)) for each in await stuck(self._pool)]

    async def waiting(self) -> dict[str, int]:
        """Return how much waits in each queue."""
        return await waiting(self._pool)

    async def set_aside(self) -> list[SetAsideRow]:
        """Return the messages of the last week that belonged to nothing."""
        since = self._clock.now() - timedelta(days=7)
        return [SetAsideRow(**asdict(each)) for each in await set_aside(self._pool, since=since)]

    async def lags(self) -> list[LagRow]:
        """Return how far every reader is behind, those that have not begun too."""
        lags = [LagRow(*astuple(each)) for each in await self._projector.lags()]
        if unborn := self._runner.readers - {each.reader for each in lags}:
            head = await self._pool.fetchval("SELECT position FROM log_head WHERE id = 1")
            lags += [LagRow(each, 0, head, "not begun yet") for each in unborn]
        return sorted(lags, key=lambda each: each.reader)

    async def revive(self, where: str, key: str) -> bool:
        """Try something stuck again; tell whether there was such a thing."""
        match _place(where, key):
            case UUID() as effect_id:
                return await self._outbox.revive((effect_id,))
            case _Message() as message:
                return await self._inbox.revive(message)
            case _DeadLetter(reader, position):
                return await self._runner.retry(reader, position)
        return False

    async def settle(self, where: str, key: str) -> bool:
        """Take something off the list without doing it; tell whether there was such a thing."""
        match _place(where, key):
            case UUID() as effect_id:
                return await self._outbox.settle((effect_id,))
            case _Message() as message:
                return await self._inbox.settle(message)
            case _DeadLetter(reader, position):
                failed = await self._checkpoints.failed(reader, position - 1)
                await self._checkpoints.solve(reader, position)
                return position in failed
        return False


class _Message(NamedTuple):
    """What identifies a message in the inbox."""

    source: str
    external_id: str


class _DeadLetter(NamedTuple):
    """What identifies an event that a process could not handle."""

    reader: str
    position: int


def _place(where: str, key: str) -> UUID | _Message | _DeadLetter | None:
    """Read a key as :meth:`Desk.stuck` writes it; ``None`` for anything else."""
    if where == "outbox":
        with contextlib.suppress(ValueError):
            return UUID(key)
    if where == "inbox":
        source, _, external_id = key.partition("/")
        return _Message(source, external_id)
    reader, _, position = key.rpartition("/")
    if where == "reader" and reader.startswith("process."):  # views go on by themselves
        digits = position.isascii() and position.isdigit() and len(position) < _BIGINT_DIGITS
        return _DeadLetter(reader, int(position)) if digits else None
    return None
