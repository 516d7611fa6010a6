"""Every event there is: topic, version, a sentence for people, and its personal fields.

Built by looking at the aggregates, so that nothing is listed twice; only the sentences are
written by hand, and a test fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final, get_args, get_origin, get_type_hints

from domain.access.records import AccessRecord
from domain.base import Root
from domain.certificates.certificate import Certificate
from domain.certificates.checks import CertificateCheck
from domain.claims.claim import Claim
from domain.claims.payers import Payer
from domain.credits.ledger import CreditLedger
from domain.credits.outside import OutsideCredit
from domain.groups.group import PeerGroup
from domain.meetings.meeting import Meeting
from domain.members.administration import Administration
from domain.members.member import Member
from domain.memberships.funds import Fund
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.scholarships import Scholarship
from domain.money.billing_accounts import BillingAccount
from domain.money.desk_records import DeskRecord
from domain.money.ledger import MoneyLedger
from domain.personal import Personal
from domain.practices.seat_pool import SeatPool
from domain.programs import Program
from domain.providers import Provider
from domain.troubles import Trouble

AGGREGATES: Final[tuple[type[Root], ...]] = (
    Member,
    Administration,
    Provider,
    Program,
    PeerGroup,
    Meeting,
    CreditLedger,
    OutsideCredit,
    Certificate,
    CertificateCheck,
    Payer,
    Claim,
    BillingAccount,
    Membership,
    SeatPool,
    Scholarship,
    Fund,
    Gift,
    MoneyLedger,
    AccessRecord,
    DeskRecord,
    Trouble,
)

_OF_THE_ENVELOPE: Final = frozenset(
    {"originator_id", "originator_version", "originator_topic", "timestamp"}
)

# A sentence names fields of its event in braces; whoever shows it turns ids into names.
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "peerhour.member.registered": "{name_on_papers} joined.",
        "peerhour.member.licence_added": "A licence was added: {licence}.",
        "peerhour.member.licence_ended": "A licence ends; its last day is {last_day}.",
        "peerhour.member.name_corrected": "The name on papers is {name_on_papers} now: {reason}",
        "peerhour.member.spelled_for_papers": "Papers write the name as {spelling} from now on.",
        "peerhour.member.role_granted": "{by} gave the role {role}.",
        "peerhour.member.role_withdrawn": "{by} took back the role {role}.",
        "peerhour.member.leave_taken": "The member is on leave.",
        "peerhour.member.returned": "The member is back.",
        "peerhour.member.forgotten": "{by} ordered that this person be forgotten ({basis}).",
        "peerhour.administration.begun": "The first role of an administrator is taken back.",
        "peerhour.administration.role_taken": "{by} took {member_id}'s role, and has one still.",
        "peerhour.provider.registered": "The provider {name} is known; {authorising_name} signs.",
        "peerhour.provider.corrected": (
            "Papers name the provider {name} from now on; {authorising_name} signs: {reason}"
        ),
        "peerhour.provider.approval_recorded": "An approval was recorded: {approval}.",
        "peerhour.provider.approval_withdrawn": (
            "An approval does not count from {from_day} on: {reason}"
        ),
        "peerhour.program.published": "The program {title} is offered.",
        "peerhour.program.revised": "The program was revised; its title is {title}.",
        "peerhour.program.retired": "The program is no longer offered: {reason}",
        "peerhour.group.formed": "The group {name} began; {facilitator_id} holds it together.",
        "peerhour.group.member_admitted": "{by} admitted {member_id}.",
        "peerhour.group.member_left": "{member_id} left.",
        "peerhour.group.member_removed": "{by} removed {member_id}: {reason}",
        "peerhour.group.facilitator_named": "{by} handed the group to {facilitator_id}.",
        "peerhour.group.rhythm_changed": "{by} changed when the group meets.",
        "peerhour.group.program_changed": "{by} chose another program for the group, or none.",
        "peerhour.group.series_planned": "The group announces {title}, in {parts} parts.",
        "peerhour.group.part_placed": "The meeting {meeting_id} is part {part} of a series.",
        "peerhour.group.part_cleared": "The meeting {meeting_id} is part {part} no more.",
        "peerhour.group.syllabus_handed_out": "Everybody got dates and topics on {day}.",
        "peerhour.meeting.scheduled": "The meeting {title} is planned for {starts_at} ({zone}).",
        "peerhour.meeting.roster_set": "{roster} are expected; {facilitator_id} leads.",
        "peerhour.meeting.opened": "{by} opened the meeting.",
        "peerhour.meeting.checked_in": "{member_id} is there since {arrived_at} ({method}).",
        "peerhour.meeting.checked_out": "{member_id} left at {left_at} ({method}).",
        "peerhour.meeting.check_in_refused": "{member_id} could not check in ({code}).",
        "peerhour.meeting.turn_begun": "{presenter_id} began to present.",
        "peerhour.meeting.turn_ended": "{presenter_id} stopped presenting.",
        "peerhour.meeting.presence_observed": "A report of {source} was read.",
        "peerhour.meeting.observed_person_matched": ("{by} recognised {member_id} in a report."),
        "peerhour.meeting.observed_person_unmatched": (
            "{by} took back that somebody in a report is {member_id}."
        ),
        "peerhour.meeting.presence_attested": "{by} says that {member_id} was there.",
        "peerhour.meeting.evaluation_given": "{member_id} evaluated the meeting.",
        "peerhour.meeting.closed": "{by} closed the meeting.",
        "peerhour.meeting.lead_recorded": "{by} says who led the meeting.",
        "peerhour.meeting.facilitator_changed": "{facilitator_id} leads the meeting now.",
        "peerhour.meeting.presence_corrected": (
            "{by} corrected when {member_id} was there: {reason}"
        ),
        "peerhour.meeting.voided": "{by} voided the meeting: {reason}",
        "peerhour.meeting.postponed": "{by} moved the meeting to {starts_at}.",
        "peerhour.meeting.retitled": "{by} announced the meeting as {title}.",
        "peerhour.meeting.program_changed": "{by} chose another program for it, or none.",
        "peerhour.meeting.cancelled": "{by} cancelled the meeting: {reason}",
        "peerhour.credit.opened": "The ledger of {member_id} begins.",
        "peerhour.credit.presence_noted": "The presence at meeting {meeting_id} is known.",
        "peerhour.credit.overlap_found": (
            "Meetings {meeting_id} and {other_meeting_id} overlap by {minutes} minutes."
        ),
        "peerhour.credit.awarded": (
            "Credit for meeting {meeting_id} by {rule_id} version {rule_version}: {credited}."
        ),
        "peerhour.credit.adjusted": "An award changed by {amount_difference}: {reason}",
        "peerhour.credit.held": "Credit by {rule_id} for meeting {meeting_id} waits: {missing}.",
        "peerhour.credit.withdrawn": "An award was withdrawn: {reason}",
        "peerhour.outside_credit.entered": "{member_id} entered credit from elsewhere: {facts}.",
        "peerhour.outside_credit.corrected": "The member set the entry right: {reason}",
        "peerhour.outside_credit.removed": "The member took the entry back: {reason}",
        "peerhour.certificate.issued": "Certificate {serial} was issued.",
        "peerhour.certificate.sealed": "The paper was sealed ({size} bytes).",
        "peerhour.certificate.superseded": "{by_certificate_id} replaces it ({reason}).",
        "peerhour.certificate.revoked": "{by} revoked the certificate ({reason}).",
        "peerhour.certificate_check.noted": "Somebody looked at a certificate ({channel}).",
        "peerhour.payer.registered": "The payer {name} is known.",
        "peerhour.payer.member_enrolled": "The payer covers another member: {enrolment}.",
        "peerhour.payer.enrolment_ended": "The payer covers {member_id} up to {last_day}.",
        "peerhour.payer.export_started": "Export run {run_number} was started.",
        "peerhour.payer.export_made": "Export run {run_number} was made.",
        "peerhour.claim.prepared": "Claim {claim_number} is ready.",
        "peerhour.claim.exported": "The claim went out in run {run_number}.",
        "peerhour.claim.decided": (
            "The payer decided: {outcome}, {paid_cents} in the smallest units of the claim's "
            "currency ({reference})."
        ),
        "peerhour.claim.answer_corrected": (
            "{by} corrected what is kept of the payer's answer ({why}): {reason}"
        ),
        "peerhour.claim.corrected": "The claim was corrected: {reason}",
        "peerhour.claim.set_aside": "The claim is not sent ({reason}).",
        "peerhour.billing_account.opened": "A {payer_kind}, {payer_id}, would like to pay.",
        "peerhour.billing_account.customer_linked": "Stripe knows the payer as {customer_id}.",
        "peerhour.billing_account.customer_gone": "Stripe knows no {customer_id} any more.",
        "peerhour.billing_account.contact_changed": "Papers go to another contact.",
        "peerhour.billing_account.tax_id_set": "Invoices name a tax id ({kind}).",
        "peerhour.billing_account.payer_forgotten": (
            "The payer was forgotten; Stripe is told to forget {customer_id}, too."
        ),
        "peerhour.billing_account.closed": "{by} closed the account; its papers stay.",
        "peerhour.membership.requested": "{holder_id} would like to take part ({plan}).",
        "peerhour.membership.checkout_opened": "Stripe's page for the first payment was opened.",
        "peerhour.membership.checkout_closed": "Stripe's page for the first payment was closed.",
        "peerhour.membership.observed": "Stripe was looked at: {observation}.",
        "peerhour.membership.question_raised": (
            "Stripe said what is not understood: {question}. The last answer stands."
        ),
        "peerhour.membership.question_settled": (
            "{by} looked into what was not understood about {subscription_id}."
        ),
        "peerhour.membership.second_subscription_seen": (
            "Two subscriptions live at Stripe; {subscription_id} has to go."
        ),
        "peerhour.membership.holder_forgotten": (
            "Whoever took part was forgotten; nothing may be charged any more."
        ),
        "peerhour.membership.end_ordered": "{subscription_id} has to end at once.",
        "peerhour.membership.trial_started": "A trial runs until {until}; nothing is charged.",
        "peerhour.membership.activated": "The first dues are paid, through {through}.",
        "peerhour.membership.renewed": "The membership is paid through {through}.",
        "peerhour.membership.payment_failed": "A payment did not go through: {trouble}.",
        "peerhour.membership.grace_started": (
            "Dues are unpaid since {since}; everything stays open until {until}."
        ),
        "peerhour.membership.access_narrowed": (
            "Grace is over; own groups go on, until {until} at least."
        ),
        "peerhour.membership.recovered": "What was unpaid is paid, through {through}.",
        "peerhour.membership.leave_asked": "{by} asked for a leave.",
        "peerhour.membership.leave_started": "A leave began; the seat is kept.",
        "peerhour.membership.return_asked": "{by} asked to come back.",
        "peerhour.membership.leave_ended": "The leave is over.",
        "peerhour.membership.plan_change_asked": "{by} asked for the plan {plan}.",
        "peerhour.membership.plan_changed": "The plan is {plan} now.",
        "peerhour.membership.cancellation_asked": "{by} asked to stop at the end of the period.",
        "peerhour.membership.cancellation_withdrawn": "{by} would like to stay after all.",
        "peerhour.membership.end_arranged": "The membership ends on {ends_at}.",
        "peerhour.membership.end_lifted": "The membership renews again.",
        "peerhour.membership.wish_not_granted": "Stripe did not do what was asked: {wish}, {why}.",
        "peerhour.membership.lapsed": "The membership ended ({why}); papers stay open for ever.",
        "peerhour.membership.reinstated": "The membership is back, paid through {through}.",
        "peerhour.seat_pool.opened": "{manager_id} looks after the seats of {name}.",
        "peerhour.seat_pool.manager_named": "{by} let {member_id} look after the seats.",
        "peerhour.seat_pool.manager_relieved": "{by} took the seats out of {member_id}'s care.",
        "peerhour.seat_pool.count_change_scheduled": (
            "{by} asked for {count} seats, from {effective_at} on."
        ),
        "peerhour.seat_pool.count_change_dropped": "The number of seats stays as it is.",
        "peerhour.seat_pool.bought": "{count} seats are paid for.",
        "peerhour.seat_pool.offered": "{by} offered a seat.",
        "peerhour.seat_pool.offer_ended": "Nobody took an offered seat in time.",
        "peerhour.seat_pool.entry_asked": (
            "Somebody who is invited to a seat is not a member yet, and asks to come in."
        ),
        "peerhour.seat_pool.entry_granted": "{by} let {member_id} in, who was invited to a seat.",
        "peerhour.seat_pool.entry_declined": (
            "{by} did not let in somebody who was invited to a seat."
        ),
        "peerhour.seat_pool.offer_withdrawn": "{by} took the offer of a seat back.",
        "peerhour.seat_pool.accepted": "{member_id} took a seat.",
        "peerhour.seat_pool.released": "{by} freed {member_id}'s seat; their papers stay theirs.",
        "peerhour.seat_pool.frozen": "{member_id}'s seat is kept, not used ({reason}).",
        "peerhour.seat_pool.thawed": "{member_id} sits again.",
        "peerhour.scholarship.applied": "{member_id} asked for a scholarship of {tier} percent.",
        "peerhour.scholarship.applied_again": "A scholarship of {tier} percent was asked for.",
        "peerhour.scholarship.granted": (
            "The fund {fund_id} carries {percent} percent of the dues until {until}."
        ),
        "peerhour.scholarship.renewed": "It is still right: the scholarship runs until {until}.",
        "peerhour.scholarship.ended": "The scholarship ended ({why}).",
        "peerhour.fund.opened": "The fund {name} begins, in {currency}.",
        "peerhour.fund.fed": "Somebody gave {amount}.",
        "peerhour.fund.given_back": "A gift of {amount} was paid back.",
        "peerhour.fund.set_aside": "{amount} is promised to {scholarship_id} until {until}.",
        "peerhour.fund.freed": "{amount} that {scholarship_id} did not need is the fund's again.",
        "peerhour.gift.given": "{giver_id} gave {months} months.",
        "peerhour.gift.redeemed": "{member_id} took the gift; it runs until {until}.",
        "peerhour.gift.taken_back": "The gift was taken back before anybody took it.",
        "peerhour.gift.return_failed": (
            "What was paid for the gift could not be paid back; {account_id} is owed it still."
        ),
        "peerhour.gift.given_again": "{by} let the months be taken after all.",
        "peerhour.access_record.opened": "{member_id} has an access record.",
        "peerhour.access_record.source_noted": "Access may come from {source_id} ({kind}).",
        "peerhour.access_record.first_meeting_attended": "{meeting_id} was their first meeting.",
        "peerhour.access_record.first_meeting_given_back": (
            "{meeting_id} was not their first meeting after all."
        ),
        "peerhour.access_record.turned_away": "They could not check in to {meeting_id}.",
        "peerhour.money_ledger.opened": "The money ledger of {account_id} begins.",
        "peerhour.money_ledger.invoice_issued": "An invoice was issued: {fact}.",
        "peerhour.money_ledger.invoice_paid": "An invoice was paid: {fact}.",
        "peerhour.money_ledger.payment_failed": "A payment did not go through: {fact}.",
        "peerhour.money_ledger.invoice_voided": "An invoice asks for nothing any more: {fact}.",
        "peerhour.money_ledger.invoice_written_off": "An invoice was written off: {fact}.",
        "peerhour.money_ledger.credit_note_issued": "An invoice asks for less: {fact}.",
        "peerhour.money_ledger.refund_proposed": (
            "{by} proposed to pay back {amount} of {invoice_id}; somebody else has to agree."
        ),
        "peerhour.money_ledger.refund_proposal_dropped": "{by} dropped a proposed refund.",
        "peerhour.money_ledger.refund_asked": "A refund was ordered: {fact}.",
        "peerhour.money_ledger.refund_given_up": "{by} gave a refund up that was ordered.",
        "peerhour.money_ledger.refund_done": "A refund was paid: {fact}.",
        "peerhour.money_ledger.refund_failed": "A refund came back: {fact}.",
        "peerhour.money_ledger.refund_external": (
            "Something was paid back that nobody ordered here: {fact}."
        ),
        "peerhour.money_ledger.inquiry_opened": "A bank asks about a payment: {fact}.",
        "peerhour.money_ledger.dispute_opened": "A bank asks a payment back: {fact}.",
        "peerhour.money_ledger.dispute_closed": "A bank decided about a payment: {fact}.",
        "peerhour.money_ledger.credit_balance_moved": "The credit balance changed: {fact}.",
        "peerhour.desk_record.opened": "Something was done about the account {account_id}.",
        "peerhour.desk_record.look_ordered": "{by} fetched {subscription_id} anew.",
        "peerhour.desk_record.replay_ordered": "{by} had {message_id} handled once more.",
        "peerhour.desk_record.order_tried_again": "{by} had a stuck order tried again.",
        "peerhour.desk_record.order_settled": "{by} dealt with a stuck order in another way.",
        "peerhour.trouble.taken_up": "Something stuck in the {place} was looked into: {key}.",
        "peerhour.trouble.tried_again": "{by} let it be tried again; it was stuck: {problem}.",
        "peerhour.trouble.settled": "{by} dealt with it ({problem}): {reason}",
    }
)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """What is known about one kind of event.

    Attributes:
        topic: its stable name.
        version: of its shape.
        aggregate: the aggregate whose stream it belongs to.
        event: its class.
        sentence: for people; field names in braces.
        fields: its own fields, in order.
        personal: paths of values that are encrypted per person; ``[]`` stands for each item.
    """

    topic: str
    version: int
    aggregate: type[Root]
    event: type[Root.Event]
    sentence: str
    fields: tuple[str, ...]
    personal: tuple[str, ...]


def events_of(aggregate: type[Root]) -> list[type[Root.Event]]:
    """Return an aggregate's events in the order in which it names them."""
    return [
        each
        for name, each in vars(aggregate).items()
        if name != "Event" and isinstance(each, type) and issubclass(each, Root.Event)
    ]


def _entry(aggregate: type[Root], event: type[Root.Event]) -> EventEntry:
    hints = get_type_hints(event)
    names = [each.name for each in fields(event) if each.name not in _OF_THE_ENVELOPE]
    return EventEntry(
        topic=event.TOPIC,
        version=event.class_version,
        aggregate=aggregate,
        event=event,
        sentence=SENTENCES.get(event.TOPIC, ""),
        fields=tuple(names),
        personal=tuple(path for name in names for path in _personal(hints[name], name)),
    )


def _personal(kind: Any, path: str) -> Iterator[str]:
    """Yield the paths of personal values inside a type."""
    origin = get_origin(kind) or kind
    if origin is Personal:
        yield path
    elif is_dataclass(origin) and isinstance(origin, type):
        for name, hint in get_type_hints(origin).items():
            yield from _personal(hint, f"{path}.{name}")
    else:
        inner = f"{path}[]" if origin in {list, tuple, dict} else path
        for argument in get_args(kind):
            yield from _personal(argument, inner)


EVENTS: Final[Mapping[str, EventEntry]] = MappingProxyType(
    {
        event.TOPIC: _entry(aggregate, event)
        for aggregate in AGGREGATES
        for event in events_of(aggregate)
    }
)
