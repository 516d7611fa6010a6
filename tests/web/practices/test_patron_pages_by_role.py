"""Who may see and do what with practices, scholarships, funds and gifts, where there are dues."""

from __future__ import annotations

from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Work
from services.memberships.gifts import GiveMonths
from services.memberships.scholarships import OpenFund
from services.money.billing import OpenPractice
from services.practices.commands import AskToComeIn
from tests.support.billing_house import BillingHouse

ROLES = ("nobody", "member", "holder", "manager", "administrator")
SIGN_IN, OK, BACK, BAD, WHO, HIDDEN, NO, SAYS_NO = 303, 200, 303, 400, 401, 404, 403, 422
OURS = (
    "/practices",
    "/seats",
    "/scholarship",
    "/funds",
    "/gifts",
    "/admin/funds",
    "/admin/gifts",
    "/admin/practices",
)

READING = {
    # address: nobody, member, holder of a seat, manager, administrator
    "/practices": (SIGN_IN, OK, OK, OK, OK),
    "/practices/{practice}": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{joy}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/start": (SIGN_IN, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{practice}/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/return?session_id=cs_1": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/seats": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/seats?count=4": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/seats?count=x": (SIGN_IN, HIDDEN, HIDDEN, BAD, HIDDEN),
    "/practices/{practice}/invoices": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/invoices/in_1/page": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/invoices/in_1/file": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/invoices/in_1/confirmation": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/money": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/money/money.csv": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/money/money.json": (SIGN_IN, HIDDEN, HIDDEN, OK, HIDDEN),
    "/practices/{practice}/money/{word}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{practice}/{seat}/{word}": (OK, OK, OK, OK, OK),
    "/seats/{practice}/{seat}/wrong": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{joy}/{seat}/{word}": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/scholarship": (SIGN_IN, OK, OK, OK, OK),
    "/funds": (OK, OK, OK, OK, OK),
    "/funds/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts": (SIGN_IN, OK, OK, OK, OK),
    "/gifts/return": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts/{gift}/{gift_word}": (OK, OK, OK, OK, OK),
    "/gifts/{gift}/{word}": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts/{joy}/{gift_word}": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/admin/funds": (SIGN_IN, NO, NO, NO, OK),
    "/admin/gifts": (SIGN_IN, NO, NO, NO, OK),
    "/admin/practices": (SIGN_IN, NO, NO, NO, OK),
    "/admin/practices/{practice}/entries/{seat}": (SIGN_IN, NO, NO, NO, OK),
    "/admin/practices/{practice}/entries/{joy}": (SIGN_IN, NO, NO, NO, HIDDEN),
    "/admin/practices/{joy}/entries/{seat}": (SIGN_IN, NO, NO, NO, HIDDEN),
}
DOING = {
    # Asked so that no case changes anything for the next.
    "/practices": (WHO, BAD, BAD, BAD, BAD),
    "/practices/{practice}/start": (WHO, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{practice}/card": (WHO, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{bare}/card": (WHO, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{bare}/end": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/end/undo": (WHO, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{practice}/close": (WHO, HIDDEN, HIDDEN, SAYS_NO, HIDDEN),
    "/practices/{practice}/invoices/in_1/confirmation": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/practices/{practice}/contact": (WHO, HIDDEN, HIDDEN, BAD, HIDDEN),
    "/practices/{practice}/seats": (WHO, HIDDEN, HIDDEN, BAD, HIDDEN),
    "/practices/{practice}/offers": (WHO, HIDDEN, HIDDEN, BAD, HIDDEN),
    "/practices/{practice}/offers/{joy}/withdraw": (WHO, HIDDEN, HIDDEN, BACK, HIDDEN),
    "/practices/{practice}/seats/{bo}/release": (WHO, NO, NO, SAYS_NO, NO),
    "/practices/{practice}/seats/{bo}/freeze": (WHO, NO, NO, SAYS_NO, NO),
    "/practices/{practice}/seats/{holder}/thaw": (WHO, NO, BACK, BACK, NO),
    "/practices/{practice}/managers": (WHO, HIDDEN, HIDDEN, BAD, HIDDEN),
    "/practices/{practice}/managers/{joy}/relieve": (WHO, HIDDEN, HIDDEN, SAYS_NO, HIDDEN),
    "/seats/{practice}/{seat}/wrong": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{practice}/{gone}/{gone_word}": (WHO, SAYS_NO, BACK, SAYS_NO, SAYS_NO),
    "/seats/{practice}/{seat}/wrong/come-in": (HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/seats/{practice}/{gone}/{gone_word}/come-in": (SAYS_NO, SAYS_NO, SAYS_NO, SAYS_NO, SAYS_NO),
    "/scholarship": (WHO, BAD, BAD, BAD, BAD),
    "/scholarship/renew": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/funds/{fund}/gifts": (WHO, BAD, BAD, BAD, BAD),
    "/funds/{joy}/gifts": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/gifts": (WHO, BAD, BAD, BAD, BAD),
    "/gifts/{gift}/{word}": (WHO, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/admin/funds": (WHO, NO, NO, NO, BAD),
    "/admin/gifts": (WHO, NO, NO, NO, BAD),
    "/admin/practices/{practice}/managers": (WHO, NO, NO, NO, BAD),
    "/admin/practices/{practice}/entries/{seat}/let-in": (WHO, NO, NO, NO, BAD),
    "/admin/practices/{practice}/entries/{joy}/decline": (WHO, NO, NO, NO, HIDDEN),
}
ELSEWHERE = {"/scholarship/end"}  # refuses nobody: whoever has none ends none


@pytest.fixture(scope="module")
async def names(dues: BillingHouse) -> dict[str, object]:
    """What the addresses of the tables stand for: Joy's practice, with a seat that is Ana's."""
    story, house = dues.story, dues.real.house
    practice, bare, seat, gone = (story.id(each) for each in ("practice", "bare", "seat", "gone"))
    for each in (practice, bare):
        await story.do(OpenPractice(practice_id=each, name="Harbour practice", by=story.joy))
    page = f"/practices/{practice}"
    start = f"{page}/start?currency=EUR"
    sent = await dues.ask(story.joy, start, f"{page}/start", count="3", plan="seat-monthly")
    back = await dues.pay(sent.headers["location"], "4242424242424242")
    async with await dues.browser(story.joy) as browser:
        await browser.get(back)
    await dues.settle()
    for address, taker in (("ana@example.org", story.ana), ("later@example.org", None)):
        await dues.ask(story.joy, page, f"{page}/offers", email=address)
        if taker is not None:
            pool = await story_pool(dues, practice)
            gone = next(iter(pool.offers))
            link = house.links.of_seat(practice, gone).removeprefix(house.origin)
            assert (await dues.ask(taker, link)).status_code == 303
    seat = next(iter((await story_pool(dues, practice)).offers))
    await story.do(AskToComeIn(practice_id=practice, seat_id=seat))
    fund, gift = story.id("fund"), story.id("gift")
    await story.do(OpenFund(fund_id=fund, name="For anybody", currency="EUR", by=story.admin))
    await story.do(GiveMonths(gift_id=gift, months=1, giver_id=None))
    await dues.settle()
    return {
        "practice": practice,
        "bare": bare,
        "seat": seat,
        "word": house.links.of_seat(practice, seat).rpartition("/")[2],
        "gone": gone,
        "gone_word": house.links.of_seat(practice, gone).rpartition("/")[2],
        "fund": fund,
        "gift": gift,
        "gift_word": house.links.of_gift(gift).rpartition("/")[2],
        "joy": story.joy,
        "bo": story.bo,
        "holder": story.ana,
    }


async def story_pool(dues: BillingHouse, practice: UUID) -> SeatPool:
    return await Work(dues.real.house.store, practice).load(SeatPool, seat_pool_id(practice))


def person(dues: BillingHouse, role: str) -> UUID | None:
    story = dues.story
    return {
        "nobody": None,
        "member": story.eve,
        "holder": story.ana,
        "manager": story.joy,
        "administrator": story.admin,
    }[role]


@pytest.mark.parametrize("address", READING)
@pytest.mark.parametrize("role", ROLES)
async def test_reading_is_for_whom_it_is_for(
    dues: BillingHouse, names: dict[str, object], role: str, address: str
) -> None:
    async with await dues.browser(person(dues, role)) as client:
        answer = await client.get(address.format(**names))
    assert answer.status_code == READING[address][ROLES.index(role)], answer.text[:2000]


@pytest.mark.parametrize("address", DOING)
@pytest.mark.parametrize("role", ROLES)
async def test_doing_is_for_whom_it_is_for(
    dues: BillingHouse, names: dict[str, object], role: str, address: str
) -> None:
    async with await dues.browser(person(dues, role)) as client:
        answer = await client.post(address.format(**names), data={"a": "b"})
    assert answer.status_code == DOING[address][ROLES.index(role)], answer.text[:2000]


def test_the_tables_name_every_address_of_theirs(dues: BillingHouse) -> None:
    routes = [each for each in dues.app.litestar.routes if isinstance(each, HTTPRoute)]
    for method, table in (("GET", READING), ("POST", DOING)):
        known = {
            _shape(each.path)
            for each in routes
            if each.path.startswith(OURS) and method in each.methods
        }
        assert known
        assert known - {_shape(each) for each in ELSEWHERE} <= {_shape(each) for each in table}


def _shape(path: str) -> str:
    plain = path.partition("?")[0]
    return "/".join(
        "{}" if part.startswith("{") or part in {"in_1", "wrong"} else part
        for part in plain.split("/")
    )
