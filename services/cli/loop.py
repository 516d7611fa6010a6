"""Runs a command of the command line on the event loop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")


def asynchronous(main: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a command on the event loop."""

    @wraps(main)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        if sys.platform == "win32":
            asyncio.run(main(*args, **kwargs))
            return
        import uvloop

        uvloop.run(main(*args, **kwargs))

    return command
