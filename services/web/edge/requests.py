"""Reads bodies strictly, so that nothing a client sends can surprise what comes after.

Litestar replaces bytes that are no UTF-8, keeps up to a thousand form bodies in a process-wide
cache, and lets several parser errors through as faults; PostgreSQL refuses NUL in text.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.datastructures.state import State
from litestar.exceptions import HTTPException, InternalServerException

from services.web.edge.refusals import Malformed

_MOST_FIELDS: Final = 1000
_NUL_ESCAPE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_UNREADABLE: Final = "We could not read what arrived. Nothing was changed."


class ClientLeft(Exception):
    """The client went away before its request was complete."""


class StrictRequest(Request[Any, Any, State]):
    """A request whose body is UTF-8 without NUL, or refused as :class:`Malformed`."""

    async def body(self) -> bytes:
        """Return the body's bytes."""
        try:
            return await super().body()
        except InternalServerException as error:
            raise ClientLeft from error

    async def json(self) -> Any:
        """Return the decoded JSON body."""
        if _NUL_ESCAPE.search(await self.body()):
            raise Malformed(_UNREADABLE)
        try:
            return await super().json()
        except (RecursionError, UnicodeError) as error:
            raise Malformed(_UNREADABLE) from error

    async def form(self) -> FormMultiDict:
        """Return the fields of a form, urlencoded or multipart; empty for other content."""
        kind, _ = self.content_type
        try:
            fields = (
                self._urlencoded(await self.body())
                if kind == "application/x-www-form-urlencoded"
                else await super().form()
            )
        except HTTPException as error:
            if isinstance(error, InternalServerException):
                raise ClientLeft from error
            raise
        except (ValueError, LookupError) as error:  # bad UTF-8, unknown charset, odd boundary
            raise Malformed(_UNREADABLE) from error
        for name, value in fields.multi_items():
            if "\0" in name or (isinstance(value, str) and "\0" in value):
                raise Malformed(_UNREADABLE)
        return fields

    @staticmethod
    def _urlencoded(body: bytes) -> FormMultiDict:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
        return FormMultiDict(pairs)


async def close_uploads(fields: FormMultiDict) -> None:
    """Close the files of a form; they may lie on disk."""
    for _, value in fields.multi_items():
        if isinstance(value, UploadFile):
            await value.close()
