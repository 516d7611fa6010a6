"""Which page says which of the words of :data:`services.web.subjects.DONE`.

A word stands in an address, and anybody can make an address and send it to somebody. So a page
says only what can have been done just before it: nobody reads on their practice's page that a
refund is ordered.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_WORDS: Final = {
    "admin/admin.html": "revived settled",
    "admin/administrators.html": "granted role_taken",
    "billing/desk.html": "replayed",
    "billing/account.html": (
        "looked replayed order_again order_settled question_settled refund_asked refund_proposed "
        "refund_agreed refund_dropped months_again"
    ),
    "admin/certificate_revoke.html": "revoked",
    "admin/claim.html": "answered answer_corrected taken_back set_aside",
    "admin/claim_run.html": "run_made run_again",
    "admin/claims.html": "prepared nothing_new",
    "admin/funds.html": "fund_opened",
    "admin/gifts.html": "months_given_by_house",
    "admin/people.html": "registered registered_unprinted",
    "admin/practices.html": "practice_in_hands let_in let_in_unprinted entry_declined",
    "admin/program.html": "program retired",
    "admin/provider.html": "provider provider_corrected approval approval_withdrawn",
    "memberships/funds.html": "fund_fed setting_up turned_back",
    "memberships/gifts.html": "months_given setting_up turned_back",
    "groups/group.html": "removed handed_over rhythm group_program admitted",
    "groups/corridor.html": "said word_back word_removed",
    "groups/series.html": "series syllabus",
    "groups/groups.html": "left_group",
    "meetings/meeting.html": (
        "in out evaluated attested opened marked closed matched corrected led part alone voided "
        "planned moved retitled program_chosen called_off handed_over regrets regrets_back"
    ),
    "memberships/membership.html": (
        "begun card_seen no_card_yet leave_asked return_asked plan_changed plan_kept cancel_asked "
        "keep_asked months_taken"
    ),
    "memberships/start.html": "turned_back",
    "credits/outside_credits.html": "credit_entered credit_corrected credit_removed",
    "practices/practice.html": (
        "practice_begun setting_up count_asked count_kept seat_offered offer_withdrawn seat_freed "
        "seat_frozen seat_thawed manager_named manager_relieved papers_to card_seen no_card_yet "
        "practice_end_asked practice_keep_asked account_closed"
    ),
    "practices/start.html": "practice_opened turned_back",
    "practices/practices.html": "seat_taken seat_left seat_frozen seat_thawed manager_left",
    "memberships/scholarship.html": "carried wish_kept scholarship_renewed scholarship_ended",
    "practices/seat_invited.html": "entry_asked",
    "you/calendar.html": "calendar calendar_another calendar_ended",
    "you/mails.html": "mails",
    "you/you.html": "licence licence_end leave back name name_unprinted",
}
SAID_BY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {template: frozenset(words.split()) for template, words in _WORDS.items()}
)
"""The words that each template says; a template that is not here says none."""
