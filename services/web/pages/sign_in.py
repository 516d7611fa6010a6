"""Pages for signing in and out."""

from __future__ import annotations

from typing import Any, Final

import structlog
from litestar import Controller, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath
from litestar.response import Redirect

from services.web.context import Web, web_of
from services.web.edge.faults import describe
from services.web.forms.reading import Field, Form
from services.web.forms.values import LONGEST_ADDRESS, email
from services.web.ports import Admission
from services.web.signing_in.links import LINK_COOKIE, LINK_LASTS, Letter, SignIn, network_of
from services.web.signing_in.safe_paths import safe_path
from services.web.signing_in.session import (
    ADMINISTRATOR_LIFE,
    MEMBER_LIFE,
    SESSION_COOKIE,
    gone_cookie,
    host_cookie,
)
from services.web.templating import page

Asking = Request[Any, Any, Any]

NO_STORE: Final = {"Cache-Control": "no-store"}
_WRONG_CODE: Final = "This is not the code, or it is older than 15 minutes. Look at the last mail."
_log = structlog.get_logger("peerhour.web")

ADDRESS_FORM: Final = Form(
    Field(
        name="email",
        label="Email address",
        hint="The one Peerhour writes to you at.",
        parse=email,
        missing="Write your email address.",
        kind="email",
        autocomplete="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
    ),
    Field(name="next", label="", parse=safe_path, required=False, kind="hidden", longest=2000),
)
CODE_FORM: Final = Form(
    Field(
        name="code",
        label="Code from the mail",
        hint="Eight digits. Spaces do not matter.",
        missing="Write the code from the mail.",
        autocomplete="one-time-code",
        inputmode="numeric",
        longest=40,
    ),
)


class SignInController(Controller):
    """``/sign-in``: ask for a link, come in by it."""

    path = "/sign-in"

    @get()
    async def ask(self, request: Asking) -> Response[Any]:
        """Show the question for the address, or the page they wanted if they are in already."""
        wanted = safe_path(str(request.query_params.get("next", "/")))
        if await web_of(request).sessions.current(request) is not None:
            return Redirect(wanted, status_code=303, headers=NO_STORE)
        form = ADDRESS_FORM.blank(next=wanted)
        return await page(request, "sign_in/sign_in.html", form=form, headers=NO_STORE)

    @post()
    async def send(self, request: Asking) -> Response[Any]:
        """Send a link, and say the same whether or not anybody has the address."""
        form = ADDRESS_FORM.read(await request.form())
        if not form.ok:
            return await page(
                request, "sign_in/sign_in.html", status=400, form=form, headers=NO_STORE
            )
        web = web_of(request)
        asked = await SignIn(web.ports, web.settings).ask(
            form["email"],
            browser_secret=request.cookies.get(LINK_COOKIE, ""),
            network=network_of(request),
            next_path=form["next"] or "/",
        )
        return Redirect(
            "/sign-in/code",
            status_code=303,
            cookies=[host_cookie(LINK_COOKIE, asked.browser_secret, lasts=LINK_LASTS)],
            background=BackgroundTask(_post_letter, web, asked.letter) if asked.letter else None,
            headers=NO_STORE,
        )

    @get("/code")
    async def look_at_mail(self, request: Asking) -> Response[str]:
        """Say that a mail is on its way, and take the code from it."""
        return await page(request, "sign_in/code.html", form=CODE_FORM.blank(), headers=NO_STORE)

    @post("/code")
    async def by_code(self, request: Asking) -> Response[Any]:
        """Come in by the code."""
        web = web_of(request)
        form = CODE_FORM.read(await request.form())
        if form.ok:
            admission = await SignIn(web.ports, web.settings).by_code(
                form["code"],
                browser_secret=request.cookies.get(LINK_COOKIE, ""),
                network=network_of(request),
            )
            if admission is not None:
                return await _come_in(request, web, admission, method="code")
            form = form.with_errors({"code": _WRONG_CODE})
        return await page(request, "sign_in/code.html", status=400, form=form, headers=NO_STORE)

    @get("/link/{token:str}")
    async def open_link(self, request: Asking, token: FromPath[str]) -> Response[str]:
        """Show the button. Opening the link changes nothing: mail scanners open links too."""
        web = web_of(request)
        await SignIn(web.ports, web.settings).look(
            token, browser_secret=request.cookies.get(LINK_COOKIE, "")
        )
        return await page(request, "sign_in/link.html", token=token, headers=NO_STORE)

    @post("/link/{token:str}")
    async def by_link(self, request: Asking, token: FromPath[str]) -> Response[Any]:
        """Come in by the link."""
        web = web_of(request)
        admission = await SignIn(web.ports, web.settings).by_link(
            token, browser_secret=request.cookies.get(LINK_COOKIE, "")
        )
        return await _come_in(request, web, admission, method="link")


class SignOutController(Controller):
    """Leaving."""

    path = "/"

    @post("/sign-out")
    async def leave(self, request: Asking) -> Response[Any]:
        """End this browser's sign-in and wipe what it kept."""
        await web_of(request).sessions.end(request)
        return Redirect(
            "/signed-out",
            status_code=303,
            cookies=[gone_cookie(SESSION_COOKIE)],
            headers={**NO_STORE, "Clear-Site-Data": '"cookies", "storage"'},
        )

    @get("/signed-out")
    async def left(self, request: Asking) -> Response[Any]:
        """Say that nobody is signed in here any more, if that is so."""
        if await web_of(request).sessions.current(request) is not None:
            return Redirect("/", status_code=303, headers=NO_STORE)
        return await page(request, "sign_in/signed_out.html", headers=NO_STORE)


async def _come_in(
    request: Asking, web: Web, admission: Admission, *, method: str
) -> Response[Any]:
    is_administrator = await web.ports.people.is_administrator(admission.person_id)
    cookie = await web.sessions.begin(
        request,
        admission.person_id,
        method=method,
        life=ADMINISTRATOR_LIFE if is_administrator else MEMBER_LIFE,
    )
    return Redirect(
        safe_path(admission.next_path),
        status_code=303,
        cookies=[cookie, gone_cookie(LINK_COOKIE)],
        headers=NO_STORE,
    )


async def _post_letter(web: Web, letter: Letter) -> None:
    """Hand the mail over after the answer, so that the answer takes the same time for everybody."""
    try:
        await web.ports.mail.send_sign_in(letter.address, letter.link, letter.code)
    except Exception as error:  # noqa: BLE001 - the answer is out; the person can ask again
        _log.error("sign_in.mail_failed", **describe(error))
