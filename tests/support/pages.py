"""The subjects' pages on a real house: clients that are signed in as somebody of the story."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import httpx
from prometheus_client import CollectorRegistry

from infra.database import ConnectKwargs
from infra.web_store import PostgresSessions
from services import bootstrap
from services.web.app import WebApp
from services.web.live import LiveHub
from services.web.signing_in.session import SESSION_COOKIE, digest, new_secret
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story
from tests.support.web import PAGE

_LASTS: Final = timedelta(days=3650)  # longer than any story
_TAG: Final = re.compile(r"<[^>]*>")
_HIDDEN: Final = re.compile(r'<input type="hidden" name="(command_id|seen)" value="([^"]*)">')


@dataclass
class Pages:
    """A house, its web application, and its people's browsers."""

    real: RealHouse
    story: Story
    app: WebApp

    async def browser(self, person_id: UUID | None = None, **headers: str) -> httpx.AsyncClient:
        """A browser on our own pages, signed in as somebody, or as nobody."""
        return await self._client(
            person_id, {"Accept": PAGE, "Sec-Fetch-Site": "same-origin", **headers}
        )

    async def program(self, person_id: UUID | None = None, **headers: str) -> httpx.AsyncClient:
        """A program of somebody: takes JSON, comes from our own origin."""
        return await self._client(
            person_id,
            {"Accept": "application/json", "Origin": self.real.house.origin, **headers},
        )

    async def count(self, topic: str, stream_id: UUID) -> int:
        """Return how many events of a topic a stream has."""
        rows = await self.real.fetch(
            "SELECT count(*) FROM events WHERE topic = $1 AND stream_id = $2",
            f"peerhour.{topic}",
            stream_id,
        )
        return int(rows[0][0])

    async def session(self, person_id: UUID) -> str:
        """Return what the cookie of somebody holds who has signed in."""
        secret = new_secret(self.real.house.randomness)
        now = self.real.clock.now()
        await PostgresSessions(self.real.running.pool).add(
            id_hash=digest(secret),
            public_id=uuid4(),
            person_id=person_id,
            at=now - _LASTS,
            idle=2 * _LASTS,
            ends_at=now + _LASTS,
            method="link",
            device="Test",
        )
        return secret

    async def _client(self, person_id: UUID | None, headers: dict[str, str]) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(
                app=self.app,  # type: ignore[arg-type] # httpx types ASGI with plain dicts
                client=("203.0.113.7", 50000),
            ),
            base_url=self.real.house.origin,
            headers=headers,
        )
        if person_id is not None:
            client.cookies.set(SESSION_COOKIE, await self.session(person_id))
        return client


@asynccontextmanager
async def open_pages(database: ConnectKwargs, folder: Path) -> AsyncIterator[Pages]:
    """Open a house with its web, a story begun in it."""
    async with open_real_house(database, folder) as real:
        yield await begun(real)


async def begun(real: RealHouse) -> Pages:
    """Begin a story in a house, and return its web."""
    running = replace(real.running, house=real.house)
    story = real.story("pages")
    await story.begin()
    for key in ("ana", "joy", "bo"):
        await real.house.vault.keep_mail(story.id(key), f"{key}@example.org")
    await real.drain()
    return Pages(real, story, bootstrap.web_app(running, LiveHub(), CollectorRegistry()))


def hidden(page: str) -> dict[str, str]:
    """Return what every form of a page carries: its command id, and what the page showed."""
    return dict(_HIDDEN.findall(page))


def words_of(page: str) -> str:
    """Return a page's words, as people read them."""
    return " ".join(unescape(_TAG.sub("", page)).split())
