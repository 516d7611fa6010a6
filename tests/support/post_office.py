"""A real SMTP server on loopback that keeps what arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class PostOffice:
    """Keeps what arrives; refuses addresses of one domain."""

    def __init__(self) -> None:
        self.caught: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address.endswith("@refused.example"):
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the library's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        found = message_from_bytes(envelope.content, policy=policy.default)
        self.caught.append(found)
        return "250 kept"


@asynccontextmanager
async def post_office() -> AsyncIterator[tuple[PostOffice, str]]:
    """Open one; return it and its address as a setting names it."""
    handler = PostOffice()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    try:
        yield handler, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
