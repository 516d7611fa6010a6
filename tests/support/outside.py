"""Credits earned elsewhere, for tests: small files, what Ana says, and entering it."""

from __future__ import annotations

import struct
import zlib
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.certificates.papers import CreditKind
from domain.credits.outside import OutsideCredit
from domain.evidence.documents import Document, document_of
from services.credits.outside import Activity, EnterOutsideCredit, keep_document
from services.house import House
from tests.support.builders import MONDAY
from tests.support.story import CALIFORNIA, Story

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xd9"


def an_activity(story: Story, key: str = "ana", **changes: Any) -> Activity:
    """Return what somebody says about a course in law and ethics."""
    values: dict[str, Any] = {
        "licence_id": story.licence(key),
        "pack_id": CALIFORNIA,
        "amount": Decimal("1.5"),
        "day": MONDAY,
        "title": "Law and ethics, a short course",
        "provider_name": "Harbour Academy",
        "category": None,
        "credit_kind": CreditKind.SPONSORED,
        "topics": ["ethics"],
        "live": True,
        "document": None,
    } | changes
    return Activity(**values)


async def enter(story: Story, key: str = "ana", *, name: str = "course", **changes: Any) -> UUID:
    """Let somebody enter a credit."""
    credit_id, member_id = story.id(f"outside:{name}"), story.id(key)
    await story.do(
        EnterOutsideCredit(
            credit_id=credit_id,
            member_id=member_id,
            activity=an_activity(story, key, **changes),
            by=member_id,
        ),
        actor=member_id,
    )
    return credit_id


async def kept(house: House, story: Story, key: str = "ana", content: bytes = PDF) -> Document:
    """Keep a document of somebody, as the page does before the entry names it."""
    document = document_of(story.id(f"document:{content[:12]!r}"), content)
    await keep_document(house.documents, document, story.id(key), content)
    return document


async def entered(story: Story, credit_id: UUID) -> OutsideCredit:
    """Return an entry as it stands."""
    return await story.known(OutsideCredit, credit_id)
