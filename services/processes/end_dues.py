"""Whenever somebody is forgotten, end what they pay and are given; also what comes later.

A payment page, an account or a seat that was on its way meanwhile is ended in the same way.
"""

from __future__ import annotations

from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.money.billing_accounts import BillingAccount, billing_account_id
from domain.practices.seat_pool import SeatPool
from domain.recording import Recorded
from services.memberships.parting import PartWithDues, PartWithPractice, PartWithSupport

NAME = "end_dues"
TOPICS = (
    Member.Forgotten.TOPIC,
    Membership.Requested.TOPIC,
    BillingAccount.CustomerLinked.TOPIC,
    SeatPool.Opened.TOPIC,
    SeatPool.ManagerNamed.TOPIC,
    SeatPool.Accepted.TOPIC,
)


def react(recorded: Recorded) -> list[PartWithDues | PartWithSupport | PartWithPractice]:
    """Order it for those whom the event names; who is not forgotten keeps everything."""
    match recorded.event:
        case Member.Forgotten(originator_id=member_id):
            account_id = billing_account_id(member_id)
            return [PartWithDues(account_id=account_id), PartWithSupport(member_id=member_id)]
        case Membership.Requested(account_id=account_id):
            return [PartWithDues(account_id=account_id)]
        case BillingAccount.CustomerLinked(originator_id=account_id):
            return [PartWithDues(account_id=account_id)]
        case SeatPool.Opened(originator_id=pool_id, manager_id=member_id):
            return [PartWithPractice(pool_id=pool_id, member_id=member_id)]
        case (
            SeatPool.ManagerNamed(originator_id=pool_id, member_id=member_id)
            | SeatPool.Accepted(originator_id=pool_id, member_id=member_id)
        ):
            return [PartWithPractice(pool_id=pool_id, member_id=member_id)]
    return []
