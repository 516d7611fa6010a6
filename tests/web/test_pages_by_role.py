"""Who may see and do what: every address for everybody who may ask for it."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.certificates import Certificate
from services.web.routes import CONTROLLERS
from tests.support.builders import SIX_PM
from tests.support.pages import Pages

ROLES = ("nobody", "member", "stranger", "facilitator", "administrator")
SIGN_IN, OK, BACK, BAD, WHO, HIDDEN, NO, SAYS_NO = 303, 200, 303, 400, 401, 404, 403, 422

READING = {
    # address: nobody, member, stranger, facilitator, administrator
    "/": (SIGN_IN, OK, OK, OK, OK),
    "/groups": (SIGN_IN, OK, OK, OK, OK),
    "/groups/{group}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/meetings/{open}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/meetings/{open}/door": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/close": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/void": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/reports": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/presence/{ana}": (SIGN_IN, NO, HIDDEN, OK, OK),
    "/meetings/{open}/presence/{eve}": (SIGN_IN, NO, HIDDEN, HIDDEN, HIDDEN),
    "/meetings/{held}": (SIGN_IN, OK, HIDDEN, OK, OK),
    "/meetings/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/groups/{ana}": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/credits": (SIGN_IN, OK, OK, OK, OK),
    "/certificates": (SIGN_IN, OK, OK, OK, OK),
    "/certificates/{certificate}/pdf": (SIGN_IN, OK, HIDDEN, HIDDEN, OK),
    "/certificates/{ana}/pdf": (SIGN_IN, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
    "/v": (OK, OK, OK, OK, OK),
    "/v/{code}": (OK, OK, OK, OK, OK),
    "/you": (SIGN_IN, OK, OK, OK, OK),
    "/admin": (SIGN_IN, NO, NO, NO, OK),
    "/admin/people": (SIGN_IN, NO, NO, NO, OK),
    "/admin/claims": (SIGN_IN, NO, NO, NO, OK),
    "/api/v1/me": (WHO, OK, OK, OK, OK),
    "/api/v1/groups": (WHO, OK, OK, OK, OK),
    "/api/v1/meetings": (WHO, OK, OK, OK, OK),
    "/api/v1/meetings/{open}": (WHO, OK, HIDDEN, OK, OK),
    "/api/v1/credits": (WHO, OK, OK, OK, OK),
    "/api/v1/certificates": (WHO, OK, OK, OK, OK),
    "/api/v1/verifications/{code}": (OK, OK, OK, OK, OK),
}
DOING = {
    # What is asked of a meeting that is over, so that no case changes anything for the next.
    "/groups/{group}/meetings": (WHO, NO, HIDDEN, BAD, BAD),
    "/groups/{group}/members": (WHO, NO, HIDDEN, NO, BAD),
    "/meetings/{held}/open": (WHO, BACK, HIDDEN, BACK, BACK),
    "/meetings/{held}/check-in": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/check-out": (WHO, SAYS_NO, HIDDEN, SAYS_NO, NO),
    "/meetings/{held}/attestations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/evaluations": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/turns": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/turns/end": (WHO, SAYS_NO, HIDDEN, SAYS_NO, SAYS_NO),
    "/meetings/{held}/roster": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/close": (WHO, NO, HIDDEN, BACK, BACK),
    "/meetings/{held}/void": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/reports": (WHO, NO, HIDDEN, BAD, BAD),
    "/meetings/{held}/matches": (WHO, BAD, HIDDEN, BAD, BAD),
    "/meetings/{held}/presence/{ana}": (WHO, NO, HIDDEN, BAD, BAD),
    "/you/licences": (WHO, BAD, BAD, BAD, BAD),
    "/v/{code}": (OK, OK, OK, OK, OK),
    "/admin/revive": (WHO, NO, NO, NO, 409),
    "/admin/people": (WHO, NO, NO, NO, BAD),
    "/admin/administrators": (WHO, NO, NO, NO, BAD),
    "/api/v1/meetings/{held}/check-ins": (WHO, BAD, BAD, BAD, BAD),
    "/api/v1/meetings/{held}/check-outs": (WHO, BAD, BAD, BAD, BAD),
    "/api/v1/meetings/{held}/openings": (WHO, OK, NO, OK, OK),
    "/api/v1/meetings/{held}/closings": (WHO, NO, NO, OK, OK),
    "/api/v1/meetings/{held}/evaluations": (WHO, BAD, BAD, BAD, BAD),
}


@pytest.fixture(scope="module")
async def names(pages: Pages) -> dict[str, object]:
    """What the addresses of the tables stand for."""
    story = pages.story
    held = await story.held(
        {story.joy: (0, 60), story.ana: (0, 60)}, name="held", evaluated=[story.ana]
    )
    await pages.real.drain()
    opened = await story.opened("open", start=SIX_PM.replace(day=9))
    await pages.real.drain()
    certificate: Certificate = (await story.certificates(held, "ana"))[0]
    return {
        "group": story.group,
        "held": held,
        "open": opened,
        "ana": story.ana,
        "eve": story.eve,
        "certificate": certificate.id,
        "code": certificate.verification_code,
    }


def person(pages: Pages, role: str) -> UUID | None:
    story = pages.story
    return {
        "nobody": None,
        "member": story.ana,
        "stranger": story.eve,
        "facilitator": story.joy,
        "administrator": story.admin,
    }[role]


@pytest.mark.parametrize("address", READING)
@pytest.mark.parametrize("role", ROLES)
async def test_reading_is_for_whom_it_is_for(
    pages: Pages, names: dict[str, object], role: str, address: str
) -> None:
    asking = pages.program if address.startswith("/api") else pages.browser
    async with await asking(person(pages, role)) as client:
        answer = await client.get(address.format(**names))
    assert answer.status_code == READING[address][ROLES.index(role)], answer.text[:2000]
    if answer.status_code == SIGN_IN:
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("address", DOING)
@pytest.mark.parametrize("role", ROLES)
async def test_doing_is_for_whom_it_is_for(
    pages: Pages, names: dict[str, object], role: str, address: str
) -> None:
    before = await pages.real.house.store.head()
    api = address.startswith("/api")
    asking = pages.program if api else pages.browser
    async with await asking(person(pages, role)) as client:
        path = address.format(**names)
        answer = await (client.post(path, json={}) if api else client.post(path, data={"a": "b"}))
    assert answer.status_code == DOING[address][ROLES.index(role)], answer.text[:2000]
    assert await pages.real.house.store.head() == before, "nothing was written"


def test_the_tables_name_every_address(pages: Pages) -> None:
    known = {
        route.path: route
        for route in pages.app.litestar.routes
        if hasattr(route, "http_methods") and "peerhour" not in route.path
    }
    own = {"/sign-", "/signed-", "/static", "/health", "/metrics", "/you/devices", "/webhooks"}
    ours = {p for p in known if not p.startswith((*own, "/api/v1/openapi"))}
    named = {_shape(address) for address in (*READING, *DOING)} | {"/meetings/{}/live"}
    assert {_shape(path) for path in ours} <= named
    assert len(CONTROLLERS) > 0


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
