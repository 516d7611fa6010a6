"""The payment service's door: what is kept, and the answer to everything that is not to be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
import stripe
from prometheus_client import CollectorRegistry

from infra.database import ConnectKwargs
from services import bootstrap
from services.web import hooks
from services.web.live import LiveHub
from tests.support.house import RealHouse
from tests.support.paying_house import (
    HOOK_SECRET,
    NEXT_HOOK_SECRET,
    open_paying_house,
    signed,
)


@pytest.fixture(scope="module")
async def opened(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_paying_house(database, tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture
async def real(opened: RealHouse) -> RealHouse:
    await opened.running.pool.execute("TRUNCATE inbox, rate_limits")
    return opened


@pytest.fixture
async def door(real: RealHouse) -> AsyncIterator[httpx.AsyncClient]:
    app = bootstrap.web_app(real.running, LiveHub(), CollectorRegistry())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # any ASGI callable will do
    async with httpx.AsyncClient(
        transport=transport, base_url="https://peerhour.example"
    ) as client:
        yield client


def event(**changes: Any) -> str:
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "invoice.paid",
            "api_version": stripe.api_version,
            "created": 1_800_000_000,
            "livemode": False,
            "request": {"id": None, "idempotency_key": None},
            "data": {
                "object": {
                    "id": "in_1",
                    "object": "invoice",
                    "customer": "cus_1",
                    "customer_email": "ana@example.org",
                    "customer_name": "Ana Invented",
                    "hosted_invoice_url": "https://pay.example/secret-page",
                    "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {}}},
                }
            },
        }
        | changes
    )


async def send(
    door: httpx.AsyncClient, body: str | bytes, header: str | bytes | None = None
) -> httpx.Response:
    headers = {b"content-type": b"application/json"}
    if header is not None:
        headers[b"stripe-signature"] = header.encode() if isinstance(header, str) else header
    return await door.post("/hooks/stripe", content=body, headers=headers)


async def kept(real: RealHouse) -> list[tuple[Any, ...]]:
    return await real.fetch(
        "SELECT external_id, root_key, came_by, state, note FROM inbox ORDER BY external_id"
    )


async def test_a_signed_message_is_kept_once_under_its_subscription(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    body = event()
    for _ in range(2):
        answer = await send(door, body, signed(body, real.clock))
        assert (answer.status_code, answer.content) == (200, b"")
    assert await kept(real) == [("evt_1", "sub_1", "webhook", "waiting", None)]


async def test_what_is_kept_is_sealed_and_names_nobody(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    body = event()
    await send(door, body, signed(body, real.clock))
    ((stored,),) = await real.fetch("SELECT payload FROM inbox")
    assert "cus_1" not in stored
    news = real.running.news.inbox
    assert news is not None
    opened: list[Any] = []

    async def look(_root: str, pieces: Any) -> dict[Any, Any]:
        opened.extend(piece.payload for piece in pieces)
        return {}

    assert await news.work_one(look) == 1
    text = json.dumps(opened)
    assert "cus_1" in text
    for word in ("Ana", "example.org", "secret-page"):
        assert word not in text


@pytest.mark.parametrize("secret", [HOOK_SECRET, NEXT_HOOK_SECRET])
async def test_while_a_secret_is_replaced_either_opens_the_door(
    real: RealHouse, door: httpx.AsyncClient, secret: str
) -> None:
    body = event()
    assert (await send(door, body, signed(body, real.clock, secret=secret))).status_code == 200


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_five_minutes_either_way_are_now(
    real: RealHouse, door: httpx.AsyncClient, seconds: int
) -> None:
    body = event()
    header = signed(body, real.clock, seconds=seconds)
    assert (await send(door, body, header)).status_code == 200


HEADERS = {
    "none": None,
    "empty": "",
    "no time": "v1=abc",
    "two times": "t=1,t=2,v1=abc",
    "time of words": "t=soon,v1=abc",
    "time of other digits": "t=١٨٠٠,v1=abc".encode(),
    "endless time": f"t={'9' * 400},v1=abc",
    "endless": f"t=1,v1={'a' * 5000}",
    "only commas": ",,,,",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
async def test_without_a_signature_nothing_is_kept(
    real: RealHouse, door: httpx.AsyncClient, header: str | bytes | None
) -> None:
    answer = await send(door, event(), header)
    assert (answer.status_code, answer.json()["code"]) == (400, "hook.bad_message")
    assert await kept(real) == []


@pytest.mark.parametrize("letters", ["é", "\x80", "签"])
async def test_a_signature_of_other_letters_is_refused_like_any_other(
    real: RealHouse, door: httpx.AsyncClient, letters: str
) -> None:
    header = f"t={int(real.clock.now().timestamp())},v1={letters}".encode()
    answer = await send(door, event(), header)
    assert (answer.status_code, answer.json()["code"]) == (400, "hook.bad_message")
    assert await kept(real) == []


async def test_forged_altered_old_and_future_messages_are_refused_alike(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    body = event()
    good = signed(body, real.clock)
    answers = [
        await send(door, body, signed(body, real.clock, secret="whsec_somebody_else")),
        await send(door, body.replace("in_1", "in_2"), good),
        await send(door, body, signed(body, real.clock, seconds=-301)),
        await send(door, body, signed(body, real.clock, seconds=301)),
        await send(door, body, good.replace("v1=", "v0=")),
        await send(door, body, good.replace("t=", "t=1")),
    ]
    assert {each.status_code for each in answers} == {400}
    said = {(each.json()["code"], each.json()["detail"]) for each in answers}
    assert said == {("hook.bad_message", "This is no message that we can take.")}
    assert await kept(real) == []


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x80" * 1000])
async def test_bytes_that_are_no_text_are_refused(
    real: RealHouse, door: httpx.AsyncClient, body: bytes
) -> None:
    answer = await send(door, body, f"t={int(real.clock.now().timestamp())},v1=abc")
    assert answer.status_code == 400


NONSENSE = {
    "nothing": "",
    "half": "{",
    "a list": "[]",
    "a text": '"evt_1"',
    "a number": "1",
    "no id": '{"object":"event"}',
    "an id of blanks": '{"object":"event","id":"evt 1"}',
    "an id that is no text": '{"object":"event","id":{"a":1}}',
    "an endless id": json.dumps({"object": "event", "id": "e" * 300}),
    "depth": "[" * 5000,
    "depth that can be decoded": event(deep="...").replace('"..."', "[" * 700 + "]" * 700),
    "not a number": '{"id":"evt_1","created":NaN}',
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
async def test_signed_nonsense_is_refused_by_name(
    real: RealHouse, door: httpx.AsyncClient, body: str
) -> None:
    answer = await send(door, body, signed(body, real.clock))
    assert (answer.status_code, answer.json()["code"]) == (400, "hook.bad_message")
    assert await kept(real) == []


FOREIGN = {
    "real money": ({"livemode": True}, "foreign_mode"),
    "no mode": ({"livemode": None}, "foreign_mode"),
    "another account": ({"account": "acct_other"}, "foreign_account"),
    "thin": ({"object": "v2.core.event", "data": {}}, "foreign_shape"),
    "no data": ({"data": None}, "foreign_shape"),
    "data of words": ({"data": {"object": "in_1"}}, "foreign_shape"),
}


@pytest.mark.parametrize(("changes", "note"), FOREIGN.values(), ids=FOREIGN)
async def test_what_is_none_of_ours_is_answered_counted_and_not_kept(
    real: RealHouse, door: httpx.AsyncClient, changes: dict[str, Any], note: str
) -> None:
    body = event(**changes)
    for _ in range(2):
        assert (await send(door, body, signed(body, real.clock))).status_code == 200
    assert await kept(real) == [("evt_1", None, None, "done", note)]
    assert await real.fetch("SELECT 1 FROM inbox WHERE payload IS NOT NULL") == []
    (seen,) = await real.house.desk.set_aside()
    assert (seen.source, seen.note, seen.many) == ("stripe", note, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "moon.full"},
        {"type": None},
        {"type": "invoice.paid", "data": {"object": {"id": "in_1", "object": "moon"}}},
        {"api_version": "2019-01-01"},
        {"data": {"object": {"id": "in_1\u0000", "object": "invoice"}}},
        {"data": {"object": {"id": "x" * 4000, "object": "invoice"}}},
        {"type": "in\u0000voice"},
    ],
    ids=["unknown", "no kind", "unknown thing", "other version", "nul", "endless", "nul kind"],
)
async def test_what_nobody_knows_yet_is_kept_and_answered(
    real: RealHouse, door: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    body = event(**changes)
    assert (await send(door, body, signed(body, real.clock))).status_code == 200
    assert [row[3] for row in await kept(real)] == ["waiting"]


async def test_a_message_without_a_subscription_waits_under_its_customer_or_itself(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    things = [
        {"id": "re_1", "object": "refund", "customer": "cus_1"},
        {"id": "cus_1", "object": "customer"},
        {"id": "du_1", "object": "dispute", "charge": "ch_1"},
        {"id": "in_1", "object": "invoice", "customer": "cus_1", "parent": None},
    ]
    for number, thing in enumerate(things):
        body = event(id=f"evt_{number}", data={"object": thing})
        await send(door, body, signed(body, real.clock))
    assert [row[1] for row in await kept(real)] == ["cus_1", "cus_1", "du_1", "cus_1"]


async def test_half_a_megabyte_is_taken_and_more_is_not(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    room = hooks.STRIPE_LIMIT - len(event(padding=""))
    fits, over = event(padding="x" * room), event(padding="x" * (room + 1))
    assert len(fits) == 512 * 1024
    assert (await send(door, fits, signed(fits, real.clock))).status_code == 200
    answer = await send(door, over, signed(over, real.clock))
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * 65_536

    answer = await door.post("/hooks/stripe", content=in_pieces())
    assert answer.status_code == 413


async def test_who_keeps_forging_is_asked_to_wait_and_real_messages_still_come_in(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    body = event()
    answers = [await send(door, body, "t=1,v1=a") for _ in range(hooks.FORGERIES.limit + 1)]
    assert {each.status_code for each in answers[:-1]} == {400}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (await send(door, body, signed(body, real.clock))).status_code == 200


async def test_a_message_that_cannot_be_kept_is_asked_for_again(
    real: RealHouse,
) -> None:
    door = real.running.house.payments_door
    assert door is not None

    class Away:
        async def receive(self, *_: Any, **__: Any) -> bool:
            raise asyncpg.CannotConnectNowError

        async def set_aside(self, *_: Any) -> bool:
            raise OSError

    house = replace(real.running.house, payments_door=replace(door, letterbox=Away()))
    app = bootstrap.web_app(replace(real.running, house=house), LiveHub(), CollectorRegistry())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # any ASGI callable will do
    async with httpx.AsyncClient(
        transport=transport, base_url="https://peerhour.example"
    ) as client:
        for body in (event(), event(livemode=True)):
            answer = await send(client, body, signed(body, real.clock))
            assert answer.status_code == 503
            assert answer.headers["retry-after"]


async def test_nothing_of_a_body_is_logged(
    real: RealHouse, door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    body = event()
    await send(door, body, signed(body, real.clock))
    await send(door, body, "t=1,v1=a")
    await send(door, event(api_version="2019-01-01", id="evt_2"), "")
    said = capsys.readouterr()
    for word in ("cus_1", "Ana", "example.org", "sub_1"):
        assert word not in said.out + said.err


async def test_a_house_that_takes_no_dues_has_no_such_door(real: RealHouse) -> None:
    house = replace(real.running.house, payments_door=None)
    app = bootstrap.web_app(replace(real.running, house=house), LiveHub(), CollectorRegistry())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # any ASGI callable will do
    async with httpx.AsyncClient(
        transport=transport, base_url="https://peerhour.example"
    ) as client:
        body = event()
        assert (await send(client, body, signed(body, real.clock))).status_code == 404
