"""Handling a message once more, because an administrator wants it: from the inbox, or fetched anew.

Handled twice, a message adds nothing: facts have keys, and looks find what is so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from domain.errors import NotFound
from domain.payments.news import Message, UnreadableMessage
from domain.payments.refusals import PaymentsAway
from services.effects import Piece
from services.money.desk_records import REPLAY
from services.payments.door import SOURCE, Letterbox, keep

MANUAL: Final = "manual"
UNCHANGED: Final = "unchanged"


class Messages(Protocol):
    """Messages that came and were done."""

    async def replay(self, external_id: str) -> bool:
        """Handle one once more; tell whether there was one to handle."""
        ...


class Books(Protocol):
    """The service's list of messages."""

    async def message(self, message_id: str) -> Message:
        """Return one of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replays:
    """What replaying takes.

    Attributes:
        messages: those that were done.
        revive: tries one again that nobody could handle.
        letterbox: takes one in that never came.
        books: where that one is fetched.
        give_up: makes the exception that says that trying again is useless.
        not_yet: makes the one that says that this was no try.
    """

    messages: Messages
    revive: Callable[[tuple[str, str]], Awaitable[bool]]
    letterbox: Letterbox
    books: Books
    give_up: Callable[[str], Exception]
    not_yet: Callable[[str], Exception]


def performers(replays: Replays) -> dict[str, Callable[[Piece], Awaitable[str | None]]]:
    """Return who carries out what administrators decided."""

    async def replay(piece: Piece) -> str | None:
        message_id = piece.payload["message_id"]
        if await replays.messages.replay(message_id):
            return None
        if await replays.revive((SOURCE, message_id)):
            return None
        try:
            message = await replays.books.message(message_id)
        except PaymentsAway as away:
            raise replays.not_yet(away.code) from None
        except NotFound:
            raise replays.give_up("no_such_message") from None
        except UnreadableMessage as refusal:
            raise replays.give_up(refusal.code) from None
        new = await keep(replays.letterbox, message, came_by=MANUAL)
        return None if new else UNCHANGED

    return {REPLAY: replay}
