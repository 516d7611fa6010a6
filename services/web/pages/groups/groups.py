"""My groups: what we promised, when we meet, who we are; planning the next meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from domain.groups.group import GroupFacilitatorOnly
from domain.values import Modality
from projections.schedule import queries as schedule
from services.groups.commands import AdmitMember
from services.meetings.commands import ScheduleMeeting
from services.web.edge.refusals import AdministratorsOnly
from services.web.forms.orders import Asking
from services.web.pages.groups.forms import ADMIT_FORM, PLAN_FORM
from services.web.pages.groups.visit import TheGroupVisit
from services.web.pages.meetings.forms import plan_faults, planned_times
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page


class GroupController(Controller):
    """``/groups``."""

    guards = (signed_in,)

    @get()
    async def index(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """List the groups I belong to."""
        async with house.views() as conn:
            groups = await schedule.groups_of(conn, person_id)
            coming = await schedule.upcoming(conn, person_id, house.clock.now())
        following = {meeting.group_id: meeting for meeting in reversed(coming)}
        return await subject_page(
            request, "groups/groups.html", here="groups", groups=groups, following=following
        )

    @get("/{group_id:uuid}")
    async def show(self, group_visit: TheGroupVisit) -> Response[str]:
        """Show a group to its members."""
        return await group_visit.show()

    @post("/{group_id:uuid}/meetings")
    async def plan(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Plan a meeting; whoever belongs when it opens is on its roster."""
        view = group_visit.view
        if not view.leads:
            raise GroupFacilitatorOnly("The facilitator plans the meetings of this group.")
        form = PLAN_FORM.read(await group_visit.request.form())
        if not form.ok:
            return await group_visit.show(status=400, plan=form)
        if errors := plan_faults(form, view.group.zone, view.now):
            return await group_visit.show(status=400, plan=form.with_errors(errors))
        starts_at, ends_at = planned_times(form, view.group.zone)
        order = await group_visit.order()
        command = ScheduleMeeting(
            meeting_id=uuid5(order.command_id, "meeting"),
            group_id=group_visit.group_id,
            title=form["title"],
            starts_at=starts_at,
            ends_at=ends_at,
            modality=Modality(form["modality"]),
            by=group_visit.person_id,
        )
        return await group_visit.act(
            command,
            f"/meetings/{command.meeting_id}?done=planned",
            again=lambda now, why: now.show(refused=why, plan=form),
        )

    @post("/{group_id:uuid}/members")
    async def admit(self, group_visit: TheGroupVisit) -> Response[Any]:
        """Take a member in; an administrator does, who knows the address."""
        if not group_visit.view.administrator:
            raise AdministratorsOnly
        form = ADMIT_FORM.read(await group_visit.request.form())
        vault = group_visit.house.vault
        member_id = await vault.person_with_mail(form["email"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"email": "Nobody here has this address."})
        if not form.ok or member_id is None:
            return await group_visit.show(status=400, admit=form)
        group_id = group_visit.group_id
        return await group_visit.act(
            AdmitMember(group_id=group_id, member_id=member_id, by=group_visit.person_id),
            f"/groups/{group_id}?done=admitted",
            again=lambda now, why: now.show(
                refused=why, admit=form.with_errors({"email": why.sentence})
            ),
        )
