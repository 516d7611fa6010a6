"""Where to go after signing in: only ever a plain path of this site."""

from __future__ import annotations

import re
from typing import Final

_PLAIN: Final = re.compile(r"/(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]*", re.ASCII)
_LONGEST: Final = 300  # characters; ours stay under 100
_CIRCULAR: Final = ("/sign-in", "/sign-out", "/signed-out")


def safe_path(wanted: str) -> str:
    """Return *wanted* if it is a plain path of this site and no sign-in page, else ``/``.

    Two slashes in a row, backslashes, schemes and queries never pass: a browser would read some of
    them as another site.
    """
    plain = len(wanted) <= _LONGEST and _PLAIN.fullmatch(wanted) is not None
    return wanted if plain and not wanted.startswith(_CIRCULAR) else "/"
