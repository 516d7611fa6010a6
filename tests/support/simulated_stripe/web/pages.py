"""The pages that Stripe would show: payment, second factor, invoice, portal.

Each says that it is simulated, and works without JavaScript.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from tests.support.simulated_stripe.billing import checkout, collecting, methods, payments
from tests.support.simulated_stripe.billing.payers import Payer
from tests.support.simulated_stripe.refusals import Refusal, not_found
from tests.support.simulated_stripe.web import papers, portal
from tests.support.simulated_stripe.web.html import page
from tests.support.simulated_stripe.web.site import TheSite
from tests.support.simulated_stripe.world.world import Json, World

Form = dict[str, str]
Wire = Request[Any, Any, Any]


async def _form(request: Wire) -> Form:
    body = (await request.body()).decode(errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def _to(url: str) -> Redirect:
    return Redirect(url, status_code=HTTP_303_SEE_OTHER)


class Pages(Controller):
    """Everything a person may open."""

    @get("/", media_type=MediaType.HTML)
    async def home(self, site: TheSite) -> str:
        """What this is."""
        counts = {tag: len(kind) for tag, kind in sorted(site.world.objects.items())}
        return page("home.html", counts=counts)

    @get("/c/pay/{key:str}", media_type=MediaType.HTML)
    async def checkout_page(self, site: TheSite, key: FromPath[str]) -> str:
        """Where a person pays."""
        return _checkout(site.world, site.world.find("checkout.session", key))

    @post("/c/pay/{key:str}")
    async def pay(self, site: TheSite, request: Wire, key: FromPath[str]) -> Response[Any]:
        """The person presses the button."""
        world, form = site.world, await _form(request)
        session = world.find("checkout.session", key)
        try:
            asked = checkout.complete(world, session, _payer(form))
        except Refusal as refusal:
            text = _checkout(world, session, error=str(refusal), form=form)
            return Response(text, status_code=402, media_type=MediaType.HTML)
        return _to(f"/authenticate/{asked}" if asked else _success(session))

    @get("/authenticate/{key:str}", media_type=MediaType.HTML)
    async def bank_page(self, site: TheSite, key: FromPath[str]) -> str:
        """A bank asks whether it is you."""
        _waiting(site.world, key)
        return page("authenticate.html", key=key)

    @post("/authenticate/{key:str}")
    async def bank_answer(self, site: TheSite, request: Wire, key: FromPath[str]) -> Response[Any]:
        """The person says yes, or no."""
        agreed = (await _form(request)).get("answer") == "yes"
        if key.startswith("pi_"):
            return _answer_payment(site.world, key, agreed=agreed)
        return _answer_checkout(site.world, key, agreed=agreed)

    @get("/i/{key:str}", media_type=MediaType.HTML)
    async def invoice_page(self, site: TheSite, key: FromPath[str]) -> str:
        """An invoice, and a way to pay it."""
        return _invoice(site.world, site.world.find("invoice", key))

    @post("/i/{key:str}")
    async def pay_invoice(self, site: TheSite, request: Wire, key: FromPath[str]) -> Response[Any]:
        """Pays an open invoice with a card that becomes the default."""
        world, form = site.world, await _form(request)
        invoice = world.find("invoice", key)
        try:
            asked = _pay(world, invoice, form)
        except Refusal as refusal:
            text = _invoice(world, invoice, error=str(refusal))
            return Response(text, status_code=402, media_type=MediaType.HTML)
        return _to(asked or f"/i/{key}")

    @get("/i/{key:str}/pdf", media_type="application/pdf")
    async def invoice_paper(self, site: TheSite, key: FromPath[str]) -> bytes:
        """The invoice as a file."""
        return papers.invoice(site.world, site.world.find("invoice", key))

    @get("/credit_notes/{key:str}/pdf", media_type="application/pdf")
    async def credit_paper(self, site: TheSite, key: FromPath[str]) -> bytes:
        """The credit note as a file."""
        return papers.credit_note(site.world.find("credit_note", key))

    @get("/p/session/{key:str}", media_type=MediaType.HTML)
    async def portal_page(self, site: TheSite, key: FromPath[str]) -> str:
        """Where a customer looks after card, subscription and invoices."""
        return portal.show(site.world, site.world.find("billing_portal.session", key))

    @post("/p/session/{key:str}", status_code=HTTP_200_OK)
    async def portal_act(self, site: TheSite, request: Wire, key: FromPath[str]) -> Response[Any]:
        """The customer changes something."""
        session = site.world.find("billing_portal.session", key)
        form = await _form(request)
        try:
            url = portal.act(site.world, session, form)
        except Refusal as refusal:
            text = portal.show(site.world, session, error=str(refusal))
            return Response(text, status_code=402, media_type=MediaType.HTML)
        return _to(url or f"/p/session/{key}")


def _checkout(world: World, session: Json, *, error: str = "", form: Form | None = None) -> str:
    due, _ = checkout.due_today(world, session)
    return page(
        "checkout.html",
        session=session,
        lines=world.note(session["id"])["line_items"],
        due=due,
        card=checkout.needs_card(world, session),
        error=error,
        form=form or {"email": session["customer_email"] or ""},
    )


def _payer(form: Form) -> Payer:
    return Payer(
        number=form.get("number", ""),
        expiry=papers.expiry(form.get("expiry", "")),
        name=form.get("name", ""),
        email=form.get("email", ""),
        country=form.get("country", "").upper(),
        postal_code=form.get("postal_code", ""),
        tax_id=(form.get("tax_id_type", ""), form.get("tax_id", "")),
        promotion_code=form.get("promotion_code", ""),
    )


def _success(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _waiting(world: World, key: str) -> None:
    waits = world.note(key).get("waits") if key in world.notes else None
    intent = world.objects.get("payment_intent", {}).get(key)
    if not waits and not (intent and intent["status"] == "requires_action"):
        raise not_found("authentication", key)


def _answer_checkout(world: World, key: str, *, agreed: bool) -> Response[Any]:
    _waiting(world, key)
    session = world.find("checkout.session", world.note(key)["waits"][0])
    if agreed:
        return _to(_success(checkout.authenticated(world, world.find("payment_method", key))))
    world.note(key).pop("waits")
    error = "We are unable to authenticate your payment method. Please choose another."
    text = _checkout(world, session, error=error)
    return Response(text, status_code=402, media_type=MediaType.HTML)


def _answer_payment(world: World, key: str, *, agreed: bool) -> Response[Any]:
    _waiting(world, key)
    intent = world.find("payment_intent", key)
    note = world.note(key)
    back = f"/i/{note['invoice']}" if note.get("invoice") else "/"
    if agreed:
        note["authenticated"] = True
        method = world.find("payment_method", intent["payment_method"])
        collecting.confirm(world, intent, method, present=True)
    else:
        payments.not_authenticated(world, intent)
    return _to(back)


def _invoice(world: World, invoice: Json, *, error: str = "") -> str:
    intent = payments.intent_of(world, invoice)
    asks = intent["id"] if intent and intent["status"] == "requires_action" else ""
    return page("invoice.html", invoice=invoice, asks=asks, error=error)


def _pay(world: World, invoice: Json, form: Form) -> str | None:
    """Pays; where the bank asks first, the address of its page."""
    method = portal.new_card(world, invoice["customer"], form)
    methods.make_default(world, world.find("customer", invoice["customer"]), method)
    said = collecting.attempt(world, invoice, method, present=True, scheduled=False)
    if said.verdict == "declined":
        raise methods.declined(said.decline_code or "generic_decline")
    intent = payments.intent_of(world, invoice)
    return f"/authenticate/{intent['id']}" if said.verdict == "asks" and intent else None
