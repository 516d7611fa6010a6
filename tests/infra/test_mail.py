"""Mail through a real SMTP server, and printed where there is none."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP

from infra.mail import ConsoleMailer, SmtpMailer


class _Catcher:
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


@pytest.fixture
async def catcher() -> AsyncIterator[tuple[_Catcher, str]]:
    handler = _Catcher()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    yield handler, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_a_mail_arrives_as_it_was_written(catcher: tuple[_Catcher, str]) -> None:
    handler, url = catcher
    mailer = SmtpMailer(url, "Peerhour <hello@peerhour.example>")
    await mailer.send("ana@example.org", "Your way in", "Chào Ánh,\nhere is the link.\n")
    (mail,) = handler.caught
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Your way in")
    assert mail.get_content().replace("\r\n", "\n") == "Chào Ánh,\nhere is the link.\n"


async def test_a_refused_address_is_an_error_to_try_again(catcher: tuple[_Catcher, str]) -> None:
    _, url = catcher
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await SmtpMailer(url, "hello@peerhour.example").send("bo@refused.example", "x", "y")


async def test_a_server_that_is_not_there_is_an_error_to_try_again() -> None:
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await SmtpMailer("smtp://127.0.0.1:1", "hello@peerhour.example").send(
            "a@b.example", "x", "y"
        )


async def test_an_address_cannot_smuggle_in_another_header(catcher: tuple[_Catcher, str]) -> None:
    handler, url = catcher
    with pytest.raises(ValueError, match=r"line|CR|header|newline|linefeed"):
        await SmtpMailer(url, "hello@peerhour.example").send(
            "bo@example.org\nBcc: eve@example.org", "x", "y"
        )
    assert handler.caught == []


async def test_without_a_server_mail_is_printed_and_kept_in_files(tmp_path: Path) -> None:
    out = io.StringIO()
    await ConsoleMailer(folder=tmp_path, out=out).send("ana@example.org", "Your way in", "link")
    assert "ana@example.org" in out.getvalue()
    (file,) = await asyncio.to_thread(lambda: list(tmp_path.glob("*.txt")))
    assert file.read_text() == "To: ana@example.org\nSubject: Your way in\n\nlink"
