"""Names as people look for them: capitals, accents and special letters do not matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.members.name_folding import folded

LETTERS = st.characters(codec="utf-8", min_codepoint=0x20, max_codepoint=0x52F)
"""Latin with its additions, Greek and Cyrillic: the scripts that have capitals and accents."""


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Nguyễn Thị Ánh", "ánh"),
        ("Nguyễn Thị Ánh", "ANH"),
        ("Nguyễn Thị Ánh", "thi  anh"),
        ("A\u0301nh", "ánh"),
        ("Đặng Łucja Øst", "dang lucja ost"),
        ("ОЛЬГА Ёлкина", "ольга елк"),
        ("Σωκράτης", "ΣΩΚΡΆΤΗΣ"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Anna Groß", "GROSS"),
        ("Ægir Œuvre", "aegir oeuvre"),
        ("Ｋａｔｏ", "kato"),
        ("김민수", "민수"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    assert folded(typed) in folded(name)


def test_half_a_syllable_and_another_letter_find_nothing() -> None:
    assert folded("가") not in folded("각")
    assert folded("o") not in folded("Ánh")
    assert folded("か") not in folded("が")


@given(st.text(LETTERS))
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(LETTERS))
def test_capitals_never_matter(text: str) -> None:
    assert folded(text.upper()) == folded(text) == folded(text.lower())
