"""Static files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from services.web.assets import STATIC, Assets
from services.web.templating import TEMPLATES
from tests.support.web import make_app

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


async def test_a_file_is_kept_for_good_and_answered_304_when_it_is_there() -> None:
    harness = make_app()
    address = harness.app.web.assets.url("peerhour.css")
    async with harness.browser() as browser:
        first = await browser.get(address)
        again = await browser.get(address, headers={"If-None-Match": first.headers["etag"]})
        weak = await browser.get(
            address, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'}
        )
        other = await browser.get(address, headers={"If-None-Match": '"other"'})
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert weak.status_code == 304
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, br", "gzip"),
        ("br;q=1.0, gzip;q=0.8", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("notgzip", None),
    ],
)
async def test_a_file_is_compressed_for_those_who_can_read_it(
    accept: str, encoding: str | None
) -> None:
    harness = make_app()
    async with (
        harness.browser() as browser,
        browser.stream(
            "GET", harness.app.web.assets.url("live.js"), headers={"Accept-Encoding": accept}
        ) as answer,
    ):
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    body = gzip.decompress(raw) if encoding else raw
    assert body == (STATIC / "live.js").read_bytes()


def test_the_name_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert Assets(tmp_path).url("a.css") != before


def test_styles_know_no_left_or_right() -> None:
    css = (STATIC / "peerhour.css").read_text()
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w.-])(?:left|right)\s*:"
        r"|text-align:\s*(?:left|right)|(?<![\w-])(?:width|height)\s*:"
    )
    assert physical.findall(css) == []


@pytest.mark.parametrize("name", NAMES)
def test_templates_hold_no_inline_script_or_style(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


def test_scripts_never_parse_text_into_the_page() -> None:
    for script in STATIC.glob("*.js"):
        assert "innerHTML" not in script.read_text()
        assert "eval(" not in script.read_text()
