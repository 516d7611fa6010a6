"""Documents that members send as proof: which kinds we take, told by what is in them.

We keep a document as it came, hand it back, and never open it: so the kind is read from its first
bytes and never from a name, and everything else about it is the member's own affair.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.errors import DomainError, TooBig

LARGEST_DOCUMENT: Final = 10 * 1024 * 1024  # bytes

_PDF_END: Final = b"%%EOF"
_PDF_TAIL: Final = 1024  # bytes in which readers look for the end (PDF 1.7, implementation note 18)


class DocumentEmpty(DomainError):
    """The file holds nothing."""

    code = "document.empty"


class DocumentTooBig(TooBig):
    """The file is larger than we keep."""

    code = "document.too_big"


class DocumentKindUnknown(DomainError):
    """What the file holds is no PDF, PNG or JPEG, whatever its name says, or it is cut off."""

    code = "document.kind_unknown"


class DocumentKind(StrEnum):
    """What we keep; the value is its media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"

    @property
    def suffix(self) -> str:
        """Return how the name of such a file ends."""
        return {DocumentKind.PDF: "pdf", DocumentKind.PNG: "png", DocumentKind.JPEG: "jpg"}[self]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is kept elsewhere, under the key of its member; this is how it is known.

    Attributes:
        document_id: under which it is kept.
        kind: what it holds.
        size: in bytes.
        sha256: hex digest of its bytes.
    """

    document_id: UUID
    kind: DocumentKind
    size: int
    sha256: str


def document_of(document_id: UUID, content: bytes) -> Document:
    """Return how a document is known.

    Args:
        document_id: under which it will be kept.
        content: all of its bytes.

    Raises:
        DocumentEmpty: there are none.
        DocumentTooBig: there are more than :data:`LARGEST_DOCUMENT`.
        DocumentKindUnknown: they are no PDF, PNG or JPEG from beginning to end.
    """
    if not content:
        raise DocumentEmpty("The file is empty. Choose it again.")
    if len(content) > LARGEST_DOCUMENT:
        most = LARGEST_DOCUMENT // 1024 // 1024
        raise DocumentTooBig(f"The file is larger than {most} MB.", most_bytes=LARGEST_DOCUMENT)
    kind = _kind(content)
    if kind is None:
        raise DocumentKindUnknown("This is no complete PDF, PNG or JPEG file, whatever its name.")
    return Document(document_id, kind, len(content), hashlib.sha256(content).hexdigest())


def _kind(content: bytes) -> DocumentKind | None:
    """Tell what it is by how it begins; and that it was not cut off, by how it ends."""
    if content.startswith(b"%PDF-") and _PDF_END in content[-_PDF_TAIL:]:
        return DocumentKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and b"IEND\xaeB`\x82" in content:
        return DocumentKind.PNG
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content:
        return DocumentKind.JPEG
    return None
