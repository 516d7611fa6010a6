"""Which programs a group, or one of its meetings, can follow; and the group's own choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post

from projections import Connection
from projections.offers import queries as offers
from services.groups.programs import ChooseGroupProgram
from services.web.forms.orders import Refused
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import identifier
from services.web.pages.groups.visit import GroupVisit, TheGroupVisit
from services.web.signing_in.session import signed_in

NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Programs:
    """What can be chosen.

    Attributes:
        followed: the program that is followed now, if any.
        offered: every program that somebody offers, with its provider, by provider and title.
    """

    followed: offers.ProgramRow | None
    offered: Sequence[tuple[offers.ProgramRow, offers.ProviderRow]]

    @property
    def now(self) -> str:
        """The answer that holds now; what a form about it was shown."""
        return NONE if self.followed is None else str(self.followed.program_id)

    def form(self) -> Form:
        """Return the form that asks which; a retired program that is followed can stay."""
        choices = [(NONE, "None: nobody sponsors it")]
        choices += [
            (str(program.program_id), f"{program.title}, by {provider.name}")
            for program, provider in self.offered
        ]
        if self.now not in dict(choices) and self.followed is not None:
            choices.append((self.now, f"{self.followed.title}, no longer offered"))
        return Form(
            Field(
                name="program",
                label="Program",
                kind="radio",
                choices=choices,
                parse=_chosen,
                missing="Choose a program, or none.",
            )
        )


class ProgramChoiceController(Controller):
    """``/groups/{id}/program``."""

    path = "/{group_id:uuid}/program"
    guards = (signed_in,)

    @get()
    async def ask(self, group_visit: TheGroupVisit) -> Response[str]:
        """Ask which program the group follows from now on."""
        group_visit.view.require_lead()
        programs = await _programs(group_visit)
        return await _page(group_visit, programs, programs.form().blank(program=programs.now))

    @post()
    async def choose(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Follow another program, or none; meetings already planned keep theirs."""
        group_visit.view.require_lead()
        programs = await _programs(group_visit)
        form = programs.form().read(await group_visit.request.form())
        if not form.ok:
            return await _page(group_visit, programs, form)
        group_id = group_visit.group_id
        command = ChooseGroupProgram(
            group_id=group_id, program_id=form["program"], by=group_visit.person_id
        )
        return await group_visit.act(
            command,
            f"/groups/{group_id}?done=group_program",
            seen=programs.now,
            again=lambda now, why: _page(now, programs, form, refused=why),
        )


async def programs_to_choose(conn: Connection, followed_id: UUID | None) -> Programs:
    """Return what can be chosen instead of the program that is followed now.

    Args:
        conn: to the views.
        followed_id: which is followed; ``None`` for none.
    """
    followed = None if followed_id is None else await offers.program(conn, followed_id)
    offered = [
        (program, provider)
        for provider in await offers.providers(conn)
        for program in await offers.programs(conn, provider.provider_id)
        if program.retired_at is None
    ]
    return Programs(followed, offered)


async def _programs(visit: GroupVisit) -> Programs:
    async with visit.house.views() as conn:
        return await programs_to_choose(conn, visit.view.group.program_id)


async def _page(
    visit: GroupVisit, programs: Programs, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "groups/program.html",
        status=200 if form.ok else 400,
        refused=refused,
        form=form,
        programs=programs,
    )


def _chosen(text: str) -> UUID | None:
    """Return which program is chosen; which of them may be, the command decides."""
    return None if text == NONE else identifier(text)
