"""Desk records: what administrators did about somebody's money, beside what moved by it.

Looking once more and handling a message once more change nothing by themselves that would say who
wanted it; here it stands. Refunds, questions and stuck orders have events of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.base import AggregateCreated, Root
from domain.foreign_ids import require_foreign_ids

_RECORDS: Final = UUID("1f0d9a34-52d0-5d0c-8d93-8a7c0a0e6f55")
NOBODYS: Final = UUID("00000000-0000-4000-8000-000000000001")
"""Stands for the account where it is not known whose money something is about."""


def desk_record_id(account_id: UUID) -> UUID:
    """Return the id of what was done about an account."""
    return uuid5(_RECORDS, str(account_id))


class DeskRecord(Root):
    """What administrators did about one billing account."""

    TOPIC = "peerhour.desk_record"

    class Opened(Root.Event, AggregateCreated):
        """An administrator did something about this account for the first time."""

        TOPIC = "peerhour.desk_record.opened"
        account_id: UUID

    class LookOrdered(Root.Event):
        """Somebody wanted a subscription to be fetched anew."""

        TOPIC = "peerhour.desk_record.look_ordered"
        subscription_id: str
        by: UUID

    class ReplayOrdered(Root.Event):
        """Somebody wanted a message of Stripe's to be handled once more."""

        TOPIC = "peerhour.desk_record.replay_ordered"
        message_id: str
        by: UUID

    class OrderTriedAgain(Root.Event):
        """Somebody wanted a stuck order to be carried out after all."""

        TOPIC = "peerhour.desk_record.order_tried_again"
        effect_id: UUID
        by: UUID

    class OrderSettled(Root.Event):
        """Somebody dealt with a stuck order in another way; the trouble of it says how."""

        TOPIC = "peerhour.desk_record.order_settled"
        effect_id: UUID
        by: UUID

    def __init__(self, *, account_id: UUID) -> None:
        self.account_id = account_id

    @classmethod
    def open(cls, account_id: UUID, *, at: datetime) -> DeskRecord:
        """Begin the record of an account, which gives it its id."""
        stream_id = desk_record_id(account_id)
        return cls.begin(cls.Opened, stream_id=stream_id, at=at, account_id=account_id)

    def order_look(self, subscription_id: str, *, by: UUID, at: datetime) -> None:
        """Remember who wanted to look.

        Raises:
            InvalidFields: this is no id.
        """
        require_foreign_ids(subscription_id=subscription_id)
        self.record(self.LookOrdered, at=at, subscription_id=subscription_id, by=by)

    def order_replay(self, message_id: str, *, by: UUID, at: datetime) -> None:
        """Remember who wanted a message to be handled once more.

        Raises:
            InvalidFields: this is no id.
        """
        require_foreign_ids(message_id=message_id)
        self.record(self.ReplayOrdered, at=at, message_id=message_id, by=by)

    def try_order_again(self, effect_id: UUID, *, by: UUID, at: datetime) -> None:
        """Remember who wanted a stuck order to be tried again."""
        self.record(self.OrderTriedAgain, at=at, effect_id=effect_id, by=by)

    def settle_order(self, effect_id: UUID, *, by: UUID, at: datetime) -> None:
        """Remember who dealt with a stuck order in another way."""
        self.record(self.OrderSettled, at=at, effect_id=effect_id, by=by)
