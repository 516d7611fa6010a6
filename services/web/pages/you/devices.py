"""Where I am signed in, and how to end it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from services.web.context import web_of
from services.web.signing_in.session import signed_in
from services.web.templating import page


class DeviceController(Controller):
    """``/you/devices``."""

    path = "/you/devices"
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Request[Any, Any, Any], person_id: NamedDependency[UUID]
    ) -> Response[str]:
        """List the person's sign-ins."""
        web = web_of(request)
        sessions = web.sessions
        current = await sessions.current(request)
        return await page(
            request,
            "you/devices.html",
            here="you",
            devices=await sessions.devices(person_id),
            current_id=current.public_id if current else None,
            zone=await web.ports.people.zone_of(person_id),
        )

    @post("/{public_id:uuid}/sign-out")
    async def end(
        self,
        request: Request[Any, Any, Any],
        person_id: NamedDependency[UUID],
        public_id: FromPath[UUID],
    ) -> Response[Any]:
        """Sign one device out."""
        if not await web_of(request).sessions.end_device(person_id, public_id):
            raise NotFound("This device is not signed in any more.")
        return Redirect("/you/devices", status_code=303)
