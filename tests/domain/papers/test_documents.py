"""Documents: what they are is told by what is in them."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evidence.documents import (
    LARGEST_DOCUMENT,
    DocumentEmpty,
    DocumentKind,
    DocumentKindUnknown,
    DocumentTooBig,
    document_of,
)
from tests.support.builders import DOCUMENT
from tests.support.outside import JPEG, PDF, PNG


@pytest.mark.parametrize(
    ("content", "kind", "suffix"),
    [
        (PDF, DocumentKind.PDF, "pdf"),
        (PNG, DocumentKind.PNG, "png"),
        (JPEG, DocumentKind.JPEG, "jpg"),
    ],
)
def test_a_kind_is_told_by_the_content(content: bytes, kind: DocumentKind, suffix: str) -> None:
    document = document_of(DOCUMENT, content)
    assert (document.document_id, document.kind, document.kind.suffix) == (DOCUMENT, kind, suffix)
    assert document.size == len(content)
    assert document.sha256 == hashlib.sha256(content).hexdigest()


def test_nothing_is_no_document() -> None:
    with pytest.raises(DocumentEmpty):
        document_of(DOCUMENT, b"")


def test_a_document_may_be_as_large_as_said_and_no_larger() -> None:
    head, end = PDF[:-6], PDF[-6:]
    full = head + b" " * (LARGEST_DOCUMENT - len(PDF)) + end
    assert document_of(DOCUMENT, full).size == LARGEST_DOCUMENT
    with pytest.raises(DocumentTooBig, match="larger than 10 MB"):
        document_of(DOCUMENT, head + b" " + full[len(head) :])


@pytest.mark.parametrize(
    "content",
    [
        b"#!/bin/sh\nrm -rf ~\n",
        b"<script>alert(1)</script>%PDF-1.4 %%EOF",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\0\x01\0",
        b"PK\x03\x04",
        PDF.replace(b"%%EOF", b""),
        PDF + b" " * 1024,
        PNG[:-12],
        PNG[:15],
        JPEG[:-2],
        b" " + PDF,
        b" " + PNG,
        b" " + JPEG,
    ],
)
def test_what_is_something_else_or_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentKindUnknown):
        document_of(DOCUMENT, content)


@given(st.binary(min_size=1, max_size=64))
def test_no_bytes_at_all_are_a_fault(content: bytes) -> None:
    with contextlib.suppress(DocumentKindUnknown):
        assert document_of(DOCUMENT, content).kind in DocumentKind
