"""Every controller of the web."""

from __future__ import annotations

from typing import Any, Final

CONTROLLERS: Final[tuple[Any, ...]] = ()
