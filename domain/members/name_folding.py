"""A name as somebody types it who looks for it: without capitals, accents or special letters.

Done here and not in the database: one without a language lowers no letters but ASCII's, and which
letters belong together must not change with a machine's settings.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
# Letters that do not come apart into one of a keyboard and an accent, as passports write them.
_BARE: Final = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def folded(text: str) -> str:
    """Return a text so that two that people take for the same one are equal.

    Letters of every script lose their case; accents go; wide and narrow forms become one.

    Args:
        text: a name, or a part of one.
    """
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_BARE)
    # Lowering may bring accents of its own, as that of the Turkish capital I with a dot.
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", lowered))
    # Put together again: half a Korean syllable is no part of a name.
    return " ".join(unicodedata.normalize("NFC", bare).split())
