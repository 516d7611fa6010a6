"""Who belongs to a group, who holds it together, and when it meets: what changes about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import InvalidFields
from services.groups.commands import ChangeRhythm, LeaveGroup, NameFacilitator, RemoveMember
from services.web.forms.orders import Asking, Refused, order_from_form, was_given
from services.web.forms.reading import Filled
from services.web.pages.groups.forms import REMOVE_FORM, RHYTHM_FORM, rhythm_form, rhythm_of
from services.web.pages.groups.visit import GroupVisit, TheGroupVisit, group_visit_of
from services.web.pages.meetings.forms import who_leads
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse


class BelongingController(Controller):
    """``/groups/{id}/…`` for who leaves, and for who leads."""

    path = "/{group_id:uuid}"
    guards = (signed_in,)

    @get("/leave")
    async def ask_to_leave(self, group_visit: TheGroupVisit) -> Response[str]:
        """Say what leaving means, before the second tap."""
        return await group_visit.page("groups/leave.html")

    @post("/leave")
    async def leave(
        self,
        request: Asking,
        group_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Leave the group; whoever did is no stranger to the same form sent again."""
        command = LeaveGroup(group_id=group_id, member_id=person_id)
        order = order_from_form(request, await request.form(), person_id)
        if await was_given(house, command, order):
            return Redirect("/groups?done=left_group", status_code=303)
        visit = await group_visit_of(request, group_id, person_id, house)
        return await visit.act(
            command,
            "/groups?done=left_group",
            again=lambda now, why: now.page("groups/leave.html", refused=why),
        )

    @get("/members/{member_id:uuid}/remove")
    async def ask_to_remove(
        self, group_visit: TheGroupVisit, member_id: FromPath[UUID]
    ) -> Response[str]:
        """Ask why somebody no longer belongs, before the second tap."""
        group_visit.view.require_lead()
        return await _remove_page(group_visit, member_id, REMOVE_FORM.blank())

    @post("/members/{member_id:uuid}/remove")
    async def remove(self, group_visit: TheGroupVisit, member_id: FromPath[UUID]) -> Response[Any]:
        """End somebody's belonging, with the reason they are told."""
        group_visit.view.require_lead()
        form = REMOVE_FORM.read(await group_visit.request.form())
        if not form.ok:
            return await _remove_page(group_visit, member_id, form)
        group_id = group_visit.group_id
        command = RemoveMember(
            group_id=group_id,
            member_id=member_id,
            reason=form["reason"],
            by=group_visit.person_id,
        )
        return await group_visit.act(
            command,
            f"/groups/{group_id}?done=removed",
            again=lambda now, why: _remove_page(now, member_id, form, refused=why),
        )

    @get("/facilitator")
    async def ask_who(self, group_visit: TheGroupVisit) -> Response[str]:
        """Ask who holds the group together from now on."""
        group_visit.view.require_lead()
        form = who_leads(group_visit.view.others).blank()
        return await _page(group_visit, "groups/facilitator.html", form)

    @post("/facilitator")
    async def hand_over(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Hand the group to another member."""
        form = who_leads(group_visit.view.others).read(await group_visit.request.form())
        if not form.ok:
            group_visit.view.require_lead()
            return await _page(group_visit, "groups/facilitator.html", form)
        group_id = group_visit.group_id
        command = NameFacilitator(
            group_id=group_id, member_id=form["member_id"], by=group_visit.person_id
        )
        return await group_visit.act(
            command,
            f"/groups/{group_id}?done=handed_over",
            seen=str(group_visit.view.group.facilitator_id),
            again=lambda now, why: _page(now, "groups/facilitator.html", form, refused=why),
        )

    @get("/rhythm")
    async def ask_when(self, group_visit: TheGroupVisit) -> Response[str]:
        """Ask when the group meets."""
        group_visit.view.require_lead()
        return await _page(group_visit, "groups/rhythm.html", rhythm_form(group_visit.view.rhythm))

    @post("/rhythm")
    async def change_rhythm(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Meet at other times; meetings already planned stay."""
        view, group_id = group_visit.view, group_visit.group_id
        view.require_lead()
        form = RHYTHM_FORM.read(await group_visit.request.form())
        if not form.ok:
            return await _page(group_visit, "groups/rhythm.html", form)
        try:
            rhythm = rhythm_of(form, view.group.zone)
        except InvalidFields as refusal:
            return await _page(group_visit, "groups/rhythm.html", form.with_errors(refusal))
        return await group_visit.act(
            ChangeRhythm(group_id=group_id, rhythm=rhythm, by=group_visit.person_id),
            f"/groups/{group_id}?done=rhythm",
            seen=view.rhythm_seen,
            again=lambda now, why: _page(now, "groups/rhythm.html", form, refused=why),
        )


async def _page(
    visit: GroupVisit, template: str, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(template, status=200 if form.ok else 400, refused=refused, form=form)


async def _remove_page(
    visit: GroupVisit, member_id: UUID, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await visit.page(
        "groups/remove.html",
        status=200 if form.ok else 400,
        refused=refused,
        form=form,
        who=(member_id, visit.view.name_of(member_id)),
    )
