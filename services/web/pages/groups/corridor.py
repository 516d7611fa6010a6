"""Between meetings: what a group's peers leave for each other, until it fades."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.access.union import AccessNeeded
from services.corridor.words import LeaveWord, leave_word, look_into, remove, take_back
from services.web.context import web_of
from services.web.edge.problems import to_problem
from services.web.edge.refusals import TooManyWords
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Refused, attempt
from services.web.forms.reading import Filled
from services.web.live import LiveHub, live_answer
from services.web.pages.groups.corridor_view import see_corridor
from services.web.pages.groups.visit import GroupVisit, TheGroupVisit
from services.web.signing_in.session import signed_in

WORDS: Final = Throttle("corridor.word", 30, timedelta(hours=6), TooManyWords)


class CorridorController(Controller):
    """``/groups/{id}/corridor``."""

    path = "/{group_id:uuid}/corridor"
    guards = (signed_in,)

    @get()
    async def show(self, group_visit: TheGroupVisit) -> Response[str]:
        """Show what peers left, newest last."""
        return await _page(group_visit)

    @get("/live")
    async def live(
        self, group_visit: TheGroupVisit, hub: NamedDependency[LiveHub]
    ) -> Response[Any]:
        """Tell an open page that something changed, and nothing about what."""
        await look_into(group_visit.house, group_visit.group_id, group_visit.person_id)
        return live_answer(hub, [group_visit.group_id])

    @post()
    async def leave(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Leave a word; a form sent twice leaves one."""
        view = await see_corridor(group_visit)
        form = view.form().read(await group_visit.request.form())
        if not form.ok:
            return await _page(group_visit, form=form)
        order = await group_visit.order()
        said = LeaveWord(
            word_id=uuid5(order.command_id, "word"),
            group_id=group_visit.group_id,
            author_id=group_visit.person_id,
            to=form["to"],
            just_listen=bool(form["just_listen"]),
            text=form["text"],
        )
        refused = await _refused(group_visit, said)
        if refused is not None:
            return await _page(group_visit, form=form, refused=refused)
        return _back(group_visit, "said")

    @post("/{word_id:uuid}/take-back")
    async def take_back(self, group_visit: TheGroupVisit, word_id: FromPath[UUID]) -> Response[Any]:
        """Delete my own word."""
        await take_back(group_visit.house, group_visit.group_id, word_id, by=group_visit.person_id)
        return _back(group_visit, "word_back")

    @post("/{word_id:uuid}/remove")
    async def remove(self, group_visit: TheGroupVisit, word_id: FromPath[UUID]) -> Response[Any]:
        """Delete the text of somebody's word, as the facilitator."""
        await remove(group_visit.house, group_visit.group_id, word_id, by=group_visit.person_id)
        return _back(group_visit, "word_removed")


async def _refused(visit: GroupVisit, said: LeaveWord) -> Refused | None:
    """Leave a word; return the rule that said no, since nobody is to lose what they wrote."""
    try:
        return await attempt(leave_in_turn(visit, said))
    except AccessNeeded as needed:
        problem = to_problem(needed)
        return Refused(problem.status, problem.detail, problem.headers)


async def leave_in_turn(visit: GroupVisit, said: LeaveWord) -> None:
    """Leave a word, unless somebody leaves too many at once."""
    if await visit.house.corridor.find(said.word_id) is None:  # the same form again costs nothing
        web = web_of(visit.request)
        await take_turn(WORDS, str(visit.person_id), web.ports, web.settings)
    await leave_word(visit.house, said)


def _back(visit: GroupVisit, done: str) -> Response[Any]:
    return Redirect(f"/groups/{visit.group_id}/corridor?done={done}", status_code=303)


async def _page(
    visit: GroupVisit, *, form: Filled | None = None, refused: Refused | None = None
) -> Response[str]:
    seen = await see_corridor(visit)
    return await visit.page(
        "groups/corridor.html",
        status=200 if form is None or form.ok else 400,
        refused=refused,
        seen=seen,
        form=seen.blank() if form is None else seen.once_more(form),
    )
