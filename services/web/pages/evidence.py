"""My evidence packs: the paper for a body that counts peer hours, and the same facts as data."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.errors import NotFound
from services.evidence_packs import as_json, make_pack
from services.web.context import web_of
from services.web.orders import Asking
from services.web.session import signed_in
from services.web.subjects import TheHouse
from services.web.throttles import Throttle, take_turn

_FILE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.(pdf|json)", re.ASCII)
# A long pack takes seconds to draw; nobody reads more than this.
_PACKS: Final = Throttle("evidence_pack", limit=40, window=timedelta(minutes=20))


class EvidenceController(Controller):
    """``/renewals/{licence_id}/{text_id}/{from_day}.pdf``, and ``.json`` beside it."""

    path = "/renewals/{licence_id:uuid}/{text_id:str}"
    guards = (signed_in,)

    @get("/{file_name:str}")
    async def download(
        self,
        request: Asking,
        licence_id: FromPath[UUID],
        text_id: FromPath[str],
        file_name: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Hand a pack to the member whose it is, as the record stands now; to nobody else."""
        from_day, kind = _asked(file_name)
        web = web_of(request)
        await take_turn(_PACKS, str(person_id), web.ports, web.settings)
        pack = await make_pack(house, person_id, licence_id, text_id, from_day)
        if kind == "json":
            content, media_type = as_json(pack), "application/json"
        else:
            content = await asyncio.to_thread(house.draw_evidence, pack)
            media_type = "application/pdf"
        name = f"evidence-{pack.text.pack_id}-{from_day}.{kind}"
        return Response(
            content,
            media_type=media_type,
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )


def _asked(file_name: str) -> tuple[date, str]:
    """Read the first day of the cycle and the kind of file from the end of the address."""
    found = _FILE.fullmatch(file_name)
    if found is not None:
        try:
            return date.fromisoformat(found[1]), found[2]
        except ValueError:
            pass
    raise NotFound("There is no such evidence pack of yours.")
