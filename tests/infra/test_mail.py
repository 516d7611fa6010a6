"""Mail through a real SMTP server, and printed where there is none."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiosmtplib
import pytest

from infra.mail import ConsoleMailer, SmtpMailer
from tests.support.post_office import PostOffice, post_office


@pytest.fixture
async def catcher() -> AsyncIterator[tuple[PostOffice, str]]:
    async with post_office() as opened:
        yield opened


async def test_a_mail_arrives_as_it_was_written(catcher: tuple[PostOffice, str]) -> None:
    handler, url = catcher
    mailer = SmtpMailer(url, "Peerhour <hello@peerhour.example>")
    await mailer.send("ana@example.org", "Your way in", "Chào Ánh,\nhere is the link.\n")
    (mail,) = handler.caught
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Your way in")
    assert mail.get_content().replace("\r\n", "\n") == "Chào Ánh,\nhere is the link.\n"
    assert mail["Auto-Submitted"] == "auto-generated", "nobody answers it with their absence"
    assert mail["Message-ID"].endswith("@peerhour.example>")
    assert mail["Date"].datetime.tzinfo is not None


async def test_a_refused_address_is_an_error_to_try_again(catcher: tuple[PostOffice, str]) -> None:
    _, url = catcher
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await SmtpMailer(url, "hello@peerhour.example").send("bo@refused.example", "x", "y")


async def test_a_server_that_is_not_there_is_an_error_to_try_again() -> None:
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await SmtpMailer("smtp://127.0.0.1:1", "hello@peerhour.example").send(
            "a@b.example", "x", "y"
        )


async def test_an_address_cannot_smuggle_in_another_header(catcher: tuple[PostOffice, str]) -> None:
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
