"""Dispatch: a command leads to one outcome, however often and at whatever moment it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from typing_extensions import override

from domain.errors import AlreadyExists, DomainError, NotFound, Stale
from domain.groups.group import PeerGroup
from domain.personal import Personal
from domain.ports import Clock
from domain.recording import (
    Append,
    Cause,
    CommandIdReused,
    Effect,
    Outcome,
    OutcomeUnknown,
    StaleStream,
    StoreUnavailable,
)
from services import dispatch
from services.dispatch import Dispatcher, Order, Work
from tests.support.builders import ANA, BO, SIX_PM
from tests.support.fakes import FixedClock, InMemoryEventStore, StillUnderWay
from tests.support.probe import Probe

PROBE = UUID(int=7001)
KEY = b"k" * 32
HERE = Personal(ANA, "Ana is here")
AT_ONCE = -1.0  # patience that is over before it begins


class NoRoom(DomainError):
    code = "probe.no_room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    probe_id: UUID = PROBE


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    text: Personal[str] = HERE
    probe_id: UUID = PROBE


@dataclass(frozen=True, slots=True, kw_only=True)
class AskInVain:
    on_record: bool
    probe_id: UUID = PROBE


async def begin(cmd: Begin, /, *, work: Work, clock: Clock) -> None:
    await work.require_new(cmd.probe_id)
    work.save(Probe.start(cmd.probe_id, at=clock.now()))


async def ask_in_vain(cmd: AskInVain, /, *, work: Work, clock: Clock) -> None:
    probe = await work.load(Probe, cmd.probe_id)
    probe.count(1, at=clock.now())
    work.save(probe)
    refusal = NoRoom(
        "There is no room.", places=0, probe_id=PROBE, day=date(2026, 3, 2), share=Decimal("0.5")
    )
    if not cmd.on_record:
        raise refusal
    work.refuse_on_record(refusal)


class NoteTaker:
    """The handler of ``Note``; lets something happen between asking and storing."""

    def __init__(self) -> None:
        self.runs = 0
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []

    async def __call__(self, cmd: Note, /, *, work: Work, clock: Clock) -> None:
        self.runs += 1
        probe = await work.load(Probe, cmd.probe_id)
        probe.note(cmd.text.subject, cmd.text.value or "", at=clock.now())
        work.save(probe)
        work.effect("mail", to=str(cmd.text.subject))
        work.effect("push", run=self.runs)
        if self.meanwhile:
            await self.meanwhile.pop(0)()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_UNKNOWN_PAUSE", 0.001)


@pytest.fixture
def store() -> InMemoryEventStore:
    return InMemoryEventStore()


@pytest.fixture
def take_note() -> NoteTaker:
    return NoteTaker()


Make = Callable[..., Dispatcher]


@pytest.fixture
def make(store: InMemoryEventStore, take_note: NoteTaker) -> Make:
    handlers: dict[type, Any] = {Begin: begin, Note: take_note, AskInVain: ask_in_vain}

    def dispatcher(patience: float = 5.0) -> Dispatcher:
        return Dispatcher(store, handlers, FixedClock(), KEY, patience)

    return dispatcher


@pytest.fixture
async def run(make: Make) -> Dispatcher:
    """A dispatcher over a store in which one probe has begun."""
    run = make()
    await run(Begin(), order())
    return run


def order(command_id: UUID | None = None, **values: Any) -> Order:
    return Order(command_id=command_id or uuid4(), **values)


def topics(store: InMemoryEventStore) -> list[str]:
    return [type(each.event).TOPIC.rpartition(".")[2] for each in store.log]


async def test_a_command_is_stored_with_who_gave_it_and_why(
    make: Make, store: InMemoryEventStore
) -> None:
    given = order(actor_id=ANA, causing_position=3, correlation_id=UUID(int=9))
    assert await make()(Begin(), given) == Outcome(1)
    assert store.causes() == [Cause(given.command_id, ANA, 3, UUID(int=9))]
    assert store.log[0].event.timestamp == SIX_PM


async def test_a_repeated_command_gets_its_first_outcome_and_does_not_run(
    run: Dispatcher, store: InMemoryEventStore, take_note: NoteTaker
) -> None:
    given = order()
    first = await run(Note(), given)
    again = await run(Note(), given)
    assert again == Outcome(first.position, repeated=True)
    assert topics(store) == ["begun", "noted"]
    assert take_note.runs == 1


async def test_the_same_command_twice_at_once_is_stored_once(
    run: Dispatcher, store: InMemoryEventStore, take_note: NoteTaker
) -> None:
    given = order()
    take_note.meanwhile = [lambda: run(Note(), given)]
    outcome = await run(Note(), given)
    assert outcome.repeated
    assert topics(store) == ["begun", "noted"]


async def test_nobody_is_refused_because_of_what_the_same_command_has_just_done(
    store: InMemoryEventStore,
) -> None:
    given = order()
    twins: list[Callable[[], Awaitable[Outcome]]] = []

    async def begin_second(cmd: Begin, /, *, work: Work, clock: Clock) -> None:
        if twins:
            await twins.pop()()
        await begin(cmd, work=work, clock=clock)

    run = Dispatcher(store, {Begin: begin_second}, FixedClock(), KEY)
    twins.append(lambda: run(Begin(), given))
    assert await run(Begin(), given) == Outcome(1, repeated=True)
    assert topics(store) == ["begun"]


async def test_a_command_id_is_not_used_for_another_order(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    given = order()
    await run(Note(), given)
    with pytest.raises(CommandIdReused):
        await run(Note(text=Personal(ANA, "Ana left")), given)
    assert topics(store) == ["begun", "noted"]


async def test_nobody_is_told_the_outcome_of_another_persons_command(run: Dispatcher) -> None:
    command_id = uuid4()
    await run(Note(), order(command_id, actor_id=ANA))
    with pytest.raises(CommandIdReused):
        await run(Note(), order(command_id, actor_id=BO))


async def test_whoever_comes_second_decides_again_on_what_now_stands(
    run: Dispatcher, store: InMemoryEventStore, take_note: NoteTaker
) -> None:
    take_note.meanwhile = [lambda: run(Note(text=Personal(BO, "Bo is here")), order())]
    outcome = await run(Note(), order())
    assert outcome == Outcome(3)
    assert [each.event.originator_version for each in store.log] == [1, 2, 3]
    assert take_note.runs == 3


async def test_whoever_is_second_too_often_is_told_so(
    run: Dispatcher, store: InMemoryEventStore, take_note: NoteTaker
) -> None:
    other = Probe.start(PROBE, at=SIX_PM)
    other.collect_events()

    async def somebody_is_quicker() -> None:
        other.count(1, at=SIX_PM)
        events: Any = tuple(other.collect_events())
        await store.append(Append(Cause(uuid4()), bytes(32), events))

    take_note.meanwhile = [somebody_is_quicker] * 100
    with pytest.raises(Stale):
        await run(Note(), order())
    assert "noted" not in topics(store)
    assert store.effects == {}
    assert take_note.runs == dispatch._STALE_TRIES


async def test_effects_keep_their_ids_when_a_command_runs_again(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    given = order()
    store.fail_before = [OutcomeUnknown()]
    await run(Note(), given)
    mail, push = (uuid5(given.command_id, f"effect:{number}") for number in (0, 1))
    assert store.effects == {
        mail: Effect(mail, "mail", {"to": str(ANA)}),
        push: Effect(push, "push", {"run": 2}),
    }


async def test_an_outcome_that_was_not_heard_is_asked_for(
    run: Dispatcher, store: InMemoryEventStore, take_note: NoteTaker
) -> None:
    store.fail_after = [OutcomeUnknown()]
    assert await run(Note(), order()) == Outcome(2, repeated=True)
    assert topics(store) == ["begun", "noted"]
    assert take_note.runs == 1


async def test_a_command_that_was_not_stored_after_all_is_stored_now(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    store.fail_before = [OutcomeUnknown(), OutcomeUnknown()]
    assert await run(Note(), order()) == Outcome(2)
    assert topics(store) == ["begun", "noted"]


async def test_patience_ends(make: Make, store: InMemoryEventStore) -> None:
    store.fail_before = [OutcomeUnknown()]
    with pytest.raises(OutcomeUnknown):
        await make(AT_ONCE)(Begin(), order())


async def test_a_store_that_is_away_for_a_moment_is_waited_for(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    store.fail_before = [StoreUnavailable(), StoreUnavailable()]
    assert await run(Note(), order()) == Outcome(2)


async def test_a_store_that_stays_away_is_told_when_patience_ends(
    make: Make, store: InMemoryEventStore
) -> None:
    store.fail_before = [StoreUnavailable() for _ in range(10_000)]
    with pytest.raises(StoreUnavailable):
        await make(0.05)(Begin(), order())


async def test_what_may_stand_is_never_called_not_stored(
    make: Make, store: InMemoryEventStore
) -> None:
    store.fail_before = [OutcomeUnknown(), *[StoreUnavailable() for _ in range(10_000)]]
    with pytest.raises(OutcomeUnknown):
        await make(0.05)(Begin(), order())


async def test_a_store_that_comes_back_within_patience_settles_it(
    make: Make, store: InMemoryEventStore
) -> None:
    store.fail_before = [OutcomeUnknown(), StoreUnavailable(), StoreUnavailable()]
    assert await make()(Begin(), order()) == Outcome(1)


class DoorCloses(NoteTaker):
    """Takes one note; later ones are refused, as by a rule that looks at the clock."""

    @override
    async def __call__(self, cmd: Note, /, *, work: Work, clock: Clock) -> None:
        if self.runs:
            raise NoRoom("The door is closed now.")
        await super().__call__(cmd, work=work, clock=clock)


@pytest.fixture
def closing(store: InMemoryEventStore) -> Dispatcher:
    """A dispatcher whose first note is still under way in the server when it is called unknown."""
    handlers: dict[type, Any] = {Begin: begin, Note: DoorCloses()}
    return Dispatcher(store, handlers, FixedClock(), KEY)


async def test_another_order_under_the_id_of_one_in_doubt_does_not_end_the_doubt(
    store: InMemoryEventStore,
) -> None:
    handlers: dict[type, Any] = {Begin: begin, Note: DoorCloses()}
    at_once = Dispatcher(store, handlers, FixedClock(), KEY, AT_ONCE)
    await at_once(Begin(), order())
    store.fail_before = [StillUnderWay(), CommandIdReused("Used for something else.")]
    given = order()
    with pytest.raises(OutcomeUnknown):
        await at_once(Note(), given)
    with pytest.raises(CommandIdReused):
        await at_once(Note(text=Personal(ANA, "Ana left")), given)
    with pytest.raises(NoRoom):
        await at_once(Note(), given)
    await store.land()
    assert topics(store) == ["begun"], "the refusal is true"


async def test_nobody_is_told_a_refusal_of_what_may_still_land(
    closing: Dispatcher, store: InMemoryEventStore
) -> None:
    await closing(Begin(), order())
    store.fail_before = [StillUnderWay()]
    given = order()
    with pytest.raises(NoRoom):
        await closing(Note(), given)
    await store.land()
    assert topics(store) == ["begun"], "the refusal is true"
    with pytest.raises(NoRoom):
        await closing(Note(), given)


async def test_what_landed_before_the_barrier_is_told_instead_of_the_refusal(
    closing: Dispatcher, store: InMemoryEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closing(Begin(), order())
    store.fail_before = [StillUnderWay()]
    refuse = store.refuse

    async def land_first(*values: Any) -> Outcome:
        await store.land()
        return await refuse(*values)

    monkeypatch.setattr(store, "refuse", land_first)
    assert await closing(Note(), order()) == Outcome(2, repeated=True)
    assert topics(store) == ["begun", "noted"]


async def test_whoever_comes_back_after_an_unknown_outcome_is_told_no_untrue_refusal(
    store: InMemoryEventStore,
) -> None:
    handlers: dict[type, Any] = {Begin: begin, Note: DoorCloses()}
    hasty = Dispatcher(store, handlers, FixedClock(), KEY, AT_ONCE)
    await hasty(Begin(), order())
    store.fail_before = [StillUnderWay()]
    given = order()
    with pytest.raises(OutcomeUnknown):
        await hasty(Note(), given)
    with pytest.raises(NoRoom):
        await hasty(Note(), given)
    await store.land()
    assert topics(store) == ["begun"]


async def test_whoever_went_away_and_comes_back_is_told_no_untrue_refusal(
    closing: Dispatcher, store: InMemoryEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closing(Begin(), order())
    given, sent = order(), asyncio.Event()

    async def hang(append: Append) -> Outcome:
        store.late.append(append)
        sent.set()
        return await asyncio.Future()

    with monkeypatch.context() as slow:
        slow.setattr(store, "append", hang)
        asking = asyncio.create_task(closing(Note(), given))
        await sent.wait()
        asking.cancel()
        await asyncio.wait([asking])
    with pytest.raises(NoRoom):
        await closing(Note(), given)
    await store.land()
    assert topics(store) == ["begun"]


async def test_a_refusal_without_any_doubt_takes_no_id(
    closing: Dispatcher, store: InMemoryEventStore
) -> None:
    await closing(Begin(), order())
    await closing(Note(), order())
    with pytest.raises(NoRoom):
        await closing(Note(), order())
    assert len(store.outcomes) == 2


async def test_in_doubt_nobody_is_told_that_nothing_was_lost(
    run: Dispatcher, store: InMemoryEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = Dispatcher(store, run._handlers, FixedClock(), KEY, AT_ONCE)
    store.fail_before = [StillUnderWay()]
    given = order()
    with pytest.raises(OutcomeUnknown):
        await hasty(Note(), given)

    async def always_late(_: Append) -> Outcome:
        raise StaleStream([PROBE])

    monkeypatch.setattr(store, "append", always_late)
    with pytest.raises(OutcomeUnknown):
        await hasty(Note(), given)


async def test_a_refusal_stores_nothing_and_is_judged_anew(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    given = order()
    for _ in range(2):
        with pytest.raises(NoRoom):
            await run(AskInVain(on_record=False), given)
    assert topics(store) == ["begun"]


async def test_a_refusal_on_record_keeps_what_was_decided(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    with pytest.raises(NoRoom):
        await run(AskInVain(on_record=True), order())
    assert topics(store) == ["begun", "counted"]


async def test_a_recorded_refusal_is_repeated_word_for_word(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    given = order()
    with pytest.raises(NoRoom) as first:
        await run(AskInVain(on_record=True), given)
    with pytest.raises(NoRoom) as again:
        await run(AskInVain(on_record=True), given)
    assert (again.value.code, again.value.message) == (first.value.code, first.value.message)
    assert again.value.facts == {
        "places": 0,
        "probe_id": str(PROBE),
        "day": "2026-03-02",
        "share": "0.5",
    }
    assert topics(store) == ["begun", "counted"]


async def test_listeners_hear_of_what_is_new_once(run: Dispatcher) -> None:
    heard: list[Outcome] = []
    run.listeners.append(heard.append)
    given = order()
    await run(Note(), given)
    await run(Note(), given)
    with pytest.raises(NoRoom):
        await run(AskInVain(on_record=False), order())
    assert heard == [Outcome(2)]


async def test_the_id_of_something_else_is_refused(run: Dispatcher) -> None:
    with pytest.raises(AlreadyExists):
        await run(Begin(), order())


async def test_what_is_not_there_is_refused_in_plain_words(store: InMemoryEventStore) -> None:
    with pytest.raises(NotFound, match=r"There is no such peer group\."):
        await Work(store, uuid4()).load(PeerGroup, PROBE)


async def test_something_of_another_kind_is_not_there(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    work = Work(store, uuid4())
    assert await work.find(PeerGroup, PROBE) is None
    assert await work.find(Probe, PROBE) is not None


async def test_one_unit_of_work_sees_its_own_decisions(
    run: Dispatcher, store: InMemoryEventStore
) -> None:
    work = Work(store, uuid4())
    probe = await work.load(Probe, PROBE)
    probe.count(5, at=SIX_PM)
    work.save(probe)
    assert (await work.load(Probe, PROBE)).total == 5


def test_a_fingerprint_tells_orders_apart(make: Make) -> None:
    run = make()
    note = Note()
    assert run.fingerprint(note) == run.fingerprint(Note())
    different = [
        run.fingerprint(note),
        run.fingerprint(note, ANA),
        run.fingerprint(Note(text=Personal(ANA, "Ana left"))),
        run.fingerprint(Note(text=Personal(BO, "Ana is here"))),
        run.fingerprint(Begin()),
        Dispatcher(InMemoryEventStore(), {}, FixedClock(), b"other").fingerprint(note),
    ]
    assert len(set(different)) == len(different)


def test_a_command_holds_plain_values_only(make: Make) -> None:
    @dataclass
    class Odd:
        value: object

    with pytest.raises(TypeError, match="cannot stand in a command"):
        make().fingerprint(Odd(asyncio.Event()))
