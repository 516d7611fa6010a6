"""Process managers: each event is answered once, and one bad event stops nobody for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.errors import DomainError, Stale
from domain.ports import Clock
from domain.recording import Append, Cause, OutcomeUnknown, Recorded, StoreUnavailable
from services import process_runner
from services.dispatch import Dispatcher, Work
from services.process_runner import ProcessRunner
from tests.support.builders import ANA, SIX_PM
from tests.support.fakes import FixedClock, InMemoryCheckpoints, InMemoryEventStore
from tests.support.probe import Probe

READER = "process.answer_counts"
ANSWERS = UUID(int=7001)


class Unwelcome(DomainError):
    code = "probe.unwelcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    amount: int


def answer(recorded: Recorded) -> Sequence[object]:
    assert isinstance(recorded.event, Probe.Counted)
    return [Answer(amount=recorded.event.amount)]


@dataclass
class AnswerCounts:
    NAME: str = "answer_counts"
    TOPICS: Sequence[str] = (Probe.Counted.TOPIC,)
    react: Callable[[Recorded], Sequence[object]] = answer


@dataclass
class House:
    """A store with one process behind it.

    Attributes:
        trouble: what is raised for an amount.
        on_record: the refusal that is put on record for an amount.
    """

    store: InMemoryEventStore = field(default_factory=InMemoryEventStore)
    checkpoints: InMemoryCheckpoints = field(default_factory=InMemoryCheckpoints)
    trouble: dict[int, Exception] = field(default_factory=dict)
    on_record: dict[int, DomainError] = field(default_factory=dict)

    def runner(self, *processes: AnswerCounts) -> ProcessRunner:
        handlers: dict[type, Any] = {Answer: self.handle}
        dispatcher = Dispatcher(self.store, handlers, FixedClock(), b"key", patience=-1)
        return ProcessRunner(
            self.store, dispatcher, self.checkpoints, processes or [AnswerCounts()]
        )

    async def handle(self, cmd: Answer, /, *, work: Work, clock: Clock) -> None:
        if cmd.amount in self.trouble:
            raise self.trouble[cmd.amount]
        if cmd.amount in self.on_record:
            work.refuse_on_record(self.on_record[cmd.amount])
            return
        answers = await work.find(Probe, ANSWERS) or Probe.start(ANSWERS, at=clock.now())
        answers.note(ANA, f"{cmd.amount}", at=clock.now())
        work.save(answers)

    async def count(self, *amounts: int, correlation_id: UUID | None = None) -> Cause:
        probe = Probe.start(uuid4(), at=SIX_PM)
        for amount in amounts:
            probe.count(amount, at=SIX_PM)
        events: Any = tuple(probe.collect_events())
        cause = Cause(uuid4(), correlation_id=correlation_id)
        await self.store.append(Append(cause, b"", events))
        return cause

    def answers(self) -> list[str | None]:
        return [
            each.event.text.value for each in self.store.log if isinstance(each.event, Probe.Noted)
        ]

    def answered(self) -> list[Cause]:
        return [each.cause for each in self.store.log if isinstance(each.event, Probe.Noted)]


@pytest.fixture
def house() -> House:
    return House()


async def advance_fully(runner: ProcessRunner) -> None:
    while await runner.advance_all():
        pass


async def test_each_event_is_answered_once_and_in_order(house: House) -> None:
    await house.count(1, 2, 3)
    await advance_fully(house.runner())
    assert house.answers() == ["1", "2", "3"]


async def test_what_one_process_orders_comes_to_another_once_and_next_time(house: House) -> None:
    seen: list[Recorded] = []

    def look(recorded: Recorded) -> Sequence[object]:
        seen.append(recorded)
        return []

    await house.count(1)
    runner = house.runner(AnswerCounts(), AnswerCounts("look", (Probe.Noted.TOPIC,), look))
    await runner.advance_all()
    assert seen == []
    await advance_fully(runner)
    assert len(seen) == 1


async def test_an_answer_tells_what_caused_it(house: House) -> None:
    cause = await house.count(1)
    await house.count(2, correlation_id=UUID(int=5))
    await advance_fully(house.runner())
    first, second = house.answered()
    assert (first.causing_position, first.correlation_id) == (2, cause.command_id)
    assert (second.causing_position, second.correlation_id) == (4, UUID(int=5))
    assert first.actor_id is None
    assert first.command_id != second.command_id


async def test_a_rerun_from_the_start_orders_nothing_new(house: House) -> None:
    await house.count(1, 2)
    await advance_fully(house.runner())
    head = await house.store.head()
    house.checkpoints.positions.clear()
    await advance_fully(house.runner())
    assert await house.store.head() == head
    assert house.answers() == ["1", "2"]


async def test_two_processes_may_answer_one_event(house: House) -> None:
    await house.count(1)
    await advance_fully(house.runner(AnswerCounts(), AnswerCounts(NAME="answer_again")))
    assert house.answers() == ["1", "1"]
    assert len({cause.command_id for cause in house.answered()}) == 2


async def test_one_event_may_call_for_several_commands(house: House) -> None:
    await house.count(1)
    process = AnswerCounts(react=lambda _: [Answer(amount=7), Answer(amount=7)])
    await advance_fully(house.runner(process))
    assert house.answers() == ["7", "7"]


async def test_what_does_not_concern_a_process_moves_its_checkpoint(house: House) -> None:
    await house.count()
    assert await house.runner().advance_all() == 0
    assert house.checkpoints.positions == {READER: 1}


async def test_long_logs_are_read_in_batches(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_runner, "_BATCH", 2)
    await house.count(*range(5))
    runner = house.runner()
    assert [await runner.advance_all() for _ in range(3)] == [2, 2, 1]
    assert house.answers() == [str(n) for n in range(5)]


async def test_a_refusal_is_noted_and_passed(house: House) -> None:
    house.trouble[2] = Unwelcome("You are not welcome.")
    await house.count(1, 2, 3)
    await advance_fully(house.runner())
    assert house.answers() == ["1", "3"]
    noted = house.checkpoints.failures[READER, 3]
    assert (noted.problem, noted.attempts, noted.solved) == ("probe.unwelcome", 1, False)


@pytest.mark.parametrize("trouble", [StoreUnavailable(), OutcomeUnknown()], ids=repr)
async def test_an_absent_database_stops_a_process_which_then_goes_on(
    house: House, trouble: Exception
) -> None:
    await house.count(1, 2, 3)
    house.trouble[2] = trouble
    runner = house.runner()
    for _ in range(10):
        assert await runner.advance_all() == 0
    assert house.checkpoints.positions[READER] == 2
    assert house.answers() == ["1"]
    house.trouble.clear()
    await advance_fully(runner)
    assert house.answers() == ["1", "2", "3"]
    assert house.checkpoints.failures == {}


async def test_a_poisonous_event_is_tried_and_then_left_for_an_administrator(
    house: House,
) -> None:
    house.trouble[2] = RuntimeError("Ana's answer cannot be handled")
    await house.count(1, 2, 3)
    runner = house.runner()
    for attempt in range(1, 5):
        assert await runner.advance_all() == 0
        assert house.checkpoints.failures[READER, 3].attempts == attempt
        assert house.answers() == ["1"]
    await advance_fully(runner)
    assert house.answers() == ["1", "3"]
    left = house.checkpoints.failures[READER, 3]
    assert (left.problem, left.attempts, left.solved) == ("RuntimeError", 5, False)


async def test_a_process_that_cannot_even_react_is_treated_the_same(house: House) -> None:
    def stumble(recorded: Recorded) -> Sequence[object]:
        if recorded.position == 2:
            raise LookupError
        return answer(recorded)

    await house.count(1, 2)
    runner = house.runner(AnswerCounts(react=stumble), AnswerCounts(NAME="another"))
    await runner.advance_all()
    assert house.answers() == ["1", "2"]  # the other process is not held up
    for _ in range(5):
        await runner.advance_all()
    assert house.answers() == ["1", "2", "2"]
    assert house.checkpoints.failures[READER, 2].problem == "LookupError"


async def test_an_event_that_cannot_be_read_holds_up_its_own_process_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = house.store.read

    async def damaged(after: int, limit: int, topics: Sequence[str] = ()) -> list[Recorded]:
        if Probe.Begun.TOPIC in topics:
            raise LookupError
        return await read(after, limit, topics)

    monkeypatch.setattr(house.store, "read", damaged)
    await house.count(1)
    runner = house.runner(AnswerCounts("blind", [Probe.Begun.TOPIC]), AnswerCounts())
    with pytest.raises(LookupError):
        await runner.advance_all()
    assert house.answers() == ["1"]


async def test_what_works_at_last_is_no_longer_listed(house: House) -> None:
    house.trouble[1] = RuntimeError()
    await house.count(1)
    runner = house.runner()
    await runner.advance_all()
    assert not house.checkpoints.failures[READER, 2].solved
    house.trouble.clear()
    await advance_fully(runner)
    assert house.answers() == ["1"]
    assert house.checkpoints.failures[READER, 2].solved


async def test_commands_before_the_one_that_failed_are_not_given_twice(house: House) -> None:
    house.trouble[8] = RuntimeError()
    await house.count(1)
    process = AnswerCounts(react=lambda _: [Answer(amount=7), Answer(amount=8)])
    runner = house.runner(process)
    await runner.advance_all()
    await runner.advance_all()
    house.trouble.clear()
    await advance_fully(runner)
    assert house.answers() == ["7", "8"]


# Reviving what was passed over


@pytest.fixture
async def passed_over(house: House) -> ProcessRunner:
    """A process that gave up on the second of three events."""
    house.trouble[2] = RuntimeError()
    await house.count(1, 2, 3)
    runner = house.runner()
    for _ in range(6):
        await runner.advance_all()
    assert house.answers() == ["1", "3"]
    return runner


async def test_reviving_reacts_to_the_event_once_it_can_be_handled(
    house: House, passed_over: ProcessRunner
) -> None:
    house.trouble.clear()
    assert await passed_over.retry(READER, 3)
    assert house.answers() == ["1", "3", "2"]
    assert house.checkpoints.failures[READER, 3].solved
    assert house.answered()[-1].causing_position == 3


async def test_reviving_what_still_fails_leaves_it_stuck(
    house: House, passed_over: ProcessRunner
) -> None:
    house.trouble[2] = LookupError()
    assert await passed_over.retry(READER, 3)
    left = house.checkpoints.failures[READER, 3]
    assert (left.problem, left.attempts, left.solved) == ("LookupError", 6, False)


async def test_what_is_solved_is_not_done_again(house: House, passed_over: ProcessRunner) -> None:
    house.trouble.clear()
    assert [await passed_over.retry(READER, 3) for _ in range(2)] == [True, False]
    assert not await passed_over.retry(READER, 2)
    assert house.answers() == ["1", "3", "2"]


async def test_two_workers_that_revive_at_once_order_it_once(
    house: House, passed_over: ProcessRunner
) -> None:
    house.trouble.clear()
    await asyncio.gather(passed_over.retry(READER, 3), house.runner().retry(READER, 3))
    assert house.answers() == ["1", "3", "2"]


@pytest.mark.parametrize("trouble", [StoreUnavailable(), OutcomeUnknown()], ids=repr)
async def test_reviving_while_the_database_is_away_is_no_failure_of_the_event(
    house: House, passed_over: ProcessRunner, trouble: Exception
) -> None:
    house.trouble[2] = trouble
    with pytest.raises(type(trouble)):
        await passed_over.retry(READER, 3)
    assert house.checkpoints.failures[READER, 3].attempts == 5


async def test_what_a_stopped_worker_had_ordered_stands_and_the_rest_follows(house: House) -> None:
    house.trouble[8] = RuntimeError()
    await house.count(1)
    process = AnswerCounts(react=lambda _: [Answer(amount=7), Answer(amount=8)])
    runner = house.runner(process)
    for _ in range(6):
        await runner.advance_all()
    house.trouble[8] = asyncio.CancelledError()  # type: ignore[assignment]  # as at SIGTERM
    with pytest.raises(asyncio.CancelledError):
        await runner.retry(READER, 2)
    assert not house.checkpoints.failures[READER, 2].solved
    house.trouble.clear()
    await runner.retry(READER, 2)
    assert house.answers() == ["7", "8"]
    assert house.checkpoints.failures[READER, 2].solved


async def test_a_command_that_was_refused_on_record_is_asked_anew_and_given_once(
    house: House,
) -> None:
    house.on_record[2] = Unwelcome("You are not welcome.")
    await house.count(1, 2)
    runner = house.runner()
    await advance_fully(runner)
    for _ in range(2):  # refused anew, on record again
        await runner.retry(READER, 3)
    assert house.checkpoints.failures[READER, 3].problem == "probe.unwelcome"
    house.on_record.clear()
    await runner.retry(READER, 3)
    assert house.answers() == ["1", "2"]
    assert house.checkpoints.failures[READER, 3].solved


async def test_a_rerun_repeats_nothing_that_stood_at_a_later_try(house: House) -> None:
    house.on_record[1] = Unwelcome("You are not welcome.")
    await house.count(1)
    runner = house.runner()
    await advance_fully(runner)
    house.on_record.clear()
    await runner.retry(READER, 2)
    house.checkpoints.positions.clear()
    await advance_fully(runner)
    assert house.answers() == ["1"]
    assert house.checkpoints.failures[READER, 2].solved


async def test_an_order_in_the_place_of_one_that_stood_is_left_to_a_person(house: House) -> None:
    house.trouble[8] = RuntimeError()
    await house.count(1)
    process = AnswerCounts(react=lambda _: [Answer(amount=7), Answer(amount=8)])
    for _ in range(6):
        await house.runner(process).advance_all()
    mended = AnswerCounts(react=lambda _: [Answer(amount=9)])
    await house.runner(mended).retry(READER, 2)
    assert house.answers() == ["7"]
    left = house.checkpoints.failures[READER, 2]
    assert (left.problem, left.solved) == ("command.id_reused", False)


async def test_a_process_that_is_gone_revives_nothing(
    house: House, passed_over: ProcessRunner
) -> None:
    assert await house.runner(AnswerCounts(NAME="another")).retry(READER, 3)
    assert house.checkpoints.failures[READER, 3].problem == process_runner.NO_SUCH_PROCESS
    deaf = AnswerCounts(TOPICS=(Probe.Noted.TOPIC,))
    assert await house.runner(deaf).retry(READER, 3)
    assert house.checkpoints.failures[READER, 3].problem == process_runner.NOT_ITS_EVENT
    assert passed_over is not None


async def test_a_crowd_on_a_stream_is_waited_for_and_no_refusal(house: House) -> None:
    house.trouble[1] = Stale("Too many people changed this at once.")
    await house.count(1)
    runner = house.runner()
    for _ in range(10):
        assert await runner.advance_all() == 0
    assert house.checkpoints.failures == {}
    house.trouble.clear()
    await advance_fully(runner)
    assert house.answers() == ["1"]


async def test_what_failed_before_a_crash_and_works_now_is_solved_wherever_it_stands(
    house: House,
) -> None:
    await house.count(1, 2, 3)
    await house.checkpoints.note_failure(READER, 3, "OSError")
    await advance_fully(house.runner())
    assert house.checkpoints.failures[READER, 3].solved
