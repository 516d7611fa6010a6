"""Controllers of the tests: one handler for each way in which a handler can be reached or fail."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from domain.errors import AlreadyExists, DomainError, InvalidFields, NotAllowed, NotFound, Stale
from services.web.edge.requests import close_uploads
from services.web.live import LiveHub, live_answer
from services.web.settings import UPLOAD_LIMIT
from services.web.signing_in.session import administrator, signed_in

SECRET_WORDS = "ana@example.org told me"


class NotOnRoster(NotAllowed):
    code = "meeting.not_on_roster"


class DoorClosed(DomainError):
    code = "meeting.door_closed"


REFUSALS: dict[str, DomainError] = {
    "not_found": NotFound("There is no such meeting."),
    "not_on_roster": NotOnRoster("You are not on the roster.", meeting_id=UUID(int=7)),
    "stale": Stale("This changed meanwhile."),
    "exists": AlreadyExists("This is taken."),
    "fields": InvalidFields(zone="Choose a zone."),
    "closed": DoorClosed("The door is closed.", since=Decimal("1.50"), kinds={"a"}, b=b"\xff"),
}


class Body(msgspec.Struct):
    name: str
    minutes: int
    inner: Any = None


class ProbeController(Controller):
    path = "/probe"
    include_in_schema = True

    @get("/refuse/{name:str}")
    async def refuse(self, name: FromPath[str]) -> None:
        raise REFUSALS[name]

    @get("/crash")
    async def crash(self) -> None:
        raise RuntimeError(SECRET_WORDS)

    @get("/lost")
    async def lost(self) -> None:
        raise ConnectionResetError(SECRET_WORDS)

    @get("/things/{thing_id:uuid}")
    async def thing(self, thing_id: FromPath[UUID]) -> str:
        return str(thing_id)

    @get("/numbers/{number:int}")
    async def number(self, number: FromPath[int]) -> str:
        return str(number)

    @get("/query")
    async def query(self, count: FromQuery[int], day: FromQuery[str] = "") -> str:
        return f"{count} {day}"

    @post("/json")
    async def json(self, data: JSONBody[Body]) -> str:
        return data.name

    @post("/form")
    async def form(self, request: Request[Any, Any, Any]) -> Response[str]:
        fields = await request.form()
        names = ",".join(name for name, _ in fields.multi_items())
        await close_uploads(fields)
        return Response(names)

    @post("/upload", request_max_body_size=UPLOAD_LIMIT)
    async def upload(self, request: Request[Any, Any, Any]) -> str:
        return str(len(await request.body()))

    @get("/mine", guards=[signed_in])
    async def mine(self, person_id: NamedDependency[UUID]) -> str:
        return str(person_id)

    @post("/mine", guards=[signed_in])
    async def change_mine(self, person_id: NamedDependency[UUID]) -> str:
        return str(person_id)

    @get("/admin", guards=[administrator])
    async def admin(self) -> str:
        return "stuck things"


def live_controller(hub: LiveHub, stream_ids: Sequence[UUID], *, beat: float) -> type[Controller]:
    class LiveProbe(Controller):
        path = "/live"

        @get()
        async def live(self) -> Response[Any]:
            return live_answer(hub, stream_ids, beat=beat)

    return LiveProbe
