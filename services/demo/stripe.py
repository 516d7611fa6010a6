"""The simulated Stripe of the demo: a process beside it, which ends when the demo does.

It lives among the tests, so a source checkout has it and an installed package has not. Nothing here
is used by a house that people belong to.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

_ROOT: Final = Path(__file__).resolve().parents[2]
_MODULE: Final = "tests.support.simulated_stripe"
_HOOK: Final = "/hooks/stripe"
_PATIENCE: Final = 30.0  # seconds for one answer; a jump over weeks takes a while
_OK: Final = range(200, 400)
_FORM: Final = "application/x-www-form-urlencoded"
VISA: Final = "4242 4242 4242 4242"
FAILS_LATER: Final = "4000 0000 0000 0341"
REFUSED: Final = "4000 0000 0000 0002"
ASKS: Final = "4000 0027 6000 3184"


class DemoClock:
    """Tells the time of the story while it is told, and this machine's afterwards."""

    def __init__(self) -> None:
        self.behind = timedelta()

    def now(self) -> datetime:
        """Return the time of the story, in UTC; it goes on by itself."""
        return datetime.now(UTC) - self.behind


class SimulatedStripe:
    """The running process, as the demo orders it about.

    Args:
        address: where it listens.

    Attributes:
        key: a generated test key; the simulation takes any.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.key = f"sk_test_{secrets.token_hex(12)}"

    async def endpoint(self, origin: str) -> str:
        """Send messages to a house; return the secret with which they are signed."""
        url = f"{origin}{_HOOK}"
        known = (await self._dashboard("get", "/v1/webhook_endpoints"))["data"]
        if not known:
            form = {"url": url, "enabled_events[0]": "*"}
            return str((await self._dashboard("post", "/v1/webhook_endpoints", form))["secret"])
        endpoint = known[0]["id"]
        await self._dashboard("post", f"/v1/webhook_endpoints/{endpoint}", {"url": url})
        rolled = await self._order("/webhooks/roll", endpoint=endpoint, expire=True)
        return str(rolled["secret"])

    async def begin(self, clock: DemoClock, behind: timedelta) -> None:
        """Empty the account, and go back in time with it; messages wait."""
        await self._order("/begin", behind=int(behind.total_seconds()))
        await self._order("/webhooks/hold")
        clock.behind = behind

    async def go(self, clock: DemoClock, behind: timedelta) -> None:
        """Let time go on, for both, until so long ago."""
        ahead = clock.behind - behind
        await self._order("/time", seconds=int(ahead.total_seconds()))
        clock.behind = behind

    async def submit(self, url: str, **form: str) -> None:
        """Fill in one of its pages, as somebody would in a browser.

        Raises:
            RuntimeError: the page came back with a complaint.
        """
        await self._send("POST", urlsplit(url).path, urlencode(form), _FORM)

    async def release(self, *, untold: bool = False) -> None:
        """Let messages go; *untold* forgets those that waited, which the house has read."""
        await self._order("/webhooks/release", drop=1.0 if untold else 0.0)

    async def keep(self, file: Path) -> None:
        """Keep the account in a file from now on."""
        await self._order("/keep", file=str(file))

    async def _order(self, path: str, **data: Any) -> Any:
        path = f"/_simulated{path}"
        return json.loads(await self._send("POST", path, json.dumps(data), "application/json"))

    async def _dashboard(self, verb: str, path: str, form: Mapping[str, str] | None = None) -> Any:
        query = urlencode({"verb": verb, "path": path})
        path = f"/_simulated/dashboard?{query}"
        return json.loads(await self._send("POST", path, urlencode(form or {}), _FORM))

    async def _send(self, verb: str, path: str, body: str, kind: str) -> bytes:
        return await asyncio.to_thread(self._send_now, verb, path, body, kind)

    def _send_now(self, verb: str, path: str, body: str, kind: str) -> bytes:
        place = urlsplit(self.address)
        connection = HTTPConnection(str(place.hostname), place.port, timeout=_PATIENCE)
        try:
            connection.request(verb, path, body.encode(), {"Content-Type": kind})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status not in _OK:
            raise RuntimeError(f"The simulated Stripe answered {answer.status} to {path}.")
        return content


def is_here() -> bool:
    """Tell whether this installation has the simulation: a source checkout does."""
    return (_ROOT / Path(*_MODULE.split(".")) / "__main__.py").is_file()


@asynccontextmanager
async def simulated_stripe(kept: Path) -> AsyncIterator[SimulatedStripe]:
    """Start the process; end it, by its own id, with the demo.

    Args:
        kept: the account's file, an absolute path; where there is one, it goes on from there.

    Raises:
        RuntimeError: it did not start.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _MODULE, "--kept", str(kept), "--parent", str(os.getpid()),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the demo, which ends it when its own work is done
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = (await process.stdout.readline()).decode().split()
        if not said:
            raise RuntimeError("The simulated Stripe did not start.")
        yield SimulatedStripe(said[-1])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
