"""Bytes at rest, encrypted under the key of the person they are about (AES-256-GCM).

Bound to the id under which they are kept: moved to another row, they no longer open. Forgetting
the person makes them unreadable, wherever copies lie.
"""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from infra.secrets.keystore import KeyStore

_NONCE_BYTES: Final = 12


def closed(keystore: KeyStore, subject_id: UUID, name: UUID, content: bytes) -> bytes | None:
    """Return what may be stored; ``None`` for forgotten people.

    Args:
        keystore: the keys of the people.
        subject_id: whose bytes.
        name: under which id they are kept.
        content: as they came.
    """
    key = keystore.key_for_writing(subject_id)
    if key is None:
        return None
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + key.cipher.encrypt(nonce, content, name.bytes)


def opened(keystore: KeyStore, subject_id: UUID, name: UUID, sealed: bytes) -> bytes | None:
    """Return what :func:`closed` was given; ``None`` once the person is forgotten."""
    key = keystore.key_for_reading(subject_id)
    if key is None:
        return None
    return key.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.bytes)
