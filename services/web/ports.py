"""What the web needs from outside, as Protocols; ``infra/web_store.py`` satisfies the stores.

Stores only ever see hashes: whoever reads the tables can neither sign in nor learn an address.
All times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from domain.ports import Clock, Randomness


class SessionRecord(Protocol):
    """One sign-in that is still good."""

    @property
    def public_id(self) -> UUID:
        """Name of this sign-in that is safe to show; it opens nothing."""
        ...

    @property
    def person_id(self) -> UUID:
        """Whose sign-in this is."""
        ...

    @property
    def made_at(self) -> datetime:
        """When the person signed in."""
        ...

    @property
    def seen_at(self) -> datetime:
        """When it was last used, to the minute or so."""
        ...

    @property
    def method(self) -> str:
        """How the person signed in: ``link`` or ``code``."""
        ...

    @property
    def device(self) -> str:
        """The browser in words, for example ``Chrome on Android``."""
        ...


class SessionStore(Protocol):
    """Keeps sign-ins. A session past its idle or absolute end does not exist."""

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
        """Keep a new session made at *at*; it dies after *idle* unused, at *ends_at* anyway."""
        ...

    async def find(self, id_hash: bytes, *, at: datetime) -> SessionRecord | None:
        """Return the session if it is good at *at*."""
        ...

    async def touch(self, id_hash: bytes, *, at: datetime) -> None:
        """Remember that the session was used at *at*."""
        ...

    async def drop(self, id_hash: bytes) -> None:
        """Forget a session; unknown ones are already forgotten."""
        ...

    async def of_person(self, person_id: UUID, *, at: datetime) -> Sequence[SessionRecord]:
        """Return the person's good sessions, last used first."""
        ...

    async def drop_of_person(self, person_id: UUID, *, public_id: UUID | None = None) -> int:
        """Forget one session of the person, or all of them; returns how many there were."""
        ...

    async def sweep(self, *, at: datetime) -> int:
        """Delete what is over at *at*; returns how many rows went."""
        ...


class LinkRecord(Protocol):
    """A sign-in link that still works."""

    @property
    def browser_hash(self) -> bytes:
        """SHA-256 of the secret in the cookie of the browser that asked."""
        ...


class Admission(Protocol):
    """Whom a link or code let in, and where they were going."""

    @property
    def person_id(self) -> UUID:
        """Who signs in."""
        ...

    @property
    def next_path(self) -> str:
        """The page they wanted."""
        ...


class SignInLinks(Protocol):
    """Keeps asked-for links. One row is made per question, whether or not anybody is known."""

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
        """Keep a link. Without a person it is a decoy that admits nobody."""
        ...

    async def peek(self, token_hash: bytes, *, at: datetime) -> LinkRecord | None:
        """Return the link if it works at *at*, without using it."""
        ...

    async def use(
        self, token_hash: bytes, *, browser_hash: bytes, at: datetime
    ) -> Admission | None:
        """Use the link once, from the browser that asked; any other call leaves it whole."""
        ...

    async def use_code(
        self, code_hash: bytes, *, browser_hash: bytes, at: datetime, tries: int
    ) -> Admission | None:
        """Use the code once; each link bears *tries* guesses, counted in the same statement."""
        ...

    async def sweep(self, *, at: datetime) -> int:
        """Delete what is over at *at*; returns how many rows went."""
        ...


class RateLimits(Protocol):
    """Counts per purpose and key, shared by all processes."""

    async def take(
        self, purpose: str, key: bytes, *, limit: int, window: timedelta, at: datetime
    ) -> timedelta | None:
        """Take one of *limit* turns that refill evenly over *window*.

        A refused turn costs nothing, so that nobody can keep somebody else out for good.

        Returns:
            ``None`` if the turn was free, else how long until one is.
        """
        ...

    async def sweep(self, *, at: datetime) -> int:
        """Delete counters that are full again at *at*; returns how many rows went."""
        ...


class People(Protocol):
    """Who may come in, and how they read times."""

    async def person_by_email(self, address: str) -> UUID | None:
        """Return the person with this address (already lower case and trimmed)."""
        ...

    async def is_administrator(self, person_id: UUID) -> bool:
        """Tell whether the person looks after this installation."""
        ...

    async def zone_of(self, person_id: UUID) -> str:
        """Return the IANA name of the zone in which the person reads times."""
        ...


class SignInMail(Protocol):
    """Sends the mail with link and code."""

    async def send_sign_in(self, address: str, link: str, code: str) -> None:
        """Send, or hand to whoever sends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPorts:
    """Everything the web is given by the composition root."""

    sessions: SessionStore
    links: SignInLinks
    limits: RateLimits
    people: People
    mail: SignInMail
    clock: Clock
    randomness: Randomness
