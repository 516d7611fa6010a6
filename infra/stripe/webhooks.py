"""Stripe's webhooks: the signature, its age, and the message behind it.

Source: Stripe, "Receive Stripe events in your webhook endpoint"; the SDK checks one secret and, of
the age, the past alone, and by a clock of its own. Here all secrets are tried (there are two while
one is replaced) and a time in the future is refused as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
import stripe
import structlog

from domain.payments.news import ForgedMessage, Message, UnreadableMessage
from infra.stripe.envelopes import message_of

log = structlog.get_logger()

AGE_SECONDS: Final = 300
_LONGEST_HEADER: Final = 2048  # a time and two signatures take about 160
_LONGEST_STAMP: Final = 12  # digits: far beyond every century


class StripeDoor:
    """Opens what Stripe sends (:class:`domain.payments.news.MessageDoor`).

    Args:
        secrets: of our endpoint, each beginning with ``whsec_``; two while one is replaced.
        livemode: whether this house works with real money.
    """

    def __init__(self, secrets: Sequence[str], *, livemode: bool) -> None:
        if not secrets or not all(each.strip() for each in secrets):
            raise ValueError("The door needs a secret, and none of them may be empty.")
        self._secrets = tuple(secrets)
        self._livemode = livemode

    def open(self, body: bytes, signature: str, *, at: datetime) -> Message:
        """Return the message; see the port."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise ForgedMessage("This is not from the payment service.", why="binary") from None
        _require_now(signature, at)
        self._require_signed(text, signature)
        try:
            message = message_of(msgspec.json.decode(text), livemode=self._livemode)
        except (msgspec.MsgspecError, RecursionError):  # nested deeper than we can go
            raise UnreadableMessage("This message cannot be read.") from None
        version = message.content.get("api_version")
        if message.foreign is None and version != stripe.api_version:
            # Refused, it would be gone in three days; what we read has its own checks.
            log.warning("stripe.other_version", version=str(version), message=message.message_id)
        return message

    def _require_signed(self, text: str, signature: str) -> None:
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(text, signature, secret)
            except stripe.SignatureVerificationError:  # holds the whole body: never logged
                continue
            return
        raise ForgedMessage("This is not from the payment service.", why="signature")


def _require_now(signature: str, at: datetime) -> None:
    """Refuse a signature from elsewhen, in either direction, or with no one time in it."""
    # what is compared must be ASCII: other letters would make comparing itself fail
    if not signature or not signature.isascii() or len(signature) > _LONGEST_HEADER:
        raise ForgedMessage("This is not from the payment service.", why="no_signature")
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if (
        len(stamps) != 1
        or not (stamps[0].isascii() and stamps[0].isdigit())
        or len(stamps[0]) > _LONGEST_STAMP
    ):
        raise ForgedMessage("This is not from the payment service.", why="no_time")
    if abs(at.timestamp() - int(stamps[0])) > AGE_SECONDS:
        raise ForgedMessage("This was signed at another time.", why="age")
