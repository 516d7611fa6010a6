"""The line of a key, in files as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.lines import line_of

TEXT = """\
# a comment with id = 1
format = 1
"quoted-key" = 2

[source]
address = "urn:house"
  clause = "§ 1"

[[rule]]
id = "one"
rounding = { step = 0, direction = "down" }

[rule.needs]
licence = true

[[rule]]
id = "two"

[rule.group]
min = 3
max = 2

[[ case ]]
says = "first"

[[case]]
says = "second"
past = [
    { rule = "one", amount = 1 },
    { rule = "other", amount = 1 },
]
["odd"]
key = 1

[[case]]
says = "third"

[[case.past]]
amount = 1

[["case".past]]
amount = 2

[case.past.deep]
down = 1

[[case]]
says = "fourth"

[[case.past]]
amount = 3
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        ("format", 2),
        ("quoted-key", 3),
        ("source", 5),
        ("source.address", 6),
        ("source.clause", 7),
        ("source.missing", 5),
        ("rule", 9),
        ("rule[0]", 9),
        ("rule[0].id", 10),
        ("rule[0].rounding.step", 11),
        ("rule[0].needs", 13),
        ("rule[0].needs.licence", 14),
        ("rule[0].group.max", 9),
        ("rule[1]", 16),
        ("rule[1].id", 17),
        ("rule[1].group", 19),
        ("rule[1].group.max", 21),
        ("rule[1].rounding.step", 16),
        ("case[0].says", 24),
        ("case[1]", 26),
        ("case[1].past[1].rule", 28),
        ("case[1].gives[...]", 26),
        ("odd.key", 33),
        ("case[2].past", 35),
        ("case[2].past[0]", 38),
        ("case[2].past[1].amount", 42),
        ("case[2].past[1].deep.down", 45),
        ("case[3].past[0].amount", 51),
        ("case[3].past[1].amount", 47),
        ("nowhere", 1),
    ],
)
def test_a_key_stands_on_its_line_or_in_the_nearest_table(path: str, line: int) -> None:
    assert line_of(TEXT, path) == line


def test_an_empty_file_has_one_line() -> None:
    assert line_of("", "rule[0].id") == 1


@given(st.text(), st.text())
def test_every_text_and_path_has_a_line(text: str, path: str) -> None:
    assert 1 <= line_of(text, path) <= max(len(text.splitlines()), 1)
