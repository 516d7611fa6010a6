"""What the subjects' pages share: words, a command id for their forms, lookups by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from domain.recording import Outcome
from projections import Connection
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.days import zone_of
from services.house import House
from services.web.context import web_of
from services.web.forms.done_pages import SAID_BY
from services.web.forms.orders import Asking, fresh_id
from services.web.signing_in.session import current_person
from services.web.templating import page
from services.web.words import record as words

TheHouse: TypeAlias = NamedDependency[SkipValidation[House]]
"""The house as handlers ask for it; it is ours, so nothing is there to validate."""

_DIGITS: Final = 15  # positions have fewer; more would not fit a bigint

DONE: Final[Mapping[str, str]] = MappingProxyType(
    {  # what a page says after a redirect, by the word in its address; where: done_pages.py
        "in": "You are checked in.",
        "out": "You are checked out. See you at the next hour.",
        "evaluated": "Your answers are kept. Thank you.",
        "attested": "Kept: you saw them here.",
        "opened": "The door is open.",
        "marked": "The roster is up to date.",
        "closed": "The meeting is closed. Credits are counted now.",
        "matched": "The match is kept. Credits are counted again.",
        "corrected": "The correction stands beside what was recorded.",
        "led": "It is on record who led. Credits are counted again.",
        "part": "It is on record which part it is. Credits are counted again.",
        "alone": "It stands alone, as part of no series. Credits are counted again.",
        "series": "The series is announced.",
        "syllabus": "The day is on record. Credits are counted again.",
        "voided": "The meeting does not count any more. What was recorded stays.",
        "planned": "The meeting is planned.",
        "moved": "The meeting has moved.",
        "retitled": "The meeting has another title now.",
        "program_chosen": "It is held so. The other meetings keep what was announced.",
        "regrets": "Your group sees that you cannot come.",
        "regrets_back": "Good. You are expected.",
        "called_off": "The meeting is called off. Everybody expected sees it.",
        "handed_over": "It is in their hands now.",
        "left_group": "You left the group. Your hours and certificates stay yours.",
        "removed": "They do not belong to the group any more.",
        "rhythm": "The group meets at other times from now on.",
        "group_program": "It holds for the meetings that you plan from now on.",
        "admitted": "They belong to the group now.",
        "said": "Your word is there. It fades by itself.",
        "word_back": "You took your word back. Its text is deleted.",
        "word_removed": "The word is removed, and its text deleted.",
        "calendar": "Your calendar can ask now. It shows what it finds when it next does.",
        "calendar_another": "This is the new address. The old one says nothing any more.",
        "calendar_ended": "The address is gone. Calendars that ask there learn nothing more.",
        "mails": "Kept. It holds from the next mail on.",
        "licence": "Your licence is kept.",
        "licence_end": "Its last day is kept.",
        "leave": "You are on leave. Come back whenever you like.",
        "back": "Good to have you back. You are expected again.",
        "name": "New papers show this name. Those you have keep the old one until issued again.",
        "name_unprinted": "Your name is kept. Papers cannot print it yet; the line below says why.",
        "registered": "They can sign in now. They belong to no group yet.",
        "registered_unprinted": (
            "They can sign in now. They belong to no group yet. Papers cannot print some letters "
            "of their name: ask them to say on the page of their name how papers write it."
        ),
        "granted": "They are an administrator now.",
        "role_taken": "They look after the house no longer.",
        "provider": "The provider is known.",
        "provider_corrected": "It is corrected. Papers issued before keep what they say.",
        "approval": "The approval is kept.",
        "approval_withdrawn": "The approval does not count from that day on.",
        "program": "The program is offered.",
        "retired": "The program is no longer offered.",
        "prepared": "Claims are prepared for what was not asked for yet.",
        "nothing_new": "Nothing new: what the payer covers in that period is on claims already.",
        "answered": "The payer's answer is kept.",
        "answer_corrected": "The answer is corrected. What was kept before stands beside it.",
        "run_made": "The run is made. Its files are below; hand them to the payer.",
        "run_again": "Nothing new was ready. This is the last run of these days, once more.",
        "taken_back": "The line is taken back. What was recorded stays beside it.",
        "set_aside": "The claim is set aside. It is never sent.",
        "credit_entered": "Your credit is kept, marked as entered by you.",
        "credit_corrected": "Your correction is kept. What you wrote before stands beside it.",
        "credit_removed": "The entry no longer counts. What was said stays on record.",
        "revoked": "The certificate is revoked. Whoever checks it reads so from now on.",
        "revived": "It is tried again now. If it stays on the list, it failed again.",
        "settled": "It is recorded how you dealt with it.",
        "looked": "Fetched anew. This is what Stripe said.",
        "replayed": "It is ordered, and adds nothing twice. If Stripe knows no such event, "
        "the order stands among what is stuck.",
        "order_again": "It is tried again now. If it stays stuck, it failed again.",
        "order_settled": "It is recorded how you dealt with it. It is not sent any more.",
        "question_settled": "It is recorded that you looked into it. The last answer stands.",
        "refund_asked": "The refund is ordered. Its lines appear as Stripe tells them.",
        "refund_proposed": "The refund is proposed. Another administrator has to agree now.",
        "refund_agreed": "You agreed, and the refund is ordered.",
        "refund_dropped": "The proposal is dropped. Nothing is paid back.",
        "months_again": "The months can be taken. Their link is with whoever gave them, as before.",
        "begun": "Your membership has begun. Welcome.",
        "turned_back": "You turned back before anything was paid. Nothing was charged.",
        "card_seen": "Whatever you changed about your card holds from now on.",
        "no_card_yet": "There is no card yet. You are asked for one when you begin.",
        "leave_asked": "Your leave is asked for. It begins once the payments are paused.",
        "return_asked": "It is asked for. You are back once the payments go on.",
        "plan_changed": "The other plan holds from now on.",
        "plan_kept": "Your plan stays as it is. Nothing was charged for another.",
        "cancel_asked": "The end is asked for. You can take it back until it is reached.",
        "keep_asked": "It is asked for: your membership goes on.",
        "practice_opened": "The practice is here. Next, choose how many seats it pays for.",
        "practice_begun": "The seats are paid for. Offer the first one below.",
        "setting_up": "Your payment is on its way to us. This page shows it within some minutes.",
        "count_asked": "It is asked for. This page shows when it is so.",
        "count_kept": "The number of seats stays as it is.",
        "seat_offered": "The invitation is on its way.",
        "entry_asked": "You asked to come in. Whoever decides about it reads it.",
        "let_in": "They are a member now. A mail tells them how to go on.",
        "let_in_unprinted": (
            "They are a member now. A mail tells them how to go on. Papers cannot print some "
            "letters of their name: they can say on the page of their name how papers write it."
        ),
        "entry_declined": "A mail tells them, with your sentence if you wrote one.",
        "practice_in_hands": "They look after the practice now.",
        "offer_withdrawn": "The offer is withdrawn. Its link opens nothing any more.",
        "seat_taken": "The seat is yours. Welcome.",
        "seat_freed": "The seat is free. Whoever had it keeps all they earned.",
        "seat_left": "You gave the seat back. All that you earned stays yours.",
        "seat_frozen": "The seat is kept. Somebody else can sit meanwhile.",
        "seat_thawed": "They sit again.",
        "manager_named": "They look after the seats as well now.",
        "manager_relieved": "They look after the seats no longer.",
        "manager_left": "You look after its seats no longer.",
        "papers_to": "Papers go there from now on.",
        "account_closed": "The account is closed. Its papers stay here for you to read.",
        "practice_end_asked": "The end is asked for. You can take it back until it is reached.",
        "practice_keep_asked": "It is asked for: the practice goes on.",
        "carried": "A fund carries it from now on. Nobody else knows.",
        "wish_kept": "Your wish is kept. No fund holds enough at the moment; it is carried as soon "
        "as one does, and you need not ask again.",
        "scholarship_renewed": "It goes on for another year.",
        "scholarship_ended": "It is ended. Thank you for making room.",
        "fund_fed": "Your gift is in the fund. Thank you.",
        "fund_opened": "The fund is open.",
        "months_given": "The months are paid for. Hand the link on to whoever they are for.",
        "months_given_by_house": "The months are given. Hand the link on.",
        "months_taken": "The months are yours, from today on.",
    }
)


async def subject_page(
    request: Asking, template: str, *, status: int = 200, here: str = "", **values: Any
) -> Response[str]:
    """Answer with a page of a subject; see :func:`services.web.templating.page`."""
    done = str(request.query_params.get("done", "")) if request.method == "GET" else ""
    said_here = done in SAID_BY.get(template, ())
    return await page(
        request,
        template,
        status=status,
        here=here,
        words=words,
        command_id=fresh_id(request),
        done=DONE[done] if said_here else "",
        **values,
    )


async def is_administrator(request: Asking, person_id: UUID) -> bool:
    """Tell whether the person looks after the house."""
    return await web_of(request).ports.people.is_administrator(person_id)


async def zone_of_reader(request: Asking, house: House) -> str:
    """Return the zone in which whoever reads a page reads its times, as on every page of theirs."""
    person_id = await current_person(request)
    async with house.views() as conn:
        return await zone_of(conn, person_id)


async def wait_for(request: Asking, house: House, *views: str) -> None:
    """Wait, bounded, for what a live notice announced: ``?after=position``."""
    after = str(request.query_params.get("after", ""))
    if after.isascii() and after.isdigit() and len(after) <= _DIGITS:
        await house.shown(Outcome(int(after)), views)


async def names_of(conn: Connection, member_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return names as people may see them; somebody unknown has one too."""
    wanted = list(dict.fromkeys(member_ids))
    known = await people.names(conn, wanted)
    return {each: known.get(each, "Somebody") for each in wanted}


async def meetings_by_id(
    conn: Connection, meeting_ids: Iterable[UUID]
) -> dict[UUID, schedule.MeetingRow]:
    """Return meetings by id; ids without one are left out."""
    return {row.meeting_id: row for row in await schedule.meetings(conn, set(meeting_ids))}
