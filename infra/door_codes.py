"""The rotating code in the room: six digits from a secret of the server, the meeting and the time.

Computed by the server's clock alone, so a wrong clock on the showing laptop or on a phone makes no
code wrong. A code lives 30 seconds on the wall and is taken two intervals longer, for slow thumbs.
Construction as in RFC 6238 (TOTP), keyed per meeting.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

INTERVAL_SECONDS: Final = 30
_TOLERANCE: Final = 2
_DIGITS: Final = 6


class RotatingCodes:
    """Door codes (:class:`domain.ports.DoorCodes`).

    Args:
        secret: 32 bytes that never leave the server.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def current(self, meeting_id: UUID, at: datetime) -> str:
        """Return the six digits that the room shows at *at*."""
        return self._code(meeting_id, _interval(at))

    def accepts(self, meeting_id: UUID, code: str, at: datetime) -> bool:
        """Tell whether *code* was shown at *at* or at most two intervals before or after."""
        digits = "".join(code.split()).replace("-", "")
        if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
            return False
        now = _interval(at)
        shown = [self._code(meeting_id, now + step) for step in range(-_TOLERANCE, _TOLERANCE + 1)]
        return sum(hmac.compare_digest(digits, each) for each in shown) > 0  # looks at all of them

    def _code(self, meeting_id: UUID, interval: int) -> str:
        digest = hmac.digest(self._secret, meeting_id.bytes + interval.to_bytes(8, "big"), "sha256")
        offset = digest[-1] & 0x0F
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return f"{number % 10**_DIGITS:0{_DIGITS}}"


def _interval(at: datetime) -> int:
    return int(at.timestamp()) // INTERVAL_SECONDS
