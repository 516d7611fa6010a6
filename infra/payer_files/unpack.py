"""Take a package out of a zip that anybody may have made, mended or broken on the way."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

MOST_BYTES: Final = 512 * 1024 * 1024
"""Of all unpacked files together: many times a full run, and no more than a machine can hold."""

_BOUNDED: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})  # of the others a read takes all at once
_BROKEN: Final = (
    OSError,
    BadZipFile,
    EOFError,
    zlib.error,
    struct.error,  # the file ends within a heading
    ValueError,  # a name that is no text, a place before the file's beginning
    RuntimeError,  # locked with a password
    NotImplementedError,  # packed in a way that this zip reader does not know
)


class UnpackFailed(Exception):
    """It is no zip, or a broken, locked or far too large one."""


def unpack_zip(path: Path, *, most: int = MOST_BYTES) -> dict[str, bytes]:
    """Return the files of a zip by name; folders, which a zip made by hand lists, are none.

    Args:
        path: of the zip.
        most: bytes that are unpacked at most, whatever the zip says of its sizes.

    Raises:
        UnpackFailed: it cannot be read, or holds more than *most*.
    """
    try:
        with ZipFile(path) as packed:
            return _files(packed, most)
    except _BROKEN as broken:
        raise UnpackFailed from broken


def _files(packed: ZipFile, most: int) -> dict[str, bytes]:
    entries = [each for each in packed.infolist() if not each.filename.endswith("/")]
    if sum(each.file_size for each in entries) > most:
        raise UnpackFailed
    files: dict[str, bytes] = {}
    left = most
    for entry in entries:
        if entry.compress_type not in _BOUNDED:
            raise UnpackFailed
        with packed.open(entry) as opened:
            # Asked for everything, a deflated file is unpacked whole before its size is compared.
            content = opened.read(min(entry.file_size, left) + 1)
        if len(content) < entry.file_size:  # what says more than it holds was tampered with
            raise UnpackFailed
        left -= len(content)
        files[entry.filename] = content
    return files
