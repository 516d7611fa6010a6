"""Mail: through SMTP where a server is named, else printed on the console for development."""

from __future__ import annotations

import asyncio
import sys
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from pathlib import Path
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiosmtplib


class Mailer(Protocol):
    """Sends a plain text mail."""

    async def send(self, address: str, subject: str, text: str) -> None:
        """Send, or raise."""
        ...


class SmtpMailer:
    """Sends through an SMTP server.

    Args:
        url: ``smtp://[user:password@]host[:port]`` (STARTTLS where offered) or ``smtps://…``.
        sender: the From address.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender
        self._domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"

    async def send(self, address: str, subject: str, text: str) -> None:
        """Send one mail.

        Raises:
            aiosmtplib.SMTPException, OSError: it could not be handed over.
        """
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = address
        message["Subject"] = subject
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self._domain)
        message["Auto-Submitted"] = "auto-generated"  # nobody's absence is to be answered with
        message.set_content(text)
        await aiosmtplib.send(
            message,
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            timeout=20,
        )


class ConsoleMailer:
    """Prints mail instead of sending it; refused in production by the settings.

    Args:
        folder: where to write each mail to a file as well.
        out: where to print; standard output by default.
    """

    def __init__(self, folder: Path | None = None, out: TextIO | None = None) -> None:
        self._folder = folder
        self._out = out

    async def send(self, address: str, subject: str, text: str) -> None:
        """Print one mail."""
        out = self._out or sys.stdout
        indented = "".join(f"  | {line}\n" for line in text.splitlines())
        out.write(f"\n  Mail for {address} (printed, not sent): {subject}\n{indented}\n")
        out.flush()
        if self._folder is not None:
            await asyncio.to_thread(self._write, address, subject, text)

    def _write(self, address: str, subject: str, text: str) -> None:
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{uuid4()}.part"
        part.write_text(f"To: {address}\nSubject: {subject}\n\n{text}", encoding="utf-8")
        part.rename(part.with_suffix(".txt"))
