"""Everything that is kept about me, to take along; open for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from services.members.own_data import files, gather
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.zips import zip_answer

# It reads every hour somebody ever had; nobody needs it more often than this.
_TURNS: Final = Throttle("own_data", limit=6, window=timedelta(hours=1))


class OwnDataController(Controller):
    """``/you/data``."""

    path = "/you/data"
    guards = (signed_in,)

    @get()
    async def show(self, request: Asking) -> Response[str]:
        """Say what there is to take along."""
        return await subject_page(request, "you/own_data.html", here="you")

    @get("/peerhour.zip")
    async def download(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Stream:
        """Hand everything over, to whom it is about and to nobody else."""
        web = web_of(request)
        await take_turn(_TURNS, str(person_id), web.ports, web.settings)
        data = await gather(house, person_id)
        also = {
            "sign_ins.json": ("where you are signed in", await _sign_ins(request, person_id)),
            "mails.json": ("which mails about hours you wish", await _wishes(house, person_id)),
        }
        feed = await house.feeds.of_member(person_id)
        if feed is not None:
            also["calendar.json"] = ("what your calendar may read", _as_file(feed))
        name = f"peerhour-{data.made_at:%Y-%m-%d}.zip"
        return zip_answer(files(data, also), name=name, made_at=data.made_at)


async def _wishes(house: TheHouse, person_id: UUID) -> bytes:
    return _as_file(await house.wishes.of_member(person_id))


async def _sign_ins(request: Asking, person_id: UUID) -> bytes:
    found: list[dict[str, Any]] = [
        {
            "device": each.device,
            "by": each.method,
            "since": each.made_at,
            "last_used": each.seen_at,
        }
        for each in await web_of(request).sessions.devices(person_id)
    ]
    return _as_file(found)


def _as_file(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
