"""What a page says was done: one of its own messages, however its address came about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import services
from services.web.forms.done_pages import SAID_BY
from services.web.subjects import DONE
from tests.support.pages import Pages, words_of

CODE = Path(services.__file__).parent
TEMPLATES = CODE / "web" / "templates"
IN_ADDRESS = re.compile(r"[?&]done=(\w+)")


def test_every_message_has_a_page_and_every_page_only_messages_that_exist() -> None:
    said = {word for words in SAID_BY.values() for word in words}
    assert said == DONE.keys()


@pytest.mark.parametrize("template", sorted(SAID_BY))
def test_a_page_that_says_messages_has_a_place_for_them(template: str) -> None:
    assert "part.told(" in (TEMPLATES / template).read_text(encoding="utf-8")


def test_every_address_that_we_lead_to_carries_a_message_that_exists() -> None:
    led_to = {
        word
        for path in CODE.rglob("*.py")
        for word in IN_ADDRESS.findall(path.read_text(encoding="utf-8"))
    }
    assert len(led_to) > 30, "found where they are written"
    assert led_to <= DONE.keys()


async def test_an_address_that_somebody_made_up_says_nothing(pages: Pages) -> None:
    async with await pages.browser(pages.story.ana) as ana:
        for address, word, said in (
            ("/you", "licence", True),
            ("/you", "granted", False),
            ("/groups", "left_group", True),
            ("/groups", "seat_taken", False),
            ("/", "refund_agreed", False),
            ("/you", "nonsense", False),
        ):
            shown = words_of((await ana.get(address, params={"done": word})).text)
            assert (DONE.get(word, "nonsense") in shown) is said, (address, word)
