"""Static files: read and compressed at start, named by their content, kept by browsers for good."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from domain.errors import NotFound
from services.web.context import web_of

STATIC: Final = Path(__file__).parent / "static"
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to send."""

    kind: str
    etag: str
    body: bytes
    gzipped: bytes


class Assets:
    """All static files of one folder.

    Args:
        folder: where they lie; read once.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._by_served_name: dict[str, Asset] = {}
        self._served_names: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in _KINDS:
                self._add(path)

    def url(self, name: str) -> str:
        """Return the address of a file, for example of ``peerhour.css``."""
        return f"/static/{self._served_names[name]}"

    def find(self, served_name: str) -> Asset | None:
        """Return the file served under this name."""
        return self._by_served_name.get(served_name)

    def _add(self, path: Path) -> None:
        body = path.read_bytes()
        mark = sha256(body).hexdigest()[:12]
        served = f"{path.stem}.{mark}{path.suffix}"
        self._served_names[path.name] = served
        self._by_served_name[served] = Asset(
            kind=_KINDS[path.suffix],
            etag=f'"{mark}"',
            body=body,
            gzipped=gzip.compress(body, compresslevel=9, mtime=0),
        )


class AssetController(Controller):
    """``/static``."""

    path = "/static"
    include_in_schema = False

    @get("/{name:str}")
    async def show(self, request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """Return a file, or 304 if the browser has it."""
        asset = web_of(request).assets.find(name)
        if asset is None:
            raise NotFound("There is no such file.")
        headers = {
            "Cache-Control": _FOR_GOOD,
            "ETag": asset.etag,
            "Vary": "Accept-Encoding",
            "Content-Type": asset.kind,
        }
        if is_known(request.headers.get("if-none-match", ""), asset.etag):
            return Response(b"", status_code=304, headers=headers)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.gzipped, headers=headers)
        return Response(asset.body, headers=headers)


def is_known(if_none_match: str, etag: str) -> bool:
    """Tell whether who asks has the content of this mark already (RFC 9110, 13.1.2)."""
    known = {mark.strip().removeprefix("W/") for mark in if_none_match.split(",")}
    return etag in known or "*" in known


def _takes_gzip(accept_encoding: str) -> bool:
    """Tell whether gzip is named and not refused by a zero weight."""
    for part in accept_encoding.lower().split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        if name in {"gzip", "*"}:
            return not any(o in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for o in options)
    return False
