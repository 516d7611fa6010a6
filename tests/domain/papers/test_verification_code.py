"""The check before the look-up: slips are caught, kind readings are accepted."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certificates import verification_code as codes
from domain.errors import DomainError

random_bytes = st.binary(min_size=codes.RANDOM_BYTES, max_size=codes.RANDOM_BYTES)
made = random_bytes.map(codes.make)
EXAMPLES = [codes.make(bytes([seed * 29 % 256] * 4 + [seed * 7] * 4)) for seed in range(3)]


def refused(text: str) -> bool:
    try:
        codes.normalise(text)
    except codes.MalformedCode:
        return True
    return False


@given(made)
def test_a_printed_code_reads_back_as_itself(code: str) -> None:
    assert codes.normalise(codes.printed(code)) == code


@given(made)
def test_the_printed_form_is_five_five_four_without_lookalikes(code: str) -> None:
    groups = codes.printed(code).split("-")
    assert [len(group) for group in groups] == [5, 5, 4]
    assert not set("".join(groups)) & set("ILOU")


@given(made)
def test_case_spaces_and_hyphens_of_any_kind_do_not_matter(code: str) -> None:
    typed = f"  {code[:4].lower()}\u2013{code[4:9]}\u00a0{code[9:].lower()}\t"
    assert codes.normalise(typed) == code


@given(made, st.sampled_from(["O", "o"]), st.sampled_from(["I", "l", "i", "L"]))
def test_lookalikes_are_read_as_the_digits_they_look_like(code: str, zero: str, one: str) -> None:
    assert codes.normalise(code.replace("0", zero).replace("1", one)) == code


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_single_wrong_symbol_is_caught(code: str) -> None:
    for place, symbol in itertools.product(range(codes.LENGTH), codes.ALPHABET):
        wrong = code[:place] + symbol + code[place + 1 :]
        assert refused(wrong) == (wrong != code)


def test_every_pair_of_wrong_symbols_is_caught() -> None:
    code = codes.make(bytes(8))  # all zero; the check is linear, so one first error stands for all
    for first, second in itertools.combinations(range(codes.LENGTH), 2):
        for other in codes.ALPHABET:
            wrong = list(code)
            wrong[first], wrong[second] = "1", other
            assert refused("".join(wrong))


@given(made, st.data())
def test_any_two_wrong_symbols_are_caught_in_any_code(code: str, data: st.DataObject) -> None:
    places = data.draw(
        st.lists(st.integers(0, codes.LENGTH - 1), min_size=1, max_size=2, unique=True)
    )
    wrong = list(code)
    for place in places:
        others = [symbol for symbol in codes.ALPHABET if symbol != code[place]]
        wrong[place] = data.draw(st.sampled_from(others))
    assert refused("".join(wrong))


@given(made, st.integers(0, codes.LENGTH - 2))
def test_every_swap_of_neighbours_is_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert refused(swapped) == (swapped != code)


@given(st.text(max_size=100))
def test_any_text_is_either_a_code_or_a_refusal(text: str) -> None:
    assert refused(text) or codes.normalise(codes.normalise(text)) == codes.normalise(text)


def test_the_refusal_has_a_stable_code_and_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(DomainError) as refusal:
        codes.normalise("ANA-WAS-HERE")
    assert refusal.value.code == "verification_code.malformed"
    assert refusal.value.facts == {}
    assert "ANA" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "U" * 14, "0" * 13, "0" * 15, "0" * 65, "ß" * 7])
def test_what_cannot_be_a_code_is_refused(text: str) -> None:
    assert refused(text)


def test_sixty_bits_of_the_random_bytes_are_used() -> None:
    base = codes.make(bytes(8))
    assert codes.make(bytes(7) + b"\x0f") == base
    assert codes.make(bytes(7) + b"\x10") != base
    assert codes.make(b"\x80" + bytes(7))[0] == "G"


def test_too_few_random_bytes_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="8 random bytes"):
        codes.make(bytes(7))
