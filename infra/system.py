"""The machine's clock and randomness, behind the ports of the core."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


class SystemClock:
    """This machine's clock (:class:`domain.ports.Clock`)."""

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""
        return datetime.now(UTC)


class SystemRandomness:
    """The operating system's randomness (:class:`domain.ports.Randomness`)."""

    def token_bytes(self, size: int) -> bytes:
        """Return *size* random bytes."""
        return secrets.token_bytes(size)
