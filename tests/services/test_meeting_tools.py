"""The meeting tool's door: signed messages, gathered, read together after the meeting."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from domain.meetings import Meeting
from domain.presence import Source
from infra.database import ConnectKwargs
from services import bootstrap
from services.web.live import LiveHub
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

SECRET = b"invented-secret-token"
ROOM = "811 2233 4455"


@pytest.fixture
async def real(database: ConnectKwargs, tmp_path: Path) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path) as opened:
        yield opened


@pytest.fixture
async def door(real: RealHouse) -> AsyncIterator[httpx.AsyncClient]:
    house = replace(real.running.house, meeting_tool_secret=SECRET)
    app = bootstrap.web_app(replace(real.running, house=house), LiveHub(), CollectorRegistry())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # any ASGI callable will do
    async with httpx.AsyncClient(
        transport=transport, base_url="https://peerhour.example"
    ) as client:
        yield client


def message(kind: str, name: str, mail: str, at: datetime) -> bytes:
    time = "join_time" if kind == "joined" else "leave_time"
    return json.dumps(
        {
            "event": f"meeting.participant_{kind}",
            "event_ts": int(at.timestamp() * 1000),
            "payload": {
                "object": {
                    "id": ROOM.replace(" ", ""),
                    "uuid": "abc==",
                    "topic": "x",
                    "participant": {
                        "user_id": mail,
                        "user_name": name,
                        "email": mail,
                        time: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    },
                }
            },
        }
    ).encode()


async def send(
    door: httpx.AsyncClient, body: bytes, at: datetime, *, secret: bytes = SECRET
) -> httpx.Response:
    stamp = str(int(at.timestamp()))
    signature = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return await door.post(
        "/hooks/zoom",
        content=body,
        headers={
            "content-type": "application/json",
            "x-zm-request-timestamp": stamp,
            "x-zm-signature": f"v0={signature}",
        },
    )


async def begin(real: RealHouse, name: str) -> tuple[Story, Any]:
    story = real.story(name)
    await story.begin()
    await real.house.vault.keep_mail(story.ana, f"{name}-ana@example.org")
    meeting_id = await story.plan()
    await bootstrap.link_room(real.running, ROOM.replace(" ", ""), story.group)
    await real.drain()
    return story, meeting_id


async def test_messages_out_of_order_and_repeated_become_one_report(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    story, meeting_id = await begin(real, "door")
    mail = "door-ana@example.org"
    start, end = SIX_PM, SIX_PM + timedelta(hours=1)
    real.clock.at = end
    left = message("left", "Ana", mail, end - timedelta(minutes=2))
    joined = message("joined", "Ana", mail, start + timedelta(minutes=1))
    for body in (left, joined, joined):
        assert (await send(door, body, real.clock.at)).status_code == 200
    await real.drain()
    before = await story.known(Meeting, meeting_id)
    assert before.recorded_presence_of(story.ana) == []
    real.clock.at = end + timedelta(minutes=40)
    await real.drain()
    (stay,) = (await story.known(Meeting, meeting_id)).recorded_presence_of(story.ana)
    assert stay.source is Source.WEBHOOK
    assert stay.interval.length == timedelta(minutes=57)
    assert await real.house.desk.stuck() == []


async def test_the_inbox_forgets_what_it_held(real: RealHouse, door: httpx.AsyncClient) -> None:
    await begin(real, "inbox")
    real.clock.at = SIX_PM
    body = message("joined", "Ana Invented", "inbox-ana@example.org", SIX_PM)
    await send(door, body, SIX_PM)
    await real.drain()
    rows = await real.fetch("SELECT payload FROM inbox WHERE source = 'zoom'")
    assert rows
    assert {payload for (payload,) in rows} == {None}


async def test_a_room_that_is_nobodys_leaves_no_trace(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    at = real.clock.at = SIX_PM + timedelta(days=400)  # no meeting was planned for that day
    body = message("joined", "Eve Invented", "eve@example.org", at)
    assert (await send(door, body, at)).status_code == 200
    await real.drain()
    assert await real.fetch("SELECT 1 FROM tool_messages WHERE body LIKE '%Eve Invented%'") == []


async def test_the_question_whose_door_it_is_is_answered(door: httpx.AsyncClient) -> None:
    body = b'{"event":"endpoint.url_validation","event_ts":1,"payload":{"plainToken":"abc"}}'
    answer = (await send(door, body, SIX_PM)).json()
    proof = hmac.new(SECRET, b"abc", hashlib.sha256).hexdigest()
    assert answer == {"plainToken": "abc", "encryptedToken": proof}


async def test_forged_old_and_unsigned_messages_find_no_door(door: httpx.AsyncClient) -> None:
    body = message("joined", "Ana", "a@example.org", SIX_PM)
    forged = await send(door, body, SIX_PM, secret=b"another")
    old = await send(door, body, SIX_PM - timedelta(minutes=6))
    bare = await door.post("/hooks/zoom", content=body)
    assert [each.status_code for each in (forged, old, bare)] == [404, 404, 404]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"event":1}',
        b'{"event":"meeting.participant_joined","event_ts":-1,"payload":{"object":{"id":"1"}}}',
        b'{"event":"meeting.participant_joined","event_ts":99999999999999999999}',
        b'{"event":"meeting.participant_joined","event_ts":9007199254740993,"payload":{"object":{}}}',
        b"[" * 5000,
    ],
)
async def test_signed_nonsense_is_refused_by_name(door: httpx.AsyncClient, body: bytes) -> None:
    answer = await send(door, body, SIX_PM)
    assert answer.status_code == 400
    assert answer.json()["code"]


async def test_without_a_secret_there_is_no_door(real: RealHouse) -> None:
    app = bootstrap.web_app(real.running, LiveHub(), CollectorRegistry())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # any ASGI callable will do
    async with httpx.AsyncClient(
        transport=transport, base_url="https://peerhour.example"
    ) as client:
        body = message("joined", "Ana", "a@example.org", SIX_PM)
        assert (await send(client, body, SIX_PM, secret=b"")).status_code == 404
