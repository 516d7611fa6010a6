"""Effects on a real house: papers are sealed and kept encrypted, people are really forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from domain.certificates.certificate import Certificate, CertificateState
from domain.errors import NotAllowed
from domain.meetings.attendance import ObservedPerson, ToolSource
from domain.members.member import ErasureBasis, Member
from domain.personal import ERASED, shown
from domain.recording import Recorded
from domain.troubles import Place, Trouble, trouble_id
from infra.database import ConnectKwargs
from infra.event_store.envelope import leaf_hash
from infra.event_store.mapper import StoredBody
from infra.queues.queues import Outbox
from infra.secrets.paper_shelf import PaperShelf
from infra.web_store import PostgresSessions
from projections.certificate_register import queries as register
from projections.people import queries as people
from projections.roster import queries as roster
from services.bootstrap.adapters import Letters, SignInMail
from services.certificates.issuing import certificate_id_of
from services.house import StuckRow
from services.meetings.commands import MatchObservedPerson, ObservePresence
from services.members.commands import CorrectName, ForgetMember
from services.processes import settle_certificates
from services.providers import WithdrawApproval
from services.troubles import SettleTrouble, TryAgain
from tests.support.builders import about, span
from tests.support.house import RealHouse, open_real_house
from tests.support.story import CONTACT_HOUR, Story

HOUR = (0, 60)
HOURS = span(0, 60)
UNDRAWABLE = "Ana 𓀀"  # a hieroglyph: no font of the house draws it


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
async def story(house: RealHouse, request: pytest.FixtureRequest) -> Story:
    story = house.story(request.node.name)
    await story.begin()
    return story


async def certified(house: RealHouse, story: Story) -> Certificate:
    """Let Ana attend, and do all that follows; return her certificate."""
    meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
    await house.drain()
    (certificate,) = await story.certificates(meeting_id, "ana")
    return certificate


# Papers


async def test_a_paper_is_kept_encrypted_and_its_digest_is_on_record(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    paper = await house.house.papers.fetch(certificate.id)
    assert paper is not None
    assert paper.startswith(b"%PDF-")
    assert certificate.state is CertificateState.SEALED
    assert certificate.pdf_sha256 == hashlib.sha256(paper).hexdigest()
    ((stored,),) = await house.fetch(
        "SELECT content FROM sealed_papers WHERE certificate_id = $1", certificate.id
    )
    assert b"%PDF-" not in stored


async def test_sealing_again_keeps_the_first_bytes_and_records_nothing(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    paper = await house.house.papers.fetch(certificate.id)
    head = await house.house.store.head()
    again = f'{{"certificate_id": "{certificate.id}"}}'
    await house.running.pool.execute(
        "UPDATE outbox SET state = 'waiting', payload = $1 WHERE command_id IN"
        " (SELECT (metadata::json ->> 'command')::uuid FROM events WHERE stream_id = $2)",
        again,
        certificate.id,
    )
    house.clock.move(seconds=86400)  # a paper drawn today would say another day's bytes
    await house.drain()
    assert await house.house.store.head() == head
    assert await house.house.papers.fetch(certificate.id) == paper
    assert (await house.house.desk.waiting())["outbox"] == 0


async def test_a_paper_kept_before_a_crash_is_the_one_that_is_sealed(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
    for _ in range(2):  # judged, then certified; the outbox has not had its turn
        await house.running.chores.steps["processes"]()
    (issued,) = await story.certificates(meeting_id, "ana")
    shelf = PaperShelf(house.running.pool, house.running.keystore)
    await shelf.put(issued.id, story.ana, b"%PDF- drawn by older software")
    await house.drain()
    (certificate,) = await story.certificates(meeting_id, "ana")
    older = hashlib.sha256(b"%PDF- drawn by older software").hexdigest()
    assert certificate.pdf_sha256 == older


async def test_a_name_in_no_font_is_given_up_at_once_and_an_administrator_sees_it(
    house: RealHouse, story: Story
) -> None:
    await story.do(
        CorrectName(
            member_id=story.ana,
            name_on_papers=UNDRAWABLE,
            reason="As in the passport.",
            by=story.ana,
        )
    )
    certificate = await certified(house, story)
    assert await house.house.papers.fetch(certificate.id) is None
    assert certificate.state is CertificateState.ISSUED
    desk = house.house.desk
    (row,) = [each for each in await desk.stuck() if each.where == "outbox"]
    assert (row.kind, row.attempts) == ("seal_certificate", 1)
    assert row.problem == "paper.character_without_font"  # a word, and nobody's name
    assert await desk.revive("outbox", row.key)
    assert not [each for each in await desk.stuck() if each.where == "outbox"]
    await house.drain()
    (row_again,) = [each for each in await desk.stuck() if each.where == "outbox"]
    assert row_again.key == row.key
    assert await desk.settle("outbox", row.key)


async def test_once_papers_know_how_to_write_a_name_its_certificate_is_drawn(
    house: RealHouse, story: Story
) -> None:
    name = partial(CorrectName, member_id=story.ana, name_on_papers=UNDRAWABLE, by=story.ana)
    await story.do(name(reason="As in the passport."))
    undrawn = await certified(house, story)
    await story.do(name(spelling="Ana Ruiz", reason="For papers."))
    await house.drain()
    drawn = await story.known(Certificate, certificate_id_of(undrawn.award_id, 2))
    assert drawn.state is CertificateState.SEALED
    assert shown(drawn.facts.holder_name) == "Ana Ruiz"
    assert (await story.known(Certificate, undrawn.id)).state is CertificateState.SUPERSEDED
    assert shown((await story.known(Member, story.ana)).name_on_papers) == UNDRAWABLE
    (row,) = [each for each in await house.house.desk.stuck() if each.where == "outbox"]
    assert await house.house.desk.revive("outbox", row.key)
    await house.drain()
    assert not [each for each in await house.house.desk.stuck() if each.where == "outbox"]


async def test_a_name_that_changes_leaves_papers_that_were_drawn_as_they_are(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    await story.do(
        CorrectName(member_id=story.ana, name_on_papers="Ana R.", reason="x", by=story.ana)
    )
    await house.drain()
    assert (await story.known(Certificate, certificate.id)).stands


@pytest.mark.parametrize("key", ["", "no-uuid", str(UUID(int=1)), "a/b", "view.people/x"])
@pytest.mark.parametrize("where", ["outbox", "inbox", "reader", "nowhere"])
async def test_reviving_what_is_not_stuck_is_told_and_harmless(
    house: RealHouse, where: str, key: str
) -> None:
    assert await house.house.desk.revive(where, key) is False


# What administrators decide


@pytest.mark.parametrize("key", ["", "no-uuid", str(UUID(int=1)), "a/b", "view.people/x"])
@pytest.mark.parametrize("where", ["outbox", "inbox", "reader", "nowhere"])
async def test_settling_what_is_not_stuck_is_told_and_harmless(
    house: RealHouse, where: str, key: str
) -> None:
    assert await house.house.desk.settle(where, key) is False


async def test_a_process_that_fails_until_it_is_mended_catches_up_when_it_is_tried_again(
    house: RealHouse, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Recorded) -> list[object]:
        raise LookupError

    with monkeypatch.context() as fault:
        fault.setattr(settle_certificates, "react", broken)
        meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
        for _ in range(20):
            await house.drain()
        (row, *more) = await stuck_readers(house)
        assert (row.kind, row.problem, row.attempts) == (
            "process.settle_certificates",
            "LookupError",
            5,
        )
        await try_again(house, story, row)
        assert (await stuck_readers(house))[0].attempts == 6
    assert await story.certificates(meeting_id, "ana") == []
    for each in (row, *more):
        await try_again(house, story, each)
    assert await stuck_readers(house) == []
    (certificate,) = await story.certificates(meeting_id, "ana")
    assert certificate.state is CertificateState.SEALED


async def test_what_was_settled_is_not_reacted_to_and_the_reason_is_on_record(
    house: RealHouse, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Recorded) -> list[object]:
        raise LookupError

    with monkeypatch.context() as fault:
        fault.setattr(settle_certificates, "react", broken)
        meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
        for _ in range(20):
            await house.drain()
        stuck = await stuck_readers(house)
    for row in stuck:
        settle = SettleTrouble(
            place=Place.READER,
            key=row.key,
            problem=row.problem,
            reason="Awarded by hand.",
            by=story.admin,
        )
        await story.do(settle)
    await house.drain()
    assert await stuck_readers(house) == []
    assert await story.certificates(meeting_id, "ana") == []
    stream = await house.house.store.load(trouble_id(Place.READER, stuck[0].key))
    assert [type(each) for each in stream] == [Trouble.TakenUp, Trouble.Settled]
    assert isinstance(stream[-1], Trouble.Settled)
    assert (stream[-1].reason.value, stream[-1].by) == ("Awarded by hand.", story.admin)
    head = await house.house.store.head()
    for row in stuck:  # nobody reacts to what a person has settled
        await house.house.desk.revive("reader", row.key)
    assert await house.house.store.head() == head


@pytest.mark.parametrize("what", [TryAgain, partial(SettleTrouble, reason="Done.")])
async def test_only_an_administrator_decides_about_stuck_things(
    house: RealHouse, story: Story, what: Callable[..., object]
) -> None:
    order = what(place=Place.OUTBOX, key=str(UUID(int=1)), problem="OSError", by=story.joy)
    with pytest.raises(NotAllowed):
        await story.do(order)


async def stuck_readers(house: RealHouse) -> list[StuckRow]:
    return [each for each in await house.house.desk.stuck() if each.where == "reader"]


async def try_again(house: RealHouse, story: Story, row: StuckRow) -> None:
    await story.do(TryAgain(place=Place.READER, key=row.key, problem=row.problem, by=story.admin))
    for _ in range(3):
        await house.drain()


# Being forgotten


async def forget(house: RealHouse, story: Story) -> None:
    await story.do(ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.ana))
    await house.drain()


async def test_a_forgotten_person_leaves_no_key_no_address_no_paper_and_no_sign_in(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    await house.house.vault.keep_mail(story.ana, f"{story.ana}@example.org")
    sessions = PostgresSessions(house.running.pool)
    now = house.clock.now()
    await sessions.add(
        id_hash=uuid4().bytes * 2,
        public_id=uuid4(),
        person_id=story.ana,
        at=now,
        idle=timedelta(days=1),
        ends_at=now + timedelta(days=1),
        method="link",
        device="phone",
    )
    await forget(house, story)
    assert house.running.keystore.key_for_reading(story.ana) is None
    assert house.running.keystore.key_for_writing(story.ana) is None
    assert await house.house.vault.mail_of(story.ana) is None
    assert await house.house.vault.person_with_mail(f"{story.ana}@example.org") is None
    assert await house.house.papers.fetch(certificate.id) is None
    assert await sessions.of_person(story.ana, at=now) == []
    bo = house.running.keystore.key_for_reading(story.bo)
    assert bo is not None


async def test_every_view_shows_that_a_person_was_forgotten_and_not_who(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    await story.do(
        ObservePresence(
            meeting_id=story.id("meeting"),
            source=ToolSource.ZOOM,
            digest="cd" * 32,
            people=[ObservedPerson("k", story.ana, [about(story.ana, "Ánh")], [span(0, 60)])],
            by=story.joy,
        )
    )
    await house.drain()
    await forget(house, story)
    async with house.house.views() as connection:
        person = await people.person(connection, story.ana)
        licences = await people.licences(connection, story.ana)
        paper = await register.by_code(connection, certificate.verification_code)
        (seen,) = await roster.observed(connection, story.id("meeting"))
    assert person is not None
    assert (person.name, person.forgotten) == (ERASED, True)
    assert [each.number for each in licences] == [ERASED]
    assert paper is not None
    assert (paper.holder_name, paper.licence, paper.minutes) == (ERASED, "", 60)
    assert seen.names == ERASED
    await nowhere_named(house, "Nguyễn", "Ánh", "PSY ana")


async def test_a_name_that_was_matched_by_hand_is_forgotten_with_its_person(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    unknown = uuid4()  # the report's "Ánh's phone" was nobody yet when it was read
    meeting_id = story.id("meeting")
    await story.do(
        ObservePresence(
            meeting_id=meeting_id,
            source=ToolSource.ZOOM,
            digest="ef" * 32,
            people=[ObservedPerson("phone", None, [about(unknown, "Ánh's phone")], [span(0, 60)])],
            by=story.joy,
        )
    )
    await story.do(
        MatchObservedPerson(
            meeting_id=meeting_id, person_key="phone", member_id=story.ana, by=story.joy
        )
    )
    await house.drain()
    assert house.running.keystore.key_for_reading(unknown) is not None
    await forget(house, story)
    assert house.running.keystore.key_for_reading(unknown) is None
    await nowhere_named(house, "Ánh's phone")


async def test_no_key_is_missed_while_no_view_is_up_to_date(house: RealHouse, story: Story) -> None:
    await certified(house, story)
    unknown = uuid4()
    meeting_id = story.id("meeting")
    await observe(story, "ab" * 32, ObservedPerson("k", None, [about(unknown, "A phone")], [HOURS]))
    await story.do(
        MatchObservedPerson(
            meeting_id=meeting_id, person_key="k", member_id=story.ana, by=story.joy
        )
    )
    await story.do(ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.ana))
    while await house.running.chores.steps["outbox"]():
        """No view and no process has had its turn."""
    assert house.running.keystore.key_for_reading(story.ana) is None
    assert house.running.keystore.key_for_reading(unknown) is None
    await house.drain()


async def test_a_name_from_an_earlier_report_is_forgotten_although_a_later_one_knew_the_person(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    before, after = uuid4(), uuid4()
    for digest, member_id, subject in (
        ("01" * 32, None, before),
        ("02" * 32, story.ana, story.ana),
        ("03" * 32, None, after),
    ):
        await observe(
            story, digest, ObservedPerson("k", member_id, [about(subject, "Ánh")], [HOURS])
        )
    await house.drain()
    await forget(house, story)
    keys = [house.running.keystore.key_for_reading(each) for each in (before, after, story.ana)]
    assert keys == [None, None, None]


async def test_a_name_that_is_recognised_after_its_person_was_forgotten_goes_too(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    theirs, strangers = uuid4(), uuid4()
    await observe(
        story,
        "05" * 32,
        ObservedPerson("late", None, [about(theirs, "Ánh's tablet")], [HOURS]),
        ObservedPerson("other", None, [about(strangers, "Bo's tablet")], [HOURS]),
    )
    await forget(house, story)
    assert house.running.keystore.key_for_reading(theirs) is not None
    for key, member_id in (("late", story.ana), ("other", story.bo)):
        await story.do(
            MatchObservedPerson(
                meeting_id=story.id("meeting"), person_key=key, member_id=member_id, by=story.joy
            )
        )
    await house.drain()
    assert house.running.keystore.key_for_reading(theirs) is None
    assert house.running.keystore.key_for_reading(strangers) is not None
    await nowhere_named(house, "Ánh's tablet")


async def test_a_name_in_a_report_that_comes_after_its_person_was_forgotten_goes_too(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    unknown = uuid4()
    await observe(
        story, "06" * 32, ObservedPerson("k", story.ana, [about(story.ana, "Ánh")], [HOURS])
    )
    await forget(house, story)
    await observe(story, "07" * 32, ObservedPerson("k", None, [about(unknown, "Ánh N.")], [HOURS]))
    await house.drain()
    assert house.running.keystore.key_for_reading(unknown) is None
    await nowhere_named(house, "Ánh N.")


async def test_a_name_that_two_tools_reported_is_forgotten_in_both(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    meeting_id, theirs = story.id("meeting"), uuid4()
    person = ObservedPerson("k", None, [about(theirs, "Ánh's laptop")], [HOURS])
    await observe(story, "08" * 32, person)
    await story.do(
        MatchObservedPerson(
            meeting_id=meeting_id, person_key="k", member_id=story.ana, by=story.joy
        )
    )
    await observe(story, "09" * 32, person, source=ToolSource.WEBHOOK)
    await house.drain()
    await forget(house, story)
    async with house.house.views() as connection:
        seen = await roster.observed(connection, meeting_id)
    assert [each.names for each in seen] == [ERASED, ERASED]


async def test_nobody_elses_name_is_forgotten(house: RealHouse, story: Story) -> None:
    await certified(house, story)
    stranger, taken_back = uuid4(), uuid4()
    meeting_id = story.id("meeting")
    await observe(
        story,
        "04" * 32,
        ObservedPerson("stranger", None, [about(stranger, "Eve")], [HOURS]),
        ObservedPerson("back", None, [about(taken_back, "Ana or not")], [HOURS]),
        ObservedPerson("bo", story.bo, [about(story.bo, "Bo")], [HOURS]),
    )
    for key, member_id in (("back", story.ana), ("back", None), ("bo", story.ana)):
        await story.do(
            MatchObservedPerson(
                meeting_id=meeting_id, person_key=key, member_id=member_id, by=story.joy
            )
        )
    await house.drain()
    await forget(house, story)
    for subject in (stranger, taken_back, story.bo):
        assert house.running.keystore.key_for_reading(subject) is not None


async def observe(
    story: Story, digest: str, *people: ObservedPerson, source: ToolSource = ToolSource.ZOOM
) -> None:
    await story.do(
        ObservePresence(
            meeting_id=story.id("meeting"),
            source=source,
            digest=digest,
            people=list(people),
            by=story.joy,
        )
    )


async def nowhere_named(house: RealHouse, *words: str) -> None:
    """Look for words in every row about a forgotten person, in every table of every view."""
    tables = await house.fetch(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables"
        " WHERE table_schema LIKE 'view\\_%'"
    )
    gone = [
        str(row[0]) for row in await house.fetch("SELECT member_id FROM person WHERE forgotten")
    ]
    for (table,) in tables:
        for row in await house.fetch(f"SELECT * FROM {table}"):  # noqa: S608  our own tables
            if any(each in str(row) for each in gone):
                assert not [word for word in words if word in str(row)], table


async def test_every_leaf_hash_still_verifies_after_somebody_was_forgotten(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    before = await house.fetch("SELECT position, leaf_hash FROM events ORDER BY position")
    await forget(house, story)
    after = await house.fetch("SELECT position, leaf_hash FROM events ORDER BY position")
    assert after[: len(before)] == before
    for row in await house.running.pool.fetch("SELECT * FROM events"):
        body = StoredBody(
            row["stream_id"],
            row["stream_version"],
            row["topic"],
            row["schema_version"],
            row["body"],
        )
        told = leaf_hash(body, row["metadata"], row["recorded_at"], row["salt"])
        assert told == row["leaf_hash"]


async def test_the_past_of_somebody_forgotten_still_loads_and_reads_as_erased(
    house: RealHouse, story: Story
) -> None:
    certificate = await certified(house, story)
    await forget(house, story)
    loaded = await story.known(Certificate, certificate.id)
    assert loaded.facts.holder_name.erased
    assert (loaded.stands, loaded.facts.minutes) == (True, 60)


async def test_forgetting_twice_is_harmless(house: RealHouse, story: Story) -> None:
    await certified(house, story)
    await forget(house, story)
    head = await house.house.store.head()
    await forget(house, story)
    assert await house.house.store.head() == head
    assert not [each for each in await house.house.desk.stuck() if each.kind == "forget_person"]


async def test_a_paper_is_not_drawn_for_somebody_forgotten_meanwhile(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
    await house.running.chores.steps["processes"]()
    await house.running.chores.steps["processes"]()
    house.running.keystore.erase([story.ana])
    await forget(house, story)
    (certificate,) = await story.certificates(meeting_id, "ana")
    assert certificate.state is CertificateState.ISSUED
    assert await house.house.papers.fetch(certificate.id) is None


# Who waits for whom


async def test_sign_in_mail_does_not_wait_until_a_providers_meetings_are_judged(
    house: RealHouse, story: Story
) -> None:
    await certified(house, story)
    pool, clock = house.running.pool, house.clock
    outbox = Outbox(pool, clock)
    judging = {uuid4(): {"meeting_id": str(story.id("meeting"))} for _ in range(5)}
    await outbox.add_all(uuid4(), "judge_meeting", judging)
    clock.move(seconds=1)
    letters = Letters(house.running.keystore.secret("letters"))
    await SignInMail(outbox, letters, house.running.signal).send_sign_in(
        "ana@example.org", "https://peerhour.example/in", "123456"
    )
    assert await house.running.chores.steps["letters"]() == 1
    assert house.mail.sent[-1][0] == "ana@example.org"
    assert await house.running.chores.steps["outbox"]() == 0
    assert (await house.house.desk.waiting())["outbox"] == len(judging)
    await house.drain()
    assert (await house.house.desk.waiting())["outbox"] == 0


async def test_an_approval_that_is_withdrawn_has_the_meetings_of_its_provider_judged(
    house: RealHouse, story: Story
) -> None:
    meeting_id = await story.held({story.ana: HOUR}, evaluated=(story.ana,))
    await house.drain()
    before = await story.award(meeting_id, "ana", CONTACT_HOUR)
    assert before is not None
    assert not before.withdrawn
    await story.do(
        WithdrawApproval(
            provider_id=story.provider,
            approval_id=story.id("approval"),
            from_day=date(2026, 1, 2),
            reason="It was not renewed.",
            by=story.admin,
        )
    )
    await house.drain()
    after = await story.award(meeting_id, "ana", CONTACT_HOUR)
    assert after is not None
    assert after.withdrawn
