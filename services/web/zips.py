"""Sends files as one ZIP while they are gathered, so that no more than one of them is in memory."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import Final

from litestar.response import Stream

_SEALED_ALREADY: Final = (".pdf", ".png", ".jpg")  # packing them again takes time and gains nothing


class _Outlet:
    """What the ZIP is written to: keeps the bytes until they are taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, content: bytes) -> int:
        """Take bytes; there is no way back, and the ZIP format needs none."""
        self._waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


async def zipped(
    files: AsyncIterable[tuple[str, bytes]], *, made_at: datetime
) -> AsyncIterator[bytes]:
    """Yield a ZIP in pieces.

    Args:
        files: name and content; names are paths with ``/``.
        made_at: stands with each file, in UTC; a ZIP knows no zones.
    """
    outlet = _Outlet()
    day_and_time = made_at.timetuple()[:6]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # the writer of a stream needs write and flush alone
        async for name, content in files:
            info = zipfile.ZipInfo(name, day_and_time)
            stored = name.endswith(_SEALED_ALREADY)
            archive.writestr(info, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
            yield outlet.take()
    yield outlet.take()


def zip_answer(files: AsyncIterable[tuple[str, bytes]], *, name: str, made_at: datetime) -> Stream:
    """Return an answer that a browser saves as *name*."""
    return Stream(
        zipped(files, made_at=made_at),
        media_type="application/zip",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )
