"""Stripe's own command line, aimed at a simulated Stripe, with no way out of this machine.

It comes from npm (``@stripe/cli``, MIT) and is fetched by ``.ci/run`` where npm is; nothing of it
is kept in the repository. Left alone it reports to ``r.stripe.com`` and asks ``api.github.com`` for
a newer version, and only the report can be switched off. So it gets a proxy that leads nowhere and
remembers who was asked for; the simulated Stripe is on loopback, which no proxy is used for.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.repository import ROOT
from tests.support.simulated_stripe import API_KEY

VERSION = "1.52.0 (Linux, x64)"
#: SHA-256 of that program: another one is not run.
DIGEST = "a72c2d755d4d7b18760cc1007a7f1859a21d363dc32d1d614cd2aaa0e7b544ea"
FETCHED = ROOT / "build" / "judges" / "node_modules"
_PATIENCE = 60  # seconds for one call, on a machine that is busy
_EVENT = re.compile(r"^  ([a-z0-9_.]+)$", re.MULTILINE)


def find() -> tuple[Path | None, str]:
    """The very program that the table of recipes was made with.

    Returns:
        Its path, or None with the reason why there is none.
    """
    on_path = shutil.which("stripe")
    found = [*FETCHED.glob("@stripe/cli-*/bin/stripe"), *([Path(on_path)] if on_path else [])]
    for program in found:
        if hashlib.sha256(program.read_bytes()).hexdigest() == DIGEST:
            return program, ""
    if found:
        return None, f"what is here is not Stripe's command line {VERSION} as we know it"
    return None, f"Stripe's command line {VERSION} is neither in build/judges nor on PATH"


def _environment(home: Path, proxy: str, *, telemetry: bool = False) -> dict[str, str]:
    """All that the program knows of us: no key, no profile, no folder of the person who tests."""
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "PATH": os.environ.get("PATH", os.defpath),
        "HTTPS_PROXY": proxy,
        "HTTP_PROXY": proxy,
        "NO_COLOR": "1",
    }
    return environment | ({} if telemetry else {"STRIPE_CLI_TELEMETRY_OPTOUT": "1"})


@dataclass(frozen=True, slots=True)
class Said:
    """How a call of the program ended."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class StripeCli:
    """The program, ready to be called.

    Attributes:
        program: its path.
        address: the simulated Stripe's.
        home: a folder of its own, instead of the tester's.
        proxy: where everything leads that is not on loopback.
        asked: hosts that it wanted to reach, as ``host:port``, in order.
    """

    program: Path
    address: str
    home: Path
    proxy: str
    asked: list[str]

    async def __call__(self, *words: str, telemetry: bool = False) -> Said:
        """Calls the program with a key that is no secret."""
        process = await asyncio.create_subprocess_exec(
            self.program,
            *words,
            "--api-base",
            self.address,
            "--api-key",
            API_KEY,
            env=_environment(self.home, self.proxy, telemetry=telemetry),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return Said(process.returncode or 0, said.decode())

    async def recipes(self) -> set[str]:
        """Names of all recipes of ``stripe trigger``."""
        said = await self("trigger", "--help")
        listed = said.text.split("Supported events:")[1].split("Usage:")[0]
        return set(_EVENT.findall(listed))


@asynccontextmanager
async def stripe_cli(program: Path, address: str, home: Path) -> AsyncIterator[StripeCli]:
    """The program behind its fence.

    Args:
        program: as :func:`find` found it.
        address: of the simulated Stripe.
        home: an empty folder.
    """
    asked: list[str] = []

    async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wish = (await reader.readline()).decode(errors="replace").split()
        asked.append(wish[1] if len(wish) > 1 else "")
        writer.close()

    server = await asyncio.start_server(turn_away, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server:
        yield StripeCli(program, address, home, f"http://{host}:{port}", asked)
