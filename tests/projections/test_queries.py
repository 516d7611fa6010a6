"""Every question to every view, asked once of a story in which it has an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from domain.meetings.attendance import CheckInMethod
from domain.meetings.meeting import Meeting
from domain.members.member import ErasureBasis, Member
from domain.personal import ERASED
from infra.database import ConnectKwargs
from projections import Connection
from projections.audit_trail import queries as audit_trail
from projections.certificate_checks import queries as checks
from projections.certificate_register import queries as register
from projections.claims_board import queries as board
from projections.claims_board import run_queries
from projections.offers import queries as offers
from projections.outside_credits import queries as outside
from projections.patrons import queries as patrons
from projections.people import queries as people
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services.bootstrap import PROJECTIONS
from services.claims import exports
from services.demo.story import ADMIN, CAST, GROUP, PAYER, PROVIDER
from services.members.commands import ComeBack, ForgetMember, TakeLeave
from tests.support.house import RealHouse, open_real_house
from tests.support.long_story import ANA, BO, CHIDI, JOY, Told, tell

NOBODY = UUID(int=404)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture(scope="module")
async def told(house: RealHouse) -> Told:
    return await tell(house)


@pytest.fixture
async def view(house: RealHouse, told: Told) -> AsyncIterator[Connection]:
    """A connection to the views, once the story was told."""
    async with house.house.views() as connection:
        yield connection


# People


async def test_people_are_known_by_name_and_the_forgotten_as_erased(view: Connection) -> None:
    joy = await people.person(view, JOY)
    assert joy == people.PersonRow(JOY, "Joy Lin", False, False, False)
    admin = await people.person(view, ADMIN.id)
    assert admin is not None
    assert admin.administrator
    ana = await people.person(view, ANA)
    assert ana == people.PersonRow(ANA, ERASED, False, False, True)
    chidi = await people.person(view, CHIDI)
    assert chidi is not None
    assert chidi.on_leave
    assert await people.person(view, NOBODY) is None
    assert await people.names(view, [JOY, ANA, NOBODY]) == {JOY: "Joy Lin", ANA: ERASED}


@pytest.mark.parametrize("typed", ["Søren", "soren", "SØREN \u00c6", "So\u0308ren"])
async def test_people_are_found_by_a_part_of_their_name_also_without_its_accents(
    view: Connection, typed: str
) -> None:
    assert [each.member_id for each in await people.named(view, typed)] == [BO]


async def test_an_accent_alone_finds_nobody(view: Connection) -> None:
    assert await people.named(view, "\u0301") == []
    assert await patrons.practices_named(view, "\u0301") == []


async def test_who_looks_after_the_house_is_known_by_name(view: Connection) -> None:
    rows = {each.member_id: each for each in await people.administrators(view)}
    assert rows[ADMIN.id].name == ADMIN.name
    assert BO not in rows, "the role was taken back"


async def test_leave_is_known_for_any_moment(house: RealHouse) -> None:
    story = house.story("leave")
    await story.people("ana", "bo")
    began = house.clock.now()
    await story.do(TakeLeave(member_id=story.ana))
    house.clock.at += timedelta(days=1)
    await story.do(ComeBack(member_id=story.ana))
    await house.drain()
    moments = [began - timedelta(seconds=1), began, house.clock.now() - timedelta(seconds=1)]
    async with house.house.views() as view:
        away = [await people.on_leave(view, [story.ana, story.bo], each) for each in moments]
        assert away == [set(), {story.ana}, {story.ana}]
        assert await people.on_leave(view, [story.ana], house.clock.now()) == set()


async def test_licences_show_their_last_day_and_no_number_of_the_forgotten(
    view: Connection,
) -> None:
    (licence,) = await people.licences(view, BO)
    assert (licence.number, licence.valid_until) == ("PSY 41003", date(2026, 11, 18))
    assert [each.number for each in await people.licences(view, ANA)] == [ERASED]


# Groups and meetings


async def test_a_group_tells_who_belongs_today_and_who_leads(view: Connection) -> None:
    group = await schedule.group(view, GROUP)
    assert group is not None
    assert (group.name, group.facilitator_id, group.weekday) == ("Tuesday lamp", BO, 1)
    assert set(await schedule.members_of(view, GROUP)) == {JOY, BO}
    assert await schedule.groups_of(view, ANA) == [], "whoever is forgotten belongs to no group"
    assert GROUP in [each.group_id for each in await schedule.groups_of(view, BO)]
    assert await schedule.groups_of(view, CHIDI) == []
    assert await schedule.group(view, NOBODY) is None


async def test_a_meeting_is_where_its_people_look_for_it(view: Connection, told: Told) -> None:
    past = await schedule.meeting(view, told.past)
    assert past is not None
    assert (past.state, past.group_name) == ("closed", "Tuesday lamp")
    before = past.starts_at - timedelta(hours=1)
    ahead = await schedule.upcoming(view, ANA, before)
    assert ahead == []  # all of them are over, voided or called off
    behind = await schedule.past(view, ANA, before)
    assert {each.meeting_id: each.state for each in behind} == {
        told.past: "closed",
        told.tonight: "voided",
        told.called_off: "cancelled",
    }
    assert len(await schedule.meetings_of_group(view, GROUP)) == 3
    assert await schedule.is_expected(view, told.past, CHIDI)
    assert not await schedule.is_expected(view, told.past, ADMIN.id)
    assert await schedule.meeting(view, NOBODY) is None


async def test_a_meeting_still_ahead_is_upcoming_until_it_ends(house: RealHouse) -> None:
    story = house.story("ahead")
    await story.begin()
    meeting_id = await story.plan()
    await house.drain()
    async with house.house.views() as view:
        row = await schedule.meeting(view, meeting_id)
        assert row is not None
        assert await schedule.upcoming(view, story.ana, row.ends_at - timedelta(seconds=1)) == [row]
        assert await schedule.upcoming(view, story.ana, row.ends_at) == []
        assert await schedule.past(view, story.ana, row.ends_at) == [row]


async def test_a_meeting_is_found_by_when_its_group_meets(view: Connection, told: Told) -> None:
    past = await schedule.meeting(view, told.past)
    assert past is not None
    assert await schedule.meeting_around(view, GROUP, past.starts_at) == past
    far = past.starts_at - timedelta(days=2)
    assert await schedule.meeting_around(view, GROUP, far) is None


# The room


async def test_the_roster_tells_how_each_presence_is_known(view: Connection, told: Told) -> None:
    rows = {each.member_id: each for each in await roster.roster(view, told.past)}
    assert rows.keys() == {JOY, ANA, BO, CHIDI}
    assert rows[CHIDI].method == CheckInMethod.ROSTER.value
    assert rows[CHIDI].inferred  # nobody checked him out
    assert not rows[ANA].inferred
    assert {who for who, row in rows.items() if row.evaluated} == {JOY, ANA, CHIDI}
    assert {who for who, row in rows.items() if row.corrected} == {ANA, CHIDI}
    assert rows[BO].witnesses == 1
    assert not any(row.here or row.presenting for row in rows.values())
    assert [row.arrived_at for row in rows.values()] == sorted(
        row.arrived_at for row in rows.values() if row.arrived_at is not None
    )


async def test_a_refusal_at_the_door_is_shown_until_the_member_is_in(house: RealHouse) -> None:
    story = house.story("door")
    await story.begin()
    meeting_id = await story.opened()
    for member_id in (story.ana, story.bo):
        await story.refused(story.check_in(meeting_id, member_id, door_code="000"))
    await story.do(story.check_in(meeting_id, story.bo))
    await house.drain()
    async with house.house.views() as view:
        rows = {each.member_id: each for each in await roster.roster(view, meeting_id)}
    assert rows[story.ana].last_refusal == "meeting.wrong_door_code"
    assert (rows[story.bo].last_refusal, rows[story.bo].here) == (None, True)


async def test_what_the_tool_saw_is_shown_without_the_names_of_the_forgotten(
    view: Connection, told: Told
) -> None:
    seen = {each.member_id: each for each in await roster.observed(view, told.past)}
    assert seen.keys() == {JOY, ANA, BO, CHIDI}
    assert seen[BO].names == "Søren Ægir"
    assert (seen[ANA].names, seen[CHIDI].names) == (ERASED, ERASED)
    assert seen[BO].seconds == 50 * 60


# Credit and certificates


async def test_awards_show_their_arithmetic_and_totals_are_the_sum_of_what_stands(
    view: Connection, told: Told
) -> None:
    everything = await transcript.awards(view, CHIDI)
    assert {each.rule_id for each in everything} == {"contact-hour", "us-co-counseling-sw-mft"}
    awards = [each for each in everything if each.rule_id == "contact-hour"]
    assert [each.withdrawn for each in awards].count(True) == 1
    (stands,) = [each for each in awards if not each.withdrawn]
    assert (stands.meeting_id, stands.minutes, stands.amount) == (told.past, 30, Decimal("0.5"))
    assert stands.arithmetic
    assert (stands.pack_id, stands.modality, stands.present_minutes) == (
        "contact-hour",
        "live_video",
        30,
    )
    (total,) = transcript.totals(awards)
    assert (total.rule_id, total.amount, total.minutes) == ("contact-hour", Decimal("0.5"), 30)


async def test_what_waits_says_for_what_and_overlaps_name_both_meetings(
    view: Connection, told: Told
) -> None:
    held = {each.meeting_id: each for each in await transcript.held(view, BO)}
    assert held[told.past].codes == ["evaluation.missing"]
    assert held[told.past].sentences == [
        "This rule needs your evaluation of the meeting. Evaluate the meeting."
    ]
    assert held[told.tonight].codes == ["meeting.voided"]
    (overlap,) = await transcript.overlaps(view, BO)
    assert told.past in {overlap.meeting_id, overlap.other_meeting_id}
    assert overlap.minutes == 38


async def test_a_code_finds_its_certificate_and_what_took_its_place(view: Connection) -> None:
    rows = await register.of_member(view, ANA)
    assert {each.state for each in rows} == {"superseded", "sealed"}
    (old,) = [each for each in rows if each.state == "superseded"]
    (new,) = [each for each in rows if each.stands]
    found = await register.by_code(view, old.verification_code)
    assert found == old
    assert (old.replaced_by_code, old.reason) == (new.verification_code, "attendance_corrected")
    assert await register.by_id(view, new.certificate_id) == new
    assert (new.minutes, new.holder_name) == (30, ERASED)
    assert await register.by_code(view, "0" * 14) is None
    assert await register.by_id(view, NOBODY) is None


async def test_only_what_stands_in_a_period_is_offered_to_payers(view: Connection) -> None:
    (new,) = [each for each in await register.of_member(view, ANA) if each.stands]
    assert await register.standing_in(view, ANA, *NOVEMBER) == [new.certificate_id]
    assert await register.standing_in(view, ANA, date(2026, 10, 1), date(2026, 10, 31)) == []
    assert await register.standing_in(view, JOY, *NOVEMBER) == []  # revoked
    assert {each.state for each in await register.of_member(view, JOY)} == {"revoked"}


async def test_looks_at_a_certificate_are_counted_newest_first(
    view: Connection, told: Told
) -> None:
    (held,) = await register.of_member(view, JOY)
    looks = await checks.of_certificate(view, held.certificate_id, 10)
    assert [each.channel for each in looks] == ["program", "page"]
    counted = await checks.counted(view, [held.certificate_id, NOBODY])
    assert counted.keys() == {held.certificate_id}
    assert (counted[held.certificate_id].many, counted[held.certificate_id].last_at) == (
        2,
        looks[0].checked_at,
    )


# What is offered


async def test_a_provider_shows_its_approvals_by_day_and_its_programs(
    house: RealHouse, view: Connection
) -> None:
    (lamplight,) = [each for each in await offers.providers(view) if each.provider_id == PROVIDER]
    assert await offers.provider(view, PROVIDER) == lamplight
    assert await offers.provider(view, NOBODY) is None
    withdrawn, other = await offers.approvals(view, PROVIDER)
    assert withdrawn.withdrawn_from is not None
    assert withdrawn.withdrawn_why == "It was not renewed."
    days = [date(2025, 1, 1), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [withdrawn.standing_on(day) for day in days] == [
        "to come", "counts", "withdrawn", "withdrawn",
    ]  # fmt: skip
    assert other.standing_on(date(2027, 1, 1)) == "counts"
    (retired,) = await offers.programs(view, PROVIDER)
    assert await offers.program(view, retired.program_id) == retired
    assert retired.retired_why == "A better one."
    assert await offers.program(view, NOBODY) is None


# Claims


async def test_the_board_shows_each_claim_with_its_answer_and_its_corrections(
    view: Connection,
) -> None:
    assert [each.payer_id for each in await board.payers(view)] == [PAYER]
    claims = {each.state: each for each in await board.of_payer(view, PAYER)}
    reduced, pending = claims["reduced"], claims["correction_pending"]
    assert (reduced.paid_cents, reduced.reason_code, reduced.reference) == (2, "45", "EFT-2")
    (gone,) = await board.reversed_answers(view, reduced.claim_id)
    assert (gone.sending, gone.paid_cents, gone.reference) == (1, 1, "EFT-1")
    assert (gone.why, gone.reversed_by) == ("reversed_by_payer", ADMIN.id)
    assert (pending.total_cents, pending.line_count, pending.run_number) == (0, 2, 1)
    assert await board.of_member(view, reduced.member_id) == [reduced]


async def test_a_run_tells_what_it_asked_for_and_what_came_back(view: Connection) -> None:
    (run,) = await run_queries.runs_to(view, PAYER)
    assert await run_queries.run_to(view, PAYER, 1) == run
    assert await run_queries.run_to(view, PAYER, 2) is None
    held = await run_queries.in_run(view, PAYER, 1)
    lines = [each for sent in held for each in await board.lines(view, sent.claim_id)]
    asked = [each for each in lines if each.sending == 1]
    assert (run.claims, run.lines) == (len(held), len(asked))
    assert run.cents == sum(each.amount_cents for each in asked)
    assert (run.answered, run.paid_cents) == (1, 2)
    assert await run_queries.runs_to(view, NOBODY) == []


async def test_the_board_knows_whom_a_payer_covers_and_what_is_to_be_sent(
    view: Connection,
) -> None:
    assert set(await board.covered(view, PAYER, *NOVEMBER)) == {JOY, ANA}
    assert await board.covered(view, PAYER, date(2025, 1, 1), date(2025, 12, 31)) == []
    assert await board.to_send(view, PAYER, *NOVEMBER) == []


async def test_a_claim_is_to_be_sent_until_it_was(house: RealHouse) -> None:
    story = house.story("to send")
    await story.begin()
    await story.covered("ana")
    await story.held({story.ana: (0, 60)}, evaluated=(story.ana,))
    await house.drain()
    march = date(2026, 3, 1), date(2026, 3, 31)
    assert await exports.prepare(house.house, story.payer, *march) == 1
    async with house.house.views() as view:
        (ready,) = await board.of_payer(view, story.payer)
        assert await board.to_send(view, story.payer, *march) == [ready.claim_id]
        assert await board.to_send(view, story.payer, march[0], date(2026, 3, 30)) == []


# The trail


async def test_the_trail_tells_who_did_what_to_a_thing_and_names_nobody(
    house: RealHouse, view: Connection, told: Told
) -> None:
    of_meeting = await audit_trail.of_stream(view, told.past)
    assert of_meeting[0].topic == Meeting.Scheduled.TOPIC
    assert [each.position for each in of_meeting] == sorted(each.position for each in of_meeting)
    await house.story("-").do(
        ForgetMember(member_id=BO, basis=ErasureBasis.OWN_REQUEST, by=ADMIN.id),
        command_id=(command_id := uuid4()),
        actor=ADMIN.id,
    )
    await house.drain()
    newest = await audit_trail.newest(view, 10)
    assert [(each.topic, each.actor_id) for each in newest if each.command_id == command_id] == [
        (Member.Forgotten.TOPIC, ADMIN.id)
    ]
    assert not any(person.name in str(newest + of_meeting) for person in CAST)


@pytest.mark.usefixtures("told")
async def test_what_was_earned_elsewhere_shows_what_was_said_before_and_what_was_taken_back(
    view: Connection,
) -> None:
    rows = await outside.of_member(view, JOY)
    (stands,) = [row for row in rows if row.counts]
    assert (stands.now.amount, stands.now.category, stands.now.reason) == (
        Decimal(2),
        "Sponsored CE",
        "A slip.",
    )
    assert stands.now.document_id is None
    (first,) = stands.before
    assert (first.amount, first.document_kind, first.reason) == (
        Decimal("1.5"),
        "application/pdf",
        None,
    )
    (removed,) = [row for row in rows if not row.counts]
    assert (removed.removed_because, removed.before) == ("Twice the same.", ())
    assert await outside.of_member(view, ANA) == [], "she was forgotten"
    assert await outside.of_member(view, NOBODY) == []


ELSEWHERE = {"billing_desk", "memberships", "holdings", "patrons"}  # asked in files of their own


def test_every_view_is_asked_here() -> None:
    asked = {
        audit_trail,
        register,
        checks,
        offers,
        board,
        outside,
        people,
        roster,
        schedule,
        transcript,
    }
    names = {each.__name__.split(".")[1] for each in asked}
    assert names | ELSEWHERE == {each.NAME for each in PROJECTIONS}
