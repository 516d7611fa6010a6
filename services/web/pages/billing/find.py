"""For administrators: find a payer, see what ought to be nought, replay an event."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import DomainError, NotFound
from domain.money.billing_accounts import billing_account_id
from domain.payments.files import OrderRow
from domain.payments.orders import ForgetPayer, PayBack
from projections import Connection
from projections.billing_desk import queries as desk
from projections.memberships import queries as memberships
from projections.patrons import queries as patrons
from projections.people import queries as people
from services.house import House
from services.money.desk_records import OrderReplay
from services.payments.figures import money_figures
from services.web.forms.orders import Asking, give, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.billing.forms import FIND_FORM, REPLAY_FORM, is_id
from services.web.pages.billing.view import drifts_of, name_of, subject_of
from services.web.pages.memberships.view import ask_service
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page, zone_of_reader
from services.web.words import billing as billing_words

_NOTHING: Final = "Nobody and nothing here is known by that."


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody, or something, that was found.

    Attributes:
        name: what it is called.
        address: where it leads: to the account, or to what a person without one may do.
    """

    name: str
    address: str


class BillingDeskController(Controller):
    """``/admin/billing``."""

    path = "/admin/billing"
    guards = (administrator,)

    @get()
    async def index(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what waits for a person about money, and ask whom to find."""
        return await _page(request, house)

    @post()
    async def find(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Lead to the account; what was typed stands in no address of ours."""
        form = FIND_FORM.read(await request.form())
        if not form.ok:
            return await _page(request, house, form=form, status=400)
        text: str = form["who"]
        if is_id(text) and "@" not in text:
            await ask_service(request, person_id)
            found = await _by_id(house, text)
        else:
            found = await _by_name(house, text)
        if not found:
            form = form.with_errors({"who": _NOTHING})
            return await _page(request, house, form=form, status=404)
        if len(found) > 1:
            return await _page(request, house, form=form, found=found)
        return Redirect(found[0].address, status_code=303)

    @get("/orders/{effect_id:uuid}")
    async def order(self, effect_id: FromPath[UUID], house: TheHouse) -> Redirect:
        """Lead from an order among the stuck things to the account that it is about."""
        files = house.payment_files
        row = None if files is None else await files.order(effect_id)
        account_id = None if row is None else await _account_of_order(house, row)
        if account_id is None:
            raise NotFound("This order is not stuck any more, or nobody knows whose it is.")
        return Redirect(_address(account_id), status_code=303)

    @post("/replay")
    async def replay(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Have an event handled once more, whoever it is about."""
        sent = await request.form()
        form = REPLAY_FORM.read(sent)
        if not form.ok:
            return await _page(request, house, replay=form, status=400)
        message_id: str = form["message_id"]
        accounts = await _accounts_of_message(house, message_id)
        account_id = accounts[0] if len(accounts) == 1 else None
        command = OrderReplay(account_id=account_id, message_id=message_id, by=person_id)
        order = order_from_form(request, sent, person_id)
        await give(house, command, order, "memberships", "billing_desk")
        return Redirect("/admin/billing?done=replayed", status_code=303)


async def _page(
    request: Asking,
    house: House,
    *,
    status: int = 200,
    form: Filled | None = None,
    replay: Filled | None = None,
    found: Sequence[Found] = (),
) -> Response[str]:
    drifts = await drifts_of(house)
    async with house.views() as conn:
        proposals = await desk.proposals(conn)
        questions = await memberships.open_questions(conn)
        whose = await desk.whose(conn, [subject_of(each) for each in drifts])
        asked_of = {
            each.membership_id: row.account_id
            for each in questions
            if (row := await memberships.membership(conn, each.membership_id)) is not None
        }
        names = await names_of(conn, {each.proposed_by for each in proposals})
    return await subject_page(
        request,
        "billing/desk.html",
        status=status,
        here="you",
        form=form or FIND_FORM.blank(),
        replay=replay or REPLAY_FORM.blank(),
        found=found,
        figures=await money_figures(house),
        zone=await zone_of_reader(request, house),
        left_out=[] if house.drift is None else await house.drift.left_out(),
        drifts=[(each, whose.get(subject_of(each))) for each in drifts],
        proposals=proposals,
        questions=questions,
        asked_of=asked_of,
        names=names,
        billing=billing_words,
        takes_dues=house.takes_dues,
    )


async def _by_name(house: House, text: str) -> list[Found]:
    """Find people by address or name, and practices by name."""
    member_id = await house.vault.person_with_mail(text) if "@" in text else None
    async with house.views() as conn:
        if member_id is not None:
            person = await people.person(conn, member_id)
            rows = [] if person is None else [person]
        else:
            rows = [] if "@" in text else await people.named(conn, text)
        practices = [] if "@" in text else await patrons.practices_named(conn, text)
        found = [await _person(conn, each.member_id, each.name) for each in rows]
    return found + [
        Found(each.name, _address(billing_account_id(each.practice_id))) for each in practices
    ]


async def _person(conn: Connection, member_id: UUID, name: str) -> Found:
    account_id = billing_account_id(member_id)
    if await memberships.payer(conn, account_id) is None:  # never began or paid anything
        return Found(name, f"/admin/access/{member_id}")
    return Found(name, _address(account_id))


async def _by_id(house: House, text: str) -> list[Found]:
    """Find accounts by an id of the payment service's: what we met, and then what it says."""
    accounts = await _accounts_of_message(house, text)
    if not accounts:
        accounts = await _told_by_service(house, text)
    found = []
    async with house.views() as conn:
        for account_id in accounts:
            payer = await memberships.payer(conn, account_id)
            if payer is not None:
                found.append(Found(await name_of(conn, payer), _address(account_id)))
    return found


async def _accounts_of_message(house: House, text: str) -> list[UUID]:
    """Return the accounts that an id belongs to; of a message, those of what it is about."""
    message = None
    if house.payment_files is not None:
        message = await house.payment_files.message(text)
    root = [] if message is None or message.root is None else [message.root]
    async with house.views() as conn:
        return await desk.accounts_of(conn, [text, *root])


async def _account_of_order(house: House, row: OrderRow) -> UUID | None:
    """Return whose account an order is about."""
    if row.order is None:
        return None
    if isinstance(row.order, (PayBack, ForgetPayer)):
        return row.order.account_id
    async with house.views() as conn:
        found = await memberships.membership(conn, row.order.membership_id)
    return None if found is None else found.account_id


async def _told_by_service(house: House, text: str) -> list[UUID]:
    """Ask the service whose something is that we never met; nothing when it does not say."""
    if house.payments is None:
        return []
    with contextlib.suppress(DomainError):  # away, or unknown there too: nothing is found
        if text.startswith("sub_"):
            account_id = (await house.payments.look(text)).account_id
            return [] if account_id is None else [account_id]
        if text.startswith("in_"):
            customer_id, _ = await house.payments.invoice(text)
            async with house.views() as conn:
                return await desk.accounts_of(conn, [customer_id])
    return []


def _address(account_id: UUID) -> str:
    return f"/admin/billing/{account_id}"
