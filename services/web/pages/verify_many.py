"""Many certificates checked at once: for a board that has a pile of them before it.

Each code costs what it costs one by one, so nobody guesses faster here. What a network has no turn
left for stays in the form, to be sent again a little later: four hundred codes take some minutes
and one paste.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from litestar import Controller, Response, get, post

from domain.certificates import verification_code as codes
from domain.certificates.checks import CheckChannel
from projections.certificate_register import queries as register
from projections.certificate_register.queries import CertificateRow
from services.house import House
from services.web.checks import keep_check
from services.web.edge.refusals import TooMany
from services.web.forms.orders import Asking
from services.web.pages.verify import LONGEST_CODE, MANY, MANY_FORM, form_page, spend_check
from services.web.subjects import TheHouse, subject_page


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands under one code of many.

    Attributes:
        typed: the code as it was typed, or as it is printed where it reads as one.
        readable: whether it reads as a code at all.
        row: the certificate; ``None`` if none has the code.
    """

    typed: str
    readable: bool
    row: CertificateRow | None


class ManyVerificationsController(Controller):
    """``/v/many``: open to everybody."""

    path = "/v/many"

    @get()
    async def ask(self, request: Asking) -> Response[str]:
        """Ask for the codes."""
        return await form_page(request)

    @post(status_code=200)
    async def check(self, request: Asking, house: TheHouse) -> Response[str]:
        """Say of each code in a list what stands under it."""
        form = MANY_FORM.read(await request.form())
        lines = form["codes"].splitlines() if form.ok else []
        typed = list(dict.fromkeys(line.strip()[:LONGEST_CODE] for line in lines if line.strip()))
        if len(typed) > MANY:
            form = form.with_errors({"codes": f"Write at most {MANY} codes at once."})
        if not form.ok:
            return await form_page(request, many=form, status=400)
        checked = [each async for each in _looks(request, house, typed)]
        rest = typed[len(checked) :]
        return await subject_page(
            request,
            "verify/verify_many.html",
            checked=checked,
            rest=rest,
            form=MANY_FORM.blank(codes="\n".join(rest)),
            printed=codes.printed,
            as_of=house.clock.now(),
        )


async def _looks(request: Asking, house: House, typed: list[str]) -> AsyncIterator[Checked]:
    """Look up one code after the other, as long as there are turns for it."""
    with contextlib.suppress(TooMany):
        for each in typed:
            yield await _look(request, house, each)


async def _look(request: Asking, house: House, typed: str) -> Checked:
    try:
        code = codes.normalise(typed)
    except codes.MalformedCode:
        return Checked(typed, readable=False, row=None)
    await spend_check(request)
    async with house.views() as conn:
        row = await register.by_code(conn, code)
    if row is not None:
        await keep_check(request, house, row, CheckChannel.PAGE)
    return Checked(codes.printed(code), readable=True, row=row)
