"""One rule says which characters can be kept, for short texts, long ones and personal ones."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.fields import (
    is_showable,
    require_lines,
    require_personal,
    require_personal_lines,
    require_texts,
)
from domain.personal import Personal

ANA = UUID(int=1)


@pytest.mark.parametrize(
    "control",
    [
        *("\x00", "\x1f", "\x7f", "\x85", "\x9f", "\r", "\ud800"),
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),  # embeddings and overrides
        *("\u2066", "\u2067", "\u2068", "\u2069"),  # an isolate without its other half
    ],
)
def test_what_cannot_be_shown_is_refused_everywhere_by_the_fields_name(control: str) -> None:
    text = f"a{control}b"
    assert not is_showable(text)
    assert not is_showable(text, lines=True)
    for require in (require_lines, require_texts):
        with pytest.raises(InvalidFields) as refused:
            require(fine="words", name=text)
        assert set(refused.value.fields) == {"name"}


@pytest.mark.parametrize("text", ["one\ntwo", "one\ttwo"])
def test_lines_break_in_long_texts_and_never_in_names(text: str) -> None:
    require_personal(ANA, reason=Personal(ANA, text))
    with pytest.raises(InvalidFields):
        require_personal_lines(ANA, name=Personal(ANA, text))


def test_an_isolate_ends_in_the_line_in_which_it_begins() -> None:
    assert is_showable("Ana \u2068עברית\u2069, Zürich")
    assert not is_showable("\u2069Ana\u2068")
    assert not is_showable("\u2067Ana\nBo\u2069", lines=True)


def test_names_of_every_script_are_fine() -> None:
    for name in ("Nguyễn Thị Ánh", "Søren Ægir", "李小龙", "O’Neil-Łukasz", "Ана\u0301"):
        require_personal_lines(ANA, name=Personal(ANA, name))


def test_a_value_about_somebody_else_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="must be about"):
        require_personal_lines(ANA, name=Personal(UUID(int=2), "Bo"))
