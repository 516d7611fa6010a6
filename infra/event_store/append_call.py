"""The one call that appends: how its lists travel, and what it answers.

``append_batch()`` takes lists of rows. The driver is told that they are bytes to it, so that what
decisions packed beforehand is sent as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, Final, NamedTuple

import asyncpg

from infra.event_store import binary
from infra.event_store.rows import Ready

_ROWS: Final = ("decision_row", "expected_row", "event_row", "effect_row")
_LISTS: Final = ("decision_rows", "expected_rows", "event_rows", "effect_rows")
_KINDS: Final = (
    "SELECT name::regtype::oid FROM unnest($1::text[]) WITH ORDINALITY AS r(name, i) ORDER BY i"
)
_APPEND: Final = "SELECT base, stale, repeated FROM append_batch($1, $2, $3, $4, $5, $6)"


class Answer(NamedTuple):
    """What became of a batch.

    Attributes:
        base: the position before it.
        stale: which of its streams have moved on, counted from 1 over all decisions.
        repeated: which of its decisions came before, counted from 1.

    Nothing was stored if any is stale or repeated.
    """

    base: int
    stale: Sequence[int]
    repeated: Sequence[int]


class AppendCall:
    """The call on one connection; made by :meth:`on`.

    Attributes:
        connection: where it is made.
    """

    def __init__(self, connection: asyncpg.Connection[Any], kinds: Sequence[int]) -> None:
        self.connection = connection
        self._kinds = kinds

    @classmethod
    async def on(cls, connection: asyncpg.Connection[Any]) -> AppendCall:
        """Prepare a connection for it.

        Raises:
            asyncpg.UndefinedObjectError: the database was not migrated.
        """
        kinds = [row[0] for row in await connection.fetch(_KINDS, _ROWS)]
        for name in _LISTS:
            await connection.set_builtin_type_codec(name, codec_name="bytea")
        return cls(connection, kinds)

    async def __call__(self, batch: Sequence[Ready], at: datetime) -> Answer:
        """Store a batch in one transaction, or nothing of it.

        Args:
            batch: in the order of their positions; no stream and no command twice.
            at: when, aware UTC.
        """
        decisions, expected, events, effects = self._kinds
        fields = dict(zip(Ready._fields, zip(*batch, strict=True), strict=True))
        lasts = list(accumulate(fields["size"]))
        found = await self.connection.fetchrow(
            _APPEND,
            binary.rows(decisions, len(batch), fields["decision_row"]),
            lasts,
            binary.rows(expected, sum(map(len, fields["streams"])), fields["expected_rows"]),
            binary.rows(events, lasts[-1], fields["event_rows"]),
            binary.rows(effects, sum(fields["effects"]), fields["effect_rows"]),
            at,
        )
        assert found is not None  # a function answers with one row
        return Answer(*found)
