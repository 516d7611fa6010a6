"""A group for programs: its program, its series, and the corridor between its meetings."""

from __future__ import annotations

from uuid import UUID, uuid5

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from domain.corridor.word import Gone
from domain.corridor.word import Word as LeftWord
from domain.recording import CommandIdReused
from projections.schedule import series_queries as in_series
from services.corridor.words import LeaveWord, remove, take_back
from services.dispatch import Order
from services.groups.programs import ChooseGroupProgram
from services.groups.series import HandOutSyllabus, PlanSeries
from services.web.api.plan_shapes import (
    Corridor,
    Kept,
    Part,
    ProgramBody,
    Series,
    SeriesBody,
    SyllabusBody,
    Word,
    WordBody,
)
from services.web.api.shapes import COMMANDS, READS, TOO_OFTEN, Accepted
from services.web.forms.orders import give
from services.web.pages.groups.corridor import leave_in_turn
from services.web.pages.groups.corridor_view import CorridorView, see_corridor
from services.web.pages.groups.visit import GroupVisit, TheGroupVisit
from services.web.signing_in.session import signed_in


class GroupApi(Controller):
    """``/api/v1/groups/{id}/…``."""

    path = "/groups/{group_id:uuid}"
    guards = (signed_in,)
    tags = ("Groups",)

    @post("/programs", operation_id="ChooseGroupProgram", status_code=200, responses=COMMANDS)
    async def choose_program(
        self, group_visit: TheGroupVisit, data: JSONBody[ProgramBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Follow another program, or none, in meetings planned from now on."""
        command = ChooseGroupProgram(
            group_id=group_visit.group_id, program_id=data.program_id, by=group_visit.person_id
        )
        return await _done(group_visit, command, order)

    @get("/series", operation_id="ListSeries", responses=READS)
    async def series(self, group_visit: TheGroupVisit) -> list[Series]:
        """The group's series with their parts, in the order they were announced."""
        async with group_visit.house.views() as conn:
            rows = await in_series.series(conn, group_visit.group_id)
        return [
            Series(
                series_id=row.series_id,
                title=row.title,
                parts=[
                    Part(part=number, meeting_id=row.meetings.get(number))
                    for number in range(1, row.parts + 1)
                ],
                syllabus_on=row.syllabus_on,
            )
            for row in rows
        ]

    @post("/series", operation_id="PlanSeries", status_code=200, responses=COMMANDS)
    async def plan_series(
        self, group_visit: TheGroupVisit, data: JSONBody[SeriesBody], order: NamedDependency[Order]
    ) -> Accepted:
        """Announce meetings that belong together; the list of series tells their id."""
        command = PlanSeries(
            series_id=uuid5(order.command_id, "series"),
            group_id=group_visit.group_id,
            title=data.title.strip(),
            parts=data.parts,
            by=group_visit.person_id,
        )
        return await _done(group_visit, command, order)

    @post(
        "/series/{series_id:uuid}/syllabi",
        operation_id="HandOutSyllabus",
        status_code=200,
        responses=COMMANDS,
    )
    async def hand_out(
        self,
        group_visit: TheGroupVisit,
        series_id: FromPath[UUID],
        data: JSONBody[SyllabusBody],
        order: NamedDependency[Order],
    ) -> Accepted:
        """Say on which day everybody got the dates and topics; the newest word holds."""
        command = HandOutSyllabus(
            group_id=group_visit.group_id,
            series_id=series_id,
            day=data.day,
            by=group_visit.person_id,
        )
        return await _done(group_visit, command, order)


class CorridorApi(Controller):
    """``/api/v1/groups/{id}/corridor``: outside the record, and fading."""

    path = "/groups/{group_id:uuid}/corridor"
    guards = (signed_in,)
    tags = ("Groups",)

    @get(operation_id="ReadCorridor", responses={**READS, 403: COMMANDS[403]})
    async def read(self, group_visit: TheGroupVisit) -> Corridor:
        """What peers left for each other and I may read, oldest first."""
        view = await see_corridor(group_visit)
        corridor = view.corridor
        return Corridor(
            words=[_word(view, each) for each in corridor.words],
            to_group=corridor.may_write_to_all,
            to_members=[each for each in corridor.readers if each is not None],
        )

    @post(operation_id="LeaveWord", status_code=200, responses={**COMMANDS, **TOO_OFTEN})
    async def leave(
        self, group_visit: TheGroupVisit, data: JSONBody[WordBody], order: NamedDependency[Order]
    ) -> Kept:
        """Leave a word; the same key again is the same word, and refused with another one."""
        word_id = uuid5(order.command_id, f"word:{group_visit.group_id}:{group_visit.person_id}")
        said = LeaveWord(
            word_id=word_id,
            group_id=group_visit.group_id,
            author_id=group_visit.person_id,
            to=data.to,
            just_listen=data.just_listen,
            text=data.text.strip(),
        )
        await _require_same(group_visit, said)
        await leave_in_turn(group_visit, said)
        return Kept(id=word_id)

    @post(
        "/{word_id:uuid}/withdrawals",
        operation_id="TakeWordBack",
        status_code=200,
        responses=COMMANDS,
    )
    async def take_back(self, group_visit: TheGroupVisit, word_id: FromPath[UUID]) -> Kept:
        """Delete my own word."""
        await take_back(group_visit.house, group_visit.group_id, word_id, by=group_visit.person_id)
        return Kept(id=word_id)

    @post(
        "/{word_id:uuid}/removals",
        operation_id="RemoveWord",
        status_code=200,
        responses=COMMANDS,
    )
    async def remove(self, group_visit: TheGroupVisit, word_id: FromPath[UUID]) -> Kept:
        """Delete the text of somebody's word, as the facilitator."""
        await remove(group_visit.house, group_visit.group_id, word_id, by=group_visit.person_id)
        return Kept(id=word_id)


async def _done(visit: GroupVisit, command: object, order: Order) -> Accepted:
    outcome = await give(visit.house, command, order, *GroupVisit.VIEWS)
    return Accepted(position=outcome.position, repeated=outcome.repeated)


async def _require_same(visit: GroupVisit, said: LeaveWord) -> None:
    """Refuse another word under a key that was used; of one that is gone nobody knows the text."""
    kept = await visit.house.corridor.find(said.word_id)
    if kept is None or kept.gone is not None:
        return
    if (kept.text, kept.only_for, kept.just_listen) != (said.text, said.to, said.just_listen):
        raise CommandIdReused("This request id was used for something else before.")


def _word(view: CorridorView, word: LeftWord) -> Word:
    return Word(
        word_id=word.word_id,
        author_id=word.author_id,
        author=view.names[word.author_id],
        only_for=word.only_for,
        just_listen=word.just_listen,
        written_at=word.written_at,
        fades_at=word.fades_at,
        text=word.text,
        removed=word.gone is Gone.REMOVED,
    )
