"""Sign-ins: an unguessable id in a cookie, only its SHA-256 stored, a new id every time.

A session that came in with the request is dropped before a new one is made, so an id that somebody
planted in a browser never becomes anybody's sign-in.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from litestar.datastructures import Cookie

from services.web.context import SESSION, web_of
from services.web.edge.refusals import AdministratorsOnly, SignInRequired
from services.web.signing_in.devices import device_words

if TYPE_CHECKING:
    from datetime import datetime

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from domain.ports import Clock, Randomness
    from services.web.ports import SessionRecord, SessionStore

    Connection = ASGIConnection[Any, Any, Any, Any]

SESSION_COOKIE: Final = "__Host-ph"
SECRET_BYTES: Final = 32  # 256 bits
_SECRET_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_TOUCH_EVERY: Final = timedelta(minutes=1)  # a write per click would buy nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLife:
    """How long a sign-in lasts: *idle* unused, *longest* in any case."""

    idle: timedelta
    longest: timedelta


MEMBER_LIFE: Final = SessionLife(idle=timedelta(days=30), longest=timedelta(days=90))
ADMINISTRATOR_LIFE: Final = SessionLife(idle=timedelta(hours=12), longest=timedelta(days=7))


def new_secret(randomness: Randomness) -> str:
    """Return 256 bits that nobody can guess, as 43 characters fit for a cookie or an address."""
    return urlsafe_b64encode(randomness.token_bytes(SECRET_BYTES)).rstrip(b"=").decode()


def is_secret(text: str) -> bool:
    """Tell whether *text* could be one of :func:`new_secret`'s; spares the database the rest."""
    return _SECRET_SHAPE.fullmatch(text) is not None


def digest(secret: str) -> bytes:
    """Return what is stored instead of *secret*; 256 random bits need no salt and no stretching."""
    return sha256(secret.encode()).digest()


def host_cookie(name: str, value: str, *, lasts: timedelta) -> Cookie:
    """Return a cookie only this host can set and no script can read."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
        max_age=int(lasts.total_seconds()),
    )


def gone_cookie(name: str) -> Cookie:
    """Return a cookie that removes *name*; the prefix asks for the same attributes."""
    return host_cookie(name, "", lasts=timedelta(0))


class Sessions:
    """Makes, finds and ends sign-ins.

    Args:
        store: where they are kept.
        clock: tells the time.
        randomness: gives ids.
    """

    def __init__(self, store: SessionStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    async def begin(
        self, connection: Connection, person_id: UUID, *, method: str, life: SessionLife
    ) -> Cookie:
        """Sign *person_id* in on this browser; whatever sign-in it brought along ends.

        Args:
            connection: the request that proved who they are.
            person_id: who signs in.
            method: how they proved it: ``link`` or ``code``.
            life: how long it lasts.

        Returns:
            The cookie to send.
        """
        await self.end(connection)
        now = self._clock.now()
        secret = new_secret(self._randomness)
        await self._store.add(
            id_hash=digest(secret),
            public_id=UUID(bytes=self._randomness.token_bytes(16), version=4),
            person_id=person_id,
            at=now,
            idle=life.idle,
            ends_at=now + life.longest,
            method=method,
            device=device_words(connection.headers.get("user-agent", "")),
        )
        return host_cookie(SESSION_COOKIE, secret, lasts=life.longest)

    async def current(self, connection: Connection) -> SessionRecord | None:
        """Return this request's session, or ``None``; asks the store once per request."""
        state = connection.scope["state"]
        if SESSION not in state:
            state[SESSION] = await self._load(connection)
        return cast("SessionRecord | None", state[SESSION])

    async def end(self, connection: Connection) -> None:
        """Forget the session this browser brought, if any."""
        secret = connection.cookies.get(SESSION_COOKIE, "")
        if is_secret(secret):
            await self._store.drop(digest(secret))
        connection.scope["state"][SESSION] = None

    async def devices(self, person_id: UUID) -> list[SessionRecord]:
        """Return where the person is signed in, last used first."""
        return list(await self._store.of_person(person_id, at=self._clock.now()))

    async def end_device(self, person_id: UUID, public_id: UUID) -> bool:
        """Sign one of the person's devices out; tells whether there was such a one."""
        return await self._store.drop_of_person(person_id, public_id=public_id) > 0

    async def _load(self, connection: Connection) -> SessionRecord | None:
        secret = connection.cookies.get(SESSION_COOKIE, "")
        if not is_secret(secret):
            return None
        now: datetime = self._clock.now()
        found = await self._store.find(digest(secret), at=now)
        if found is not None and now - found.seen_at >= _TOUCH_EVERY:
            await self._store.touch(digest(secret), at=now)
        return found


async def current_person(connection: Connection) -> UUID:
    """Return who is signed in.

    Raises:
        SignInRequired: nobody is.
    """
    session = await web_of(connection).sessions.current(connection)
    if session is None:
        raise SignInRequired
    return session.person_id


async def signed_in(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard: somebody is signed in."""
    await current_person(connection)


async def administrator(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard: an administrator is signed in."""
    person_id = await current_person(connection)
    if not await web_of(connection).ports.people.is_administrator(person_id):
        raise AdministratorsOnly
