"""Nothing a client sends to a subject's page ends in a fault."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.groups.series import PlanSeries
from tests.support import outside
from tests.support.builders import SIX_PM
from tests.support.pages import Pages

WORDS = (
    "", " ", "'; DROP TABLE events; --", "<script>", "{{ 7*7 }}", "\u202e", "é" * 5000, "-1",
    "9" * 400, "00000000-0000-0000-0000-000000000000", "2026-02-30", "0001-01-01", "9999-12-31",
    "24:00", "\ud7ff\ufdd0", "../../etc/passwd", "True", "\r\nX: y", "\x1b[31m",
)  # fmt: skip
FORMS = {
    "/groups/{group}/meetings": ("title", "day", "time", "minutes", "modality", "command_id"),
    "/groups/{group}/members": ("email", "command_id"),
    "/groups/{group}/corridor": ("text", "to", "just_listen", "command_id"),
    "/groups/{group}/corridor/{ana}/take-back": ("command_id",),
    "/groups/{group}/corridor/{ana}/remove": ("command_id",),
    "/groups/{group}/leave": ("command_id",),
    "/groups/{group}/program": ("program", "seen", "command_id"),
    "/groups/{group}/members/{ana}/remove": ("reason", "command_id"),
    "/groups/{group}/facilitator": ("member_id", "seen", "command_id"),
    "/credits/outside/{entered}/remove": ("reason", "command_id"),
    "/groups/{group}/rhythm": (
        "weekday", "time", "minutes", "every_weeks", "starts_on", "seen", "command_id",
    ),
    "/meetings/{open}/move": ("day", "time", "minutes", "seen", "command_id"),
    "/meetings/{open}/title": ("title", "seen", "command_id"),
    "/meetings/{open}/program": ("program", "seen", "command_id"),
    "/meetings/{open}/regrets": ("starts_at", "command_id"),
    "/meetings/{open}/regrets/{ana}/take-back": ("command_id",),
    "/meetings/{open}/call-off": ("reason", "seen", "command_id"),
    "/meetings/{open}/facilitator": ("member_id", "seen", "command_id"),
    "/meetings/{open}/open": ("seen", "command_id"),
    "/meetings/{open}/check-in": ("door_code", "command_id"),
    "/meetings/{open}/check-out": ("command_id",),
    "/meetings/{open}/attestations": ("member_id", "command_id"),
    "/meetings/{open}/evaluations": (
        "content_met_objectives", "facilitation", "useful_for_practice", "command_id",
    ),
    "/meetings/{open}/turns": ("member_id", "command_id"),
    "/meetings/{open}/roster": ("member_id", "to", "command_id"),
    "/meetings/{open}/matches": ("person_key", "member_id", "command_id"),
    "/meetings/{open}/presence/{ana}": (
        "absent", "came", "left", "came_again", "left_again", "reason", "seen", "command_id",
    ),
    "/meetings/{open}/reports": ("report", "command_id"),
    "/credits/outside": (
        "target", "amount", "day", "title", "provider_name", "category", "credit_kind", "live",
        "topics", "document", "command_id",
    ),
    "/credits/outside/{entered}/correct": (
        "target", "amount", "day", "title", "provider_name", "category", "credit_kind", "live",
        "topics", "document", "drop_document", "reason", "command_id",
    ),
    "/you/licences": (
        "profession", "jurisdiction", "number", "valid_from", "valid_until", "command_id",
    ),
    "/groups/{group}/series": ("title", "parts", "command_id"),
    "/groups/{group}/series/{series}/syllabus": ("day", "command_id"),
    "/meetings/{open}/series": ("part", "command_id"),
    "/meetings/{open}/led": (
        "led_by", "member_id", "name", "profession", "qualification", "supervisor", "command_id",
    ),
    "/admin/revive": ("where", "key", "seen", "command_id"),
    "/admin/settle": ("where", "key", "reason", "seen", "command_id"),
    "/admin/people": ("name", "email", "command_id"),
    "/you/licences/{licence}/end": ("last_day", "command_id"),
    "/you/mails": ("reminders", "changes", "command_id"),
    "/you/calendar": ("shows", "command_id"),
    "/you/name": ("name_on_papers", "spelling", "reason", "command_id"),
    "/admin/administrators": ("email", "command_id"),
    "/admin/administrators/{ana}/withdraw": ("command_id",),
    "/admin/providers": (
        "name", "address", "contact", "authorising_name", "authorising_role", "command_id",
    ),
    "/admin/providers/{provider}/correct": (
        "name", "address", "contact", "authorising_name", "authorising_role", "reason",
        "command_id",
    ),
    "/admin/certificates": ("holder", "command_id"),
    "/admin/providers/{provider}/approvals": (
        "body", "number", "statement", "responsibility_statement", "valid_from", "valid_until",
        "modalities", "command_id",
    ),
    "/admin/providers/{provider}/approvals/{approval}/withdraw": (
        "from_day", "reason", "command_id",
    ),
    "/admin/providers/{provider}/programs": (
        "title", "objectives", "topics", "modality", "minutes", "instructor_name",
        "instructor_qualification", "command_id",
    ),
    "/admin/programs/{program}/retire": ("reason", "command_id"),
    "/v/many": ("codes",),
    "/v/00000000000000": ("paper",),
}  # fmt: skip
LOOKS = (
    "/meetings/{open}?after={word}", "/meetings/{open}?done={word}", "/v?code={word}",
    "/v/{word}", "/groups/{word}", "/meetings/{word}", "/certificates/{word}/pdf",
    "/?done={word}", "/you?done={word}", "/api/v1/verifications/{word}",
    "/api/v1/meetings/{word}", "/admin/settle?where=reader&key={word}",
    "/admin/settle?where={word}&key=a",
    "/renewals/{licence}/us-ca-psychology/period?until=2026-03-01&kind=pdf&from={word}",
    "/renewals/{licence}/us-ca-psychology/2026-01-01_{word}.json",
    "/renewals/{licence}/{word}/period", "/renewals?join={word}",
    "/calendar/{word}/{word}/peerhour.ics", "/calendar/{ana}/{word}/peerhour.ics",
    "/credits/outside/{word}/document", "/credits/outside?done={word}",
)  # fmt: skip


@pytest.fixture(scope="module")
async def names(pages: Pages) -> dict[str, object]:
    opened = await pages.story.opened("open", start=SIX_PM)
    await pages.real.drain()
    story = pages.story
    await story.psychologist("admin")
    await pages.real.drain()
    entered = await outside.enter(story, "admin")
    series = story.id("series")
    await story.do(
        PlanSeries(series_id=series, group_id=story.group, title="Three", parts=3, by=story.joy)
    )
    await pages.real.drain()
    return {
        "entered": entered,
        "group": story.group,
        "series": series,
        "open": opened,
        "ana": story.ana,
        "licence": story.licence("admin"),
        "provider": story.provider,
        "approval": story.id("approval"),
        "program": story.program,
    }


@pytest.mark.parametrize("address", FORMS)
async def test_no_words_in_a_form_are_a_fault(
    pages: Pages, names: dict[str, object], address: str
) -> None:
    path = address.format(**names)
    async with await pages.browser(pages.story.admin) as browser:
        for word in WORDS:
            text = word.encode(errors="replace").decode()
            for form in (
                dict.fromkeys(FORMS[address], text),
                {field: [text, text] for field in FORMS[address]},
            ):
                answer = await browser.post(path, data=form)
                assert answer.status_code < 500, (word, answer.text)
        answer = await browser.post(
            path, files=dict.fromkeys(FORMS[address], ("x", b"\x00\xff", "text/plain"))
        )
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("address", LOOKS)
async def test_no_words_in_an_address_are_a_fault(
    pages: Pages, names: dict[str, object], address: str
) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        for word in (*WORDS, "%00", "%ff", "9" * 30, "-5", "1e9"):
            quoted = word if word.startswith("%") else _quoted(word)
            answer = await browser.get(address.format(**names, word=quoted))
            assert answer.status_code < 500, (word, answer.text)


def _quoted(word: str) -> str:
    return quote(word.encode(errors="replace"), safe="")


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "method",
        "door_code",
        "member_id",
        "arrived_at",
        "left_at",
        "answers",
        "starts_at",
        "ends_at",
        "reason",
        "else",
    ]
)
METHODS = {"method": st.sampled_from(["door_code", "roster", "offline", "x"]) | VALUES}


@given(
    verb=st.sampled_from(
        [
            "check-ins",
            "check-outs",
            "openings",
            "evaluations",
            "postponements",
            "cancellations",
            "facilitators",
        ]
    ),
    body=st.dictionaries(KEYS, VALUES, max_size=4) | st.fixed_dictionaries(METHODS) | VALUES,
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_json_is_a_fault(
    pages: Pages, names: dict[str, object], verb: str, body: Any
) -> None:
    async with await pages.program(pages.story.ana) as program:
        answer = await program.post(
            f"/api/v1/meetings/{names['open']}/{verb}",
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code < 500, answer.text


async def test_a_licence_of_any_script_is_kept_as_typed(pages: Pages) -> None:
    async with await pages.browser(pages.story.eve) as browser:
        answer = await browser.post(
            "/you/licences",
            data={
                "profession": "psychology",
                "jurisdiction": "us-ca",
                "number": "<b>№ 7</b>",
                "valid_from": "2026-01-01",
            },
        )
        assert answer.status_code == 303
        shown = (await browser.get("/you?done=licence")).text
    assert "&lt;b&gt;№ 7&lt;/b&gt;" in shown
    assert "US-CA" in shown


async def test_an_administrator_lets_somebody_in_and_gives_them_a_place(pages: Pages) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        person = {"name": "Łukasz Żółć", "email": "lukasz@example.org"}
        assert (await browser.post("/admin/people", data=person)).status_code == 303
        again = await browser.post("/admin/people", data=person | {"name": "Somebody else"})
        assert (again.status_code, 'id="e-email"' in again.text) == (409, True)
        place = {"email": "LUKASZ@example.org"}
        answer = await browser.post(f"/groups/{pages.story.group}/members", data=place)
        assert answer.status_code == 303
        assert "Łukasz Żółć" in (await browser.get(f"/groups/{pages.story.group}")).text
        assert (await browser.post("/admin/administrators", data=place)).status_code == 303
        nobody = await browser.post("/admin/administrators", data={"email": "no@example.org"})
        assert (nobody.status_code, "Nobody here has this address" in nobody.text) == (400, True)
    member: UUID | None = await pages.real.house.vault.person_with_mail("lukasz@example.org")
    assert member is not None
    async with await pages.browser(member) as browser:
        assert (await browser.get("/admin")).status_code == 200
