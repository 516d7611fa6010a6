"""The public page that checks a certificate: every field of it, and what it is worth today."""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from domain.certificates import verification_code as codes
from domain.certificates.checks import CheckChannel
from projections.certificate_register import queries as register
from services.house import House
from services.web.checks import keep_check
from services.web.context import web_of
from services.web.edge.refusals import TooMany
from services.web.edge.requests import close_uploads
from services.web.forms.orders import Asking
from services.web.forms.reading import Field, Filled, Form
from services.web.settings import MIB
from services.web.signing_in.links import network_of
from services.web.subjects import TheHouse, subject_page

PAPER_LIMIT: Final = 6 * MIB  # bytes; our papers have under 1 MiB
_LIMIT: Final = 60  # checks of one network in a minute: a reviewer's pace, not a guesser's
_WINDOW: Final = timedelta(minutes=1)
_PURPOSE: Final = "verify"
MANY: Final = 500
"""Most codes that are looked up from one form (services/web/pages/verify_many.py)."""
LONGEST_CODE: Final = 64  # characters of one as people type it

CODE_FORM: Final = Form(
    Field(
        name="code",
        label="Verification code",
        hint="Fourteen letters and digits, printed on the certificate. Case does not matter.",
        missing="Write the code from the certificate.",
        longest=LONGEST_CODE,
    ),
)
MANY_FORM: Final = Form(
    Field(
        name="codes",
        label="Verification codes",
        hint=f"One on each line, at most {MANY}.",
        missing="Write one code on each line.",
        kind="textarea",
        longest=MANY * (LONGEST_CODE + 1),
    ),
)


async def spend_check(request: Asking) -> None:
    """Take one of the checks a network has.

    Raises:
        TooMany: it has none for the moment.
    """
    web = web_of(request)
    key = hmac.digest(web.settings.secret, f"{_PURPOSE}:{network_of(request)}".encode(), "sha256")
    wait = await web.ports.limits.take(
        _PURPOSE, key, limit=_LIMIT, window=_WINDOW, at=web.ports.clock.now()
    )
    if wait is not None:
        raise TooMany(retry_after=max(1, round(wait.total_seconds())))


class VerificationController(Controller):
    """``/v``: open to everybody."""

    path = "/v"

    @get()
    async def ask(self, request: Asking) -> Response[Any]:
        """Ask for a code; a code in the query leads to its page."""
        typed = str(request.query_params.get("code", "")).strip()
        if not typed:
            form = CODE_FORM.blank()
            if "code" in request.query_params:
                form = form.with_errors({"code": CODE_FORM.fields["code"].missing})
            return await form_page(request, form, status=200 if form.ok else 400)
        return self._to_page(await _refused_form(request, typed), typed)

    @get("/{typed:str}")
    async def show(self, request: Asking, typed: FromPath[str], house: TheHouse) -> Response[Any]:
        """Say what stands under a code."""
        return await _refused_form(request, typed) or await _answer(request, house, typed)

    @post("/{typed:str}", request_max_body_size=PAPER_LIMIT)
    async def compare(
        self, request: Asking, typed: FromPath[str], house: TheHouse
    ) -> Response[Any]:
        """Say whether a file is, byte for byte, the paper that was issued."""
        if refused := await _refused_form(request, typed):
            return refused
        sent = await request.form()
        try:
            file = sent.get("paper")
            digest = ""
            if isinstance(file, UploadFile) and file.filename:
                digest = sha256(await file.read()).hexdigest()
        finally:
            await close_uploads(sent)
        return await _answer(request, house, typed, digest=digest)

    @staticmethod
    def _to_page(refused: Response[str] | None, typed: str) -> Response[Any]:
        if refused is not None:
            return refused
        return Redirect(f"/v/{codes.printed(codes.normalise(typed))}", status_code=303)


async def form_page(
    request: Asking, form: Filled | None = None, *, many: Filled | None = None, status: int = 200
) -> Response[str]:
    """Ask for a code, or for many."""
    return await subject_page(
        request,
        "verify/verify.html",
        status=status,
        form=form or CODE_FORM.blank(),
        many=many or MANY_FORM.blank(),
    )


async def _refused_form(request: Asking, typed: str) -> Response[str] | None:
    """Return the form again if the text cannot be a code; nothing is looked up for it."""
    try:
        codes.normalise(typed)
    except codes.MalformedCode as refusal:
        form = CODE_FORM.blank(code=typed[:LONGEST_CODE]).with_errors({"code": refusal.message})
        return await form_page(request, form, status=422)
    return None


async def _answer(
    request: Asking, house: House, typed: str, *, digest: str | None = None
) -> Response[str]:
    await spend_check(request)
    code = codes.normalise(typed)
    async with house.views() as conn:
        row = await register.by_code(conn, code)
    if row is not None:
        await keep_check(request, house, row, CheckChannel.PAGE)
    same = None
    if digest and row is not None and row.pdf_sha256 is not None:
        same = hmac.compare_digest(digest, row.pdf_sha256)
    return await subject_page(
        request,
        "verify/verified.html",
        status=200 if row is not None else 404,
        row=row,
        printed=codes.printed,
        code=code,
        as_of=house.clock.now(),
        compared=digest,
        same=same,
    )
