"""Sets up a house from a file: providers with approvals, programs, groups, payers.

The file is TOML; its tables are the commands of ``services/``, one table each, and refer to each
other by ``key``. Ids are derived from the administrator and the keys, command ids from the whole
table: the same file applied again changes nothing, an added table adds what it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from domain.errors import DomainError
from services import providers
from services.claims import commands as claims
from services.dispatch import Order
from services.groups import commands as groups
from services.house import House

# In the order in which they need each other: table, command, its own id, what refers to others.
_TABLES: Final[tuple[tuple[str, type, str, Mapping[str, str]], ...]] = (
    ("provider", providers.RegisterProvider, "provider_id", {}),
    ("approval", providers.RecordApproval, "approval_id", {"provider": "provider_id"}),
    ("program", providers.PublishProgram, "program_id", {"provider": "provider_id"}),
    ("group", groups.FormGroup, "group_id", {"program": "program_id"}),
    ("admission", groups.AdmitMember, "", {"group": "group_id"}),
    ("payer", claims.RegisterPayer, "payer_id", {}),
    ("enrolment", claims.EnrolMember, "", {"payer": "payer_id"}),
)
_OPTIONAL: Final = ("program_id", "valid_until", "cap_units_per_month")


class SetupFileFault(DomainError):
    """The file cannot be used; the sentence names file, table and field."""

    code = "setup.file_fault"


async def apply(house: House, content: bytes, name: str, by: UUID) -> list[tuple[str, str, UUID]]:
    """Order everything that the file says.

    Args:
        house: where.
        content: TOML, UTF-8.
        name: of the file, for refusals.
        by: the administrator who orders it.

    Returns:
        (table, key, id) of everything named, in order.

    Raises:
        SetupFileFault: nothing after the fault was ordered; mend the file and apply it again.
        DomainError: a rule said no.
    """
    tables = _read(content, name)
    done = []
    for table, command, own_id, references in _TABLES:
        for number, row in enumerate(tables.pop(table, []), start=1):
            where = f"{name}: [[{table}]] {number}"
            values = _values(dict(row), table, command, own_id, references, by, where)
            key = str(row.get("key", number))
            order = _convert(values, command, where)
            digest = sha256(msgspec.json.encode(order, order="sorted")).hexdigest()
            await house.dispatch(
                order, Order(command_id=uuid5(by, f"setup:{table}:{digest}"), actor_id=by)
            )
            if own_id:
                done.append((table, key, values[own_id]))
    if tables:
        raise SetupFileFault(f"{name}: there is no table {', '.join(sorted(tables))}.")
    return done


def _read(content: bytes, name: str) -> dict[str, list[dict[str, Any]]]:
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupFileFault(f"{name}: {error}") from None
    for table, rows in tables.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SetupFileFault(f"{name}: write [[{table}]] above each entry.")
    return tables


def _values(
    row: dict[str, Any],
    table: str,
    command: type,
    own_id: str,
    references: Mapping[str, str],
    by: UUID,
    where: str,
) -> dict[str, Any]:
    """Return the command's fields: the row's, with keys turned into ids."""
    key = row.pop("key", None)
    if own_id:
        if not isinstance(key, str) or not key:
            raise SetupFileFault(f"{where}: give it a key, so that others can refer to it.")
        row[own_id] = uuid5(by, f"{table}:{key}")
    for other, field in references.items():
        if other in row:
            row[field] = uuid5(by, f"{other}:{row.pop(other)}")
    fields = command.__dataclass_fields__  # type: ignore[attr-defined]  # commands are dataclasses
    for field in _OPTIONAL:
        if field in fields:
            row.setdefault(field, None)
    if "by" in fields:
        row.setdefault("by", by)
    if "rhythm" in fields and isinstance(row.get("rhythm"), dict):
        row["rhythm"].setdefault("zone", row.get("zone"))
    unknown = sorted(set(row) - set(fields))
    if unknown:
        raise SetupFileFault(f"{where}: there is no field {', '.join(unknown)}.")
    return row


def _convert(values: dict[str, Any], command: type, where: str) -> Any:
    try:
        return msgspec.convert(values, command)
    except (msgspec.ValidationError, ValueError, DomainError) as error:
        raise SetupFileFault(f"{where}: {error}") from None
