from __future__ import annotations

import json

from infra.attendance_files import parse_scheduled, to_json
from tests.infra.attendance_files.reports import read, zoom


def test_the_answer_is_plain_json_with_instants_in_utc() -> None:
    above = "Topic: Peer hour\nMeeting ID: 812 3456 7890\nStart Time: 2026-03-25 18:00\n"
    rows = (
        "Ana,Ana@example.org,2026-03-25 18:00,2026-03-25 18:50,50,No",
        "Otter.ai,,2026-03-25 18:00,2026-03-25 19:10,70,No",
    )
    window = parse_scheduled("2026-03-25T17:00:00Z/2026-03-25T18:00:00Z")
    answer = to_json(read(zoom(*rows, above=above), zone="Europe/Berlin", scheduled=window))

    assert json.loads(json.dumps(answer)) == {
        "format": "zoom_participants",
        "zone": "Europe/Berlin",
        "meeting": {
            "topic": "Peer hour",
            "meeting_id": "81234567890",
            "starts_at": "2026-03-25T17:00:00Z",
            "ends_at": None,
        },
        "people": [
            {
                "names": ["Ana"],
                "emails": ["ana@example.org"],
                "stays": [{"from": "2026-03-25T17:00:00Z", "to": "2026-03-25T17:50:00Z"}],
                "seconds": 3000,
                "seconds_in_window": 3000,
                "reported_minutes": 50,
                "evidence": "strong",
                "kind": "person",
            },
            {
                "names": ["Otter.ai"],
                "emails": [],
                "stays": [{"from": "2026-03-25T17:00:00Z", "to": "2026-03-25T18:10:00Z"}],
                "seconds": 4200,
                "seconds_in_window": 3600,
                "reported_minutes": 70,
                "evidence": "moderate",
                "kind": "bot",
            },
        ],
        "questions": [
            {
                "code": "bot_present",
                "text": "A note-taking service was in the room. Did everybody know?",
                "people": ["Otter.ai"],
            }
        ],
    }
