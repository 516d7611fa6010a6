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

from domain.meetings.meeting import Meeting
from domain.meetings.presence import Source
from infra.database import ConnectKwargs
from services import bootstrap
from services.bootstrap import running
from services.meetings.commands import OpenMeeting, VoidMeeting
from services.web.live import LiveHub
from tests.support.builders import SIX_PM
from tests.support.house import RealHouse, open_real_house
from tests.support.story import Story

SECRET = b"invented-secret-token"
ROOM = "811 2233 4455"


@pytest.fixture
async def real(database: ConnectKwargs, tmp_path: Path) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path) as opened:
        await opened.running.pool.execute("TRUNCATE inbox, outbox, tool_messages, tool_rooms")
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


@pytest.mark.parametrize("why", ["no_meeting", "no_group"])
async def test_a_message_that_is_nobodys_is_set_aside_and_leaves_no_trace(
    real: RealHouse, door: httpx.AsyncClient, why: str
) -> None:
    await begin(real, why)
    at = real.clock.at = SIX_PM + timedelta(days=400)  # no meeting was planned for that day
    if why == "no_group":
        await real.running.pool.execute("DELETE FROM tool_rooms")
    body = message("joined", "Eve Invented", "eve@example.org", at)
    assert (await send(door, body, at)).status_code == 200
    await real.drain()
    assert await real.fetch("SELECT 1 FROM tool_messages WHERE received_at >= $1", at) == []
    assert await real.fetch("SELECT 1 FROM inbox WHERE payload IS NOT NULL") == []
    (seen,) = await real.house.desk.set_aside()
    assert (seen.source, seen.note, seen.many) == ("zoom", why, 1)
    assert await real.house.desk.stuck() == []


async def test_what_waits_to_be_read_is_sealed(real: RealHouse, door: httpx.AsyncClient) -> None:
    await begin(real, "sealed")
    real.clock.at = SIX_PM
    body = message("joined", "Ana Invented", "sealed-ana@example.org", SIX_PM)
    await send(door, body, SIX_PM)
    in_the_inbox = await real.fetch("SELECT inbox::text FROM inbox")
    await real.drain()
    kept = await real.fetch("SELECT tool_messages::text FROM tool_messages")
    assert in_the_inbox
    assert kept
    for word in ("Ana", "example.org"):
        assert word not in str(in_the_inbox)
        assert word not in str(kept)


async def test_a_message_waits_for_a_schedule_that_is_late_and_is_not_lost(
    real: RealHouse, door: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_SHOWN_WITHIN", 0.0)
    story = real.story("late")
    await story.begin()
    await bootstrap.link_room(real.running, ROOM.replace(" ", ""), story.group)
    await real.drain()
    meeting_id = await story.plan()  # and no view has heard of it yet
    real.clock.at = SIX_PM
    await send(door, message("joined", "Ana", "late-ana@example.org", SIX_PM), SIX_PM)
    take_message = real.running.chores.steps["inbox"]
    for _ in range(20):  # far more often than a failing piece is tried
        await take_message()
        real.clock.move(seconds=30)
    assert await real.fetch("SELECT state, attempts, note FROM inbox WHERE state <> 'done'") == [
        ("waiting", 0, None)
    ]
    await real.drain()
    assert await real.fetch(
        "SELECT count(*) FROM tool_messages WHERE meeting_id = $1", meeting_id
    ) == [(1,)]


async def test_a_message_from_before_positions_were_noted_waits_for_the_whole_log(
    real: RealHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_SHOWN_WITHIN", 0.0)
    story, meeting_id = await begin(real, "older")
    await story.plan("another", start=SIX_PM + timedelta(days=7))  # the view is behind
    real.clock.at = SIX_PM
    body = message("joined", "Ana", "older-ana@example.org", SIX_PM).decode()
    old = {"room": ROOM.replace(" ", ""), "at_ms": int(SIX_PM.timestamp() * 1000), "body": body}
    await real.house.receive("zoom", "older", old)
    await real.running.chores.steps["inbox"]()
    assert (await real.house.desk.waiting())["inbox"] == 1
    await real.drain()
    real.clock.move(seconds=5)
    await real.drain()
    assert await real.fetch(
        "SELECT count(*) FROM tool_messages WHERE meeting_id = $1", meeting_id
    ) == [(1,)]


async def test_what_messages_leave_open_is_kept_for_who_leads_and_replaced_by_the_next_reading(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    _, meeting_id = await begin(real, "bots")
    start, end = SIX_PM, SIX_PM + timedelta(hours=1)
    real.clock.at = start
    mail = "bots-ana@example.org"
    for kind, name, address, at in (
        ("joined", "Otter.ai Notetaker", "", start),
        ("left", "Otter.ai Notetaker", "", end),
        ("joined", "Ana", mail, start),
    ):
        await send(door, message(kind, name, address, at), real.clock.at)
    await real.drain()
    real.clock.at = end + timedelta(minutes=40)
    await real.drain()
    asked = await real.house.open_questions(meeting_id)
    assert "A note-taking service was in the room. Did everybody know?" in asked
    assert "There is a joining without a leaving. When did it end?" in asked
    await send(door, message("left", "Ana", mail, end), real.clock.at)
    real.clock.at += timedelta(minutes=30)
    await real.drain()
    real.clock.at += timedelta(minutes=30)
    await real.drain()
    assert await real.house.open_questions(meeting_id) == [
        "A note-taking service was in the room. Did everybody know?"
    ]


async def test_messages_about_a_meeting_that_does_not_count_are_no_trouble(
    real: RealHouse, door: httpx.AsyncClient
) -> None:
    story, meeting_id = await begin(real, "voided")
    real.clock.at = SIX_PM
    await send(door, message("joined", "Ana", "voided-ana@example.org", SIX_PM), SIX_PM)
    await real.drain()
    await story.do(OpenMeeting(meeting_id=meeting_id, by=story.joy))
    await story.do(VoidMeeting(meeting_id=meeting_id, reason="A fire drill.", by=story.joy))
    real.clock.at = SIX_PM + timedelta(hours=2)
    await real.drain()
    assert await real.house.desk.stuck() == []
    assert await real.fetch("SELECT note FROM outbox WHERE kind = 'observe_messages'") == [
        ("meeting.voided",)
    ]


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
