"""Signing in by a link that works once, in the browser that asked for it.

The answer and the work are the same whether or not anybody has the address: a row is written
either way, and the mail goes out after the answer. Opening the link changes nothing (mail scanners
open links too); pressing its button does. A code in the same mail serves those whose mail app
opens links in a browser of its own.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from services.web.edge.refusals import LinkNotUsable, OtherBrowser
from services.web.edge.throttles import Throttle, take_turn
from services.web.signing_in.session import digest, is_secret, new_secret

if TYPE_CHECKING:
    from uuid import UUID

    from litestar.connection import ASGIConnection

    from services.web.ports import Admission, WebPorts
    from services.web.settings import WebSettings

    Connection = ASGIConnection[Any, Any, Any, Any]

LINK_COOKIE: Final = "__Host-link"
LINK_LASTS: Final = timedelta(minutes=15)
CODE_DIGITS: Final = 8
CODE_TRIES: Final = 5  # 5 guesses of 10^8, and one mail more for each further 5


PER_ADDRESS: Final = Throttle("sign_in.address", 5, timedelta(minutes=15))
PER_NETWORK: Final = Throttle("sign_in.network", 20, timedelta(minutes=10))
CODE_PER_NETWORK: Final = Throttle("sign_in.code", 20, timedelta(minutes=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking for a link.

    Attributes:
        browser_secret: for the cookie of the browser that asked.
        letter: the mail to send after answering, or ``None`` if nobody is known.
    """

    browser_secret: str
    letter: Letter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The mail with link and code; its repr shows neither."""

    address: str
    link: str
    code: str

    def __repr__(self) -> str:
        """Never show a way in."""
        return "Letter(...)"


class SignIn:
    """Issues links and lets people in by them.

    Args:
        ports: stores, clock, randomness, people.
        settings: our origin and the key of the counters.
    """

    def __init__(self, ports: WebPorts, settings: WebSettings) -> None:
        self._ports = ports
        self._settings = settings

    async def ask(
        self, address: str, *, browser_secret: str, network: str, next_path: str
    ) -> Asked:
        """Make a link for *address*.

        Args:
            address: as typed, trimmed and in lower case.
            browser_secret: the value of this browser's link cookie, if it has one.
            network: see :func:`network_of`.
            next_path: where to go afterwards, already checked.

        Raises:
            TooMany: asked too often for this address or from this network.
        """
        await self._take(PER_NETWORK, network)
        await self._take(PER_ADDRESS, address)
        randomness, now = self._ports.randomness, self._ports.clock.now()
        browser = browser_secret if is_secret(browser_secret) else new_secret(randomness)
        token = new_secret(randomness)
        code = _new_code(randomness.token_bytes(16))
        person_id: UUID | None = await self._ports.people.person_by_email(address)
        await self._ports.links.add(
            token_hash=digest(token),
            code_hash=_code_hash(browser, code),
            browser_hash=digest(browser),
            person_id=person_id,
            next_path=next_path,
            at=now,
            ends_at=now + LINK_LASTS,
        )
        link = f"{self._settings.origin}/sign-in/link/{token}"
        letter = Letter(address=address, link=link, code=code) if person_id else None
        return Asked(browser_secret=browser, letter=letter)

    async def look(self, token: str, *, browser_secret: str) -> None:
        """Check that the link would work here, without using it.

        Raises:
            LinkNotUsable: it is unknown, used or too old.
            OtherBrowser: it was asked for in another browser.
        """
        found = (
            await self._ports.links.peek(digest(token), at=self._ports.clock.now())
            if is_secret(token)
            else None
        )
        if found is None:
            raise LinkNotUsable
        if not hmac.compare_digest(found.browser_hash, digest(browser_secret)):
            raise OtherBrowser

    async def by_link(self, token: str, *, browser_secret: str) -> Admission:
        """Use the link.

        Raises:
            LinkNotUsable: it is unknown, used or too old.
            OtherBrowser: it was asked for in another browser; it stays good there.
        """
        await self.look(token, browser_secret=browser_secret)
        admission = await self._ports.links.use(
            digest(token), browser_hash=digest(browser_secret), at=self._ports.clock.now()
        )
        if admission is None:  # two presses at once: the other one won
            raise LinkNotUsable
        return admission

    async def by_code(self, typed: str, *, browser_secret: str, network: str) -> Admission | None:
        """Use the code from the mail, or return ``None`` if it is not the right one.

        Raises:
            TooMany: tried too often from this network.
        """
        await self._take(CODE_PER_NETWORK, network)
        digits = "".join(char for char in typed if char in "0123456789")
        if not is_secret(browser_secret) or len(digits) != CODE_DIGITS:
            return None
        return await self._ports.links.use_code(
            _code_hash(browser_secret, digits),
            browser_hash=digest(browser_secret),
            at=self._ports.clock.now(),
            tries=CODE_TRIES,
        )

    async def _take(self, throttle: Throttle, value: str) -> None:
        await take_turn(throttle, value, self._ports, self._settings)


def network_of(connection: Connection) -> str:
    """Return the network a request came from: /24 of IPv4, /48 of IPv6.

    The client's address is the server's business: uvicorn replaces it by the forwarded one only
    for proxies it was told to believe.
    """
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    prefix = 24 if address.version == 4 else 48  # noqa: PLR2004 - the version of the protocol
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _new_code(random: bytes) -> str:
    """Return eight digits; 128 bits make the remainder's bias too small to matter."""
    return f"{int.from_bytes(random) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _code_hash(browser_secret: str, code: str) -> bytes:
    """Return the code's hash under a secret only the browser has: the table cannot be searched."""
    return hmac.digest(browser_secret.encode(), code.encode(), "sha256")
