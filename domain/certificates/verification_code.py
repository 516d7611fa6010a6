"""The short code printed on a certificate, which anybody may type to check it.

Twelve random symbols (60 bits, so a million certificates leave a guess a chance of 9e-13) and two
Reed-Solomon check symbols over GF(32), in Crockford's base 32: no I, L, O or U. The check catches
every one or two wrong symbols and every swap, so a slip of the finger is answered before anything
is looked up. Measured against four other checks in the project's notes on credentials.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from domain.errors import DomainError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES: Final = 8  # 64 bits are drawn, the first 60 are used
DATA_SYMBOLS: Final = 12
CHECK_SYMBOLS: Final = 2
LENGTH: Final = DATA_SYMBOLS + CHECK_SYMBOLS

_GROUPS: Final = (slice(0, 5), slice(5, 10), slice(10, 14))  # read aloud in three breaths
_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans("ILO", "110")
_LONGEST_INPUT: Final = 64  # a code with generous spaces; more than that is not a code

_BITS: Final = 5
_FIELD: Final = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_ALPHA: Final = 2  # x itself generates the field


class MalformedCode(DomainError):
    """The text cannot be a verification code: wrong length, symbol or check symbols."""

    code = "verification_code.malformed"

    def __init__(self) -> None:
        super().__init__(
            "This does not read as a verification code: "
            "compare it with the paper once more, symbol by symbol."
        )


def make(random: bytes) -> str:
    """Make a code from random bytes.

    Args:
        random: exactly :data:`RANDOM_BYTES` bytes that nobody can guess.

    Returns:
        Fourteen symbols without hyphens, the form that is stored and looked up.

    Raises:
        ValueError: another number of bytes; the caller is wrong, not a person.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"A code needs {RANDOM_BYTES} random bytes, not {len(random)}.")
    bits = int.from_bytes(random) >> (8 * RANDOM_BYTES - _BITS * DATA_SYMBOLS)
    data = [bits >> _BITS * place & 31 for place in reversed(range(DATA_SYMBOLS))]
    return "".join(ALPHABET[value] for value in data + _check_symbols(data))


def printed(code: str) -> str:
    """Return a stored code as it is printed and read aloud: 5-5-4."""
    return "-".join(code[group] for group in _GROUPS)


def normalise(text: str) -> str:
    """Read a code as a person typed it, and check it.

    I and L are read as 1, O as 0; case, spaces and hyphens of any kind do not matter.

    Returns:
        Fourteen symbols, ready for the look-up.

    Raises:
        MalformedCode: the text cannot be a code; nothing needs to be looked up.
    """
    if len(text) > _LONGEST_INPUT:
        raise MalformedCode
    symbols = "".join(
        character
        for character in unicodedata.normalize("NFKC", text).upper()
        if not character.isspace() and unicodedata.category(character) != "Pd"
    ).translate(_LOOKALIKES)
    values = [_VALUE.get(symbol, -1) for symbol in symbols]
    if len(values) != LENGTH or -1 in values:
        raise MalformedCode
    if _check_symbols(values[:DATA_SYMBOLS]) != values[DATA_SYMBOLS:]:
        raise MalformedCode
    return symbols


def _check_symbols(data: list[int]) -> list[int]:
    """Return the remainder of data(x)·x² divided by (x + 1)(x + α).

    Two consecutive powers of α as roots make the distance 3, the most that two symbols can give
    (Reed and Solomon, 1960).
    """
    high, low = 0, 0
    for value in data:
        carry = value ^ high
        high, low = low ^ _times(carry, 1 ^ _ALPHA), _times(carry, _ALPHA)
    return [high, low]


def _times(left: int, right: int) -> int:
    """Multiply in GF(32)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left >> _BITS:
            left ^= _FIELD
        right >>= 1
    return product
