"""The whole web application on fakes: nothing outside the process is asked.

``make_app()`` returns a :class:`Harness`: the application, its fakes to look into, and clients
that behave as a browser or as a program would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx

from services.web.app import WebApp, create_app
from services.web.ports import WebPorts
from services.web.settings import WebSettings

ORIGIN = "https://peerhour.test"
ANA = UUID("00000000-0000-4000-8000-00000000000a")
BO = UUID("00000000-0000-4000-8000-00000000000b")
ANA_ADDRESS = "ana@example.org"
BO_ADDRESS = "bo@example.org"
SIX_PM = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class MovingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = SIX_PM) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta) -> None:
        self.at += time


class CountedRandomness:
    """Different bits at each call, the same in each run."""

    def __init__(self) -> None:
        self._calls = 0

    def token_bytes(self, size: int) -> bytes:
        self._calls += 1
        return sha256(f"bits {self._calls}".encode()).digest()[:size]


@dataclass(frozen=True, kw_only=True)
class MemorySession:
    id_hash: bytes
    public_id: UUID
    person_id: UUID
    made_at: datetime
    seen_at: datetime
    idle: timedelta
    ends_at: datetime
    method: str
    device: str

    def good(self, at: datetime) -> bool:
        return self.ends_at > at and self.seen_at + self.idle > at


class MemorySessions:
    def __init__(self) -> None:
        self.rows: dict[bytes, MemorySession] = {}

    async def add(
        self,
        *,
        id_hash: bytes,
        public_id: UUID,
        person_id: UUID,
        at: datetime,
        idle: timedelta,
        ends_at: datetime,
        method: str,
        device: str,
    ) -> None:
        self.rows[id_hash] = MemorySession(
            id_hash=id_hash,
            public_id=public_id,
            person_id=person_id,
            made_at=at,
            seen_at=at,
            idle=idle,
            ends_at=ends_at,
            method=method,
            device=device,
        )

    async def find(self, id_hash: bytes, *, at: datetime) -> MemorySession | None:
        found = self.rows.get(id_hash)
        return found if found and found.good(at) else None

    async def touch(self, id_hash: bytes, *, at: datetime) -> None:
        found = self.rows.get(id_hash)
        if found and found.seen_at < at:
            self.rows[id_hash] = replace(found, seen_at=at)

    async def drop(self, id_hash: bytes) -> None:
        self.rows.pop(id_hash, None)

    async def of_person(self, person_id: UUID, *, at: datetime) -> list[MemorySession]:
        mine = [row for row in self.rows.values() if row.person_id == person_id and row.good(at)]
        return sorted(mine, key=lambda row: row.seen_at, reverse=True)

    async def drop_of_person(self, person_id: UUID, *, public_id: UUID | None = None) -> int:
        return self._forget(
            lambda row: row.person_id == person_id and public_id in {None, row.public_id}
        )

    async def sweep(self, *, at: datetime) -> int:
        return self._forget(lambda row: not row.good(at))

    def _forget(self, over: Any) -> int:
        gone = [key for key, row in self.rows.items() if over(row)]
        for key in gone:
            del self.rows[key]
        return len(gone)


@dataclass(kw_only=True)
class MemoryLink:
    token_hash: bytes
    code_hash: bytes
    browser_hash: bytes
    person_id: UUID | None
    next_path: str
    ends_at: datetime
    tries: int = 0
    used: bool = False

    def works(self, at: datetime) -> bool:
        return not self.used and self.ends_at > at


@dataclass(frozen=True, kw_only=True)
class MemoryAdmission:
    person_id: UUID
    next_path: str


class MemoryLinks:
    def __init__(self) -> None:
        self.rows: dict[bytes, MemoryLink] = {}

    async def add(
        self,
        *,
        token_hash: bytes,
        code_hash: bytes,
        browser_hash: bytes,
        person_id: UUID | None,
        next_path: str,
        at: datetime,
        ends_at: datetime,
    ) -> None:
        self.rows[token_hash] = MemoryLink(
            token_hash=token_hash,
            code_hash=code_hash,
            browser_hash=browser_hash,
            person_id=person_id,
            next_path=next_path,
            ends_at=ends_at,
        )

    async def peek(self, token_hash: bytes, *, at: datetime) -> MemoryLink | None:
        found = self.rows.get(token_hash)
        return found if found and found.works(at) and found.person_id else None

    async def use(
        self, token_hash: bytes, *, browser_hash: bytes, at: datetime
    ) -> MemoryAdmission | None:
        found = await self.peek(token_hash, at=at)
        if found is None or found.browser_hash != browser_hash:
            return None
        return self._admit(found)

    async def use_code(
        self, code_hash: bytes, *, browser_hash: bytes, at: datetime, tries: int
    ) -> MemoryAdmission | None:
        admission = None
        for row in self.rows.values():
            if row.browser_hash == browser_hash and row.works(at) and row.tries < tries:
                row.tries += 1
                if row.code_hash == code_hash and row.person_id:
                    admission = self._admit(row)
        return admission

    async def sweep(self, *, at: datetime) -> int:
        gone = [key for key, row in self.rows.items() if row.ends_at <= at]
        for key in gone:
            del self.rows[key]
        return len(gone)

    @staticmethod
    def _admit(row: MemoryLink) -> MemoryAdmission:
        assert row.person_id is not None
        row.used = True
        return MemoryAdmission(person_id=row.person_id, next_path=row.next_path)


class MemoryLimits:
    def __init__(self) -> None:
        self.full_at: dict[tuple[str, bytes], datetime] = {}

    async def take(
        self, purpose: str, key: bytes, *, limit: int, window: timedelta, at: datetime
    ) -> timedelta | None:
        share = window / limit
        full_at = max(self.full_at.get((purpose, key), at), at) + share
        if full_at > at + window:
            return full_at - at - window
        self.full_at[purpose, key] = full_at
        return None

    async def sweep(self, *, at: datetime) -> int:
        gone = [key for key, full_at in self.full_at.items() if full_at <= at]
        for key in gone:
            del self.full_at[key]
        return len(gone)


@dataclass
class KnownPeople:
    by_address: dict[str, UUID] = field(default_factory=lambda: {ANA_ADDRESS: ANA, BO_ADDRESS: BO})
    administrators: set[UUID] = field(default_factory=lambda: {BO})

    async def person_by_email(self, address: str) -> UUID | None:
        return self.by_address.get(address)

    async def is_administrator(self, person_id: UUID) -> bool:
        return person_id in self.administrators

    async def zone_of(self, person_id: UUID) -> str:
        return "America/Denver" if person_id == ANA else "UTC"


@dataclass(frozen=True)
class SentMail:
    address: str
    link: str
    code: str


@dataclass
class MailBox:
    """Keeps what was sent; a broken one refuses."""

    sent: list[SentMail] = field(default_factory=list)
    broken: bool = False

    async def send_sign_in(self, address: str, link: str, code: str) -> None:
        if self.broken:
            raise ConnectionError(f"no mail to {address}")
        self.sent.append(SentMail(address, link, code))


@dataclass(frozen=True)
class Harness:
    """One application and its fakes."""

    app: WebApp
    sessions: MemorySessions
    links: MemoryLinks
    limits: MemoryLimits
    people: KnownPeople
    mail: MailBox
    clock: MovingClock

    def browser(self, *, client: str = "203.0.113.7", **headers: str) -> httpx.AsyncClient:
        """A browser on our own pages: takes pages, keeps cookies, says where requests come from."""
        return self._client(client, {"Accept": PAGE, "Sec-Fetch-Site": "same-origin", **headers})

    def program(self, *, client: str = "203.0.113.8", **headers: str) -> httpx.AsyncClient:
        """A program: takes JSON, says nothing about where it comes from."""
        return self._client(client, {"Accept": "application/json", **headers})

    def _client(self, address: str, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(
            app=self.app,  # type: ignore[arg-type] # httpx types ASGI with plain dicts
            raise_app_exceptions=True,  # nothing may escape the edge
            client=(address, 50000),
        )
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)

    async def sign_in(self, browser: httpx.AsyncClient, address: str = ANA_ADDRESS) -> None:
        """Sign in the way people do: ask, open the mail, press the button."""
        await browser.post("/sign-in", data={"email": address})
        answer = await browser.post(self.mail.sent[-1].link)
        assert answer.status_code == 303, answer.text


def make_app(
    *,
    controllers: Sequence[Any] = (),
    origin: str = ORIGIN,
    metrics_token: str | None = None,
    **options: Any,
) -> Harness:
    """Build the application on fakes.

    Args:
        controllers: controllers of the test.
        origin: our own origin.
        metrics_token: see ``WebSettings``.
        options: further arguments of ``create_app``.
    """
    sessions, links, limits = MemorySessions(), MemoryLinks(), MemoryLimits()
    people, mail, clock = KnownPeople(), MailBox(), MovingClock()
    app = create_app(
        settings=WebSettings(origin=origin, secret=b"s" * 32, metrics_token=metrics_token),
        ports=WebPorts(
            sessions=sessions,
            links=links,
            limits=limits,
            people=people,
            mail=mail,
            clock=clock,
            randomness=CountedRandomness(),
        ),
        controllers=controllers,
        **options,
    )
    return Harness(app, sessions, links, limits, people, mail, clock)
