"""Seals texts that wait in the database and may name people.

The key lies in the key folder, outside the database, so that neither a dump nor the write-ahead
log tells what waited. Each text is bound to its place: moved to another row, it no longer opens.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK: Final = "sealed:"  # JSON never begins like this
_NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """The text was sealed with another key, for another place, or is damaged."""


class Seal:
    """Seals and opens texts (AES-256-GCM).

    Args:
        key: 32 bytes, kept outside the database.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, text: str, place: str) -> str:
        """Return a text that only :meth:`open` can read, and only in the same place."""
        nonce = urandom(_NONCE_BYTES)
        return (
            _MARK
            + b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()
        )

    def open(self, stored: str, place: str) -> str:
        """Return the text; one that was stored before there were seals is returned as it is.

        Raises:
            SealBroken: it does not open here.
        """
        if not stored.startswith(_MARK):
            return stored
        raw = b64decode(stored.removeprefix(_MARK))
        try:
            opened = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise SealBroken from None
        return opened.decode()
