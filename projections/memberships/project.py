"""Takes events of payers, memberships and money into the view ``memberships``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.base import Root
from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.money.billing_accounts import BillingAccount
from domain.money.ledger import MoneyLedger
from domain.recording import Recorded
from projections import Connection
from projections.memberships.money import NOTED, note
from projections.memberships.standing import stand
from projections.memberships.wishes import wish

NAME: Final = "memberships"
VERSION: Final = 4
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    BillingAccount.Opened.TOPIC,
    BillingAccount.CustomerLinked.TOPIC,
    BillingAccount.Closed.TOPIC,
    Membership.Requested.TOPIC,
    Membership.CheckoutOpened.TOPIC,
    Membership.CheckoutClosed.TOPIC,
    Membership.Observed.TOPIC,
    Membership.QuestionRaised.TOPIC,
    Membership.QuestionSettled.TOPIC,
    Membership.SecondSubscriptionSeen.TOPIC,
    Membership.TrialStarted.TOPIC,
    Membership.Activated.TOPIC,
    Membership.Renewed.TOPIC,
    Membership.GraceStarted.TOPIC,
    Membership.AccessNarrowed.TOPIC,
    Membership.Recovered.TOPIC,
    Membership.LeaveAsked.TOPIC,
    Membership.LeaveStarted.TOPIC,
    Membership.ReturnAsked.TOPIC,
    Membership.PlanChangeAsked.TOPIC,
    Membership.PlanChanged.TOPIC,
    Membership.CancellationAsked.TOPIC,
    Membership.CancellationWithdrawn.TOPIC,
    Membership.EndArranged.TOPIC,
    Membership.EndLifted.TOPIC,
    Membership.WishNotGranted.TOPIC,
    Membership.Lapsed.TOPIC,
    Membership.Reinstated.TOPIC,
    MoneyLedger.Opened.TOPIC,
    *(each.TOPIC for each in NOTED),
    Member.Forgotten.TOPIC,
)

_OPEN: Final = "INSERT INTO membership_payer VALUES ($1, $2, $3)"
_LINK: Final = "UPDATE membership_payer SET customer_id = $2 WHERE account_id = $1"
_CLOSE: Final = "UPDATE membership_payer SET closed = true WHERE account_id = $1"
# The rows hold ids and amounts. Those of money outlive their person, naming nobody; what somebody
# was about to do goes with them.
_FORGET: Final = "UPDATE membership_payer SET forgotten = true WHERE payer_id = $1"
_FORGET_PAGE: Final = """UPDATE membership
                            SET checkout_session_id = NULL, checkout_expires_at = NULL
                          WHERE holder_id = $1"""
_FORGET_WISHES: Final = """DELETE FROM membership_wish_refused USING membership
                            WHERE membership_wish_refused.membership_id = membership.membership_id
                              AND holder_id = $1"""


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    await _take_payer(event, conn)
    await stand(event, conn)
    await wish(event, conn)
    await note(recorded, conn)


async def _take_payer(event: Root.Event, conn: Connection) -> None:
    match event:
        case BillingAccount.Opened(originator_id=account_id, payer_id=payer_id):
            await conn.execute(_OPEN, account_id, event.payer_kind.value, payer_id)
        case BillingAccount.CustomerLinked(originator_id=account_id, customer_id=customer_id):
            await conn.execute(_LINK, account_id, customer_id)
        case BillingAccount.Closed(originator_id=account_id):
            await conn.execute(_CLOSE, account_id)
        case Member.Forgotten(originator_id=member_id):
            await conn.execute(_FORGET, member_id)
            await conn.execute(_FORGET_PAGE, member_id)
            await conn.execute(_FORGET_WISHES, member_id)
