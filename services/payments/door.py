"""The payment service's door: a message is opened, kept once, and answered; all else comes later.

What is none of ours (another mode, another account, a shape that nobody knows yet) is answered like
any other message, so that the service does not send it for three days, and is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from domain.payments.news import Message, MessageDoor
from domain.ports import Clock

SOURCE: Final = "stripe"
WEBHOOK: Final = "webhook"
RECONCILE: Final = "reconcile"


class Letterbox(Protocol):
    """Keeps messages once each; the inbox."""

    async def receive(
        self,
        source: str,
        external_id: str,
        payload: Any,
        *,
        root: str | None = None,
        came_by: str | None = None,
    ) -> bool:
        """Keep a message; tell whether it is new."""
        ...

    async def set_aside(self, source: str, external_id: str, note: str) -> bool:
        """Remember that a message came which is none of ours; tell whether it is new."""
        ...


@dataclass(frozen=True, slots=True)
class PaymentsDoor:
    """What answering takes.

    Attributes:
        opens: checks signatures and reads envelopes.
        letterbox: keeps messages.
        clock: says what is now.
    """

    opens: MessageDoor
    letterbox: Letterbox
    clock: Clock


async def take_in(door: PaymentsDoor, body: bytes, signature: str) -> bool:
    """Open a message and keep it; tell whether it is new.

    Args:
        door: ours.
        body: as it came, byte for byte.
        signature: the header that vouches for it.

    Raises:
        ForgedMessage, UnreadableMessage: see :class:`domain.payments.news.MessageDoor`.
    """
    message = door.opens.open(body, signature, at=door.clock.now())
    return await keep(door.letterbox, message, came_by=WEBHOOK)


async def keep(letterbox: Letterbox, message: Message, *, came_by: str) -> bool:
    """Keep a message, whoever brought it; tell whether it is new."""
    if message.foreign is not None:
        return await letterbox.set_aside(SOURCE, message.message_id, message.foreign)
    return await letterbox.receive(
        SOURCE, message.message_id, message.content, root=message.root, came_by=came_by
    )
