"""A payer's package comes back from a zip as it went in, or a sentence says that it cannot."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import NotFound
from infra.payer_files.unpack import UnpackFailed, unpack_zip
from services.bootstrap import read_payer_package

FILES = {"claims.csv": b"claim_id\r\n" * 40, "certificates/a.pdf": b"%PDF-1.4 " * 30}


def zipped(method: int = zipfile.ZIP_DEFLATED, *, folders: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        if folders:
            packed.mkdir("certificates")
        for name, content in FILES.items():
            packed.writestr(name, content)
    return out.getvalue()


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "package.zip"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("folders", [True, False])
def test_a_package_packed_again_by_hand_has_its_files_and_no_folders(
    tmp_path: Path, method: int, *, folders: bool
) -> None:
    assert unpack_zip(kept(tmp_path, zipped(method, folders=folders))) == FILES
    assert read_payer_package(tmp_path / "package.zip") == FILES


def test_a_byte_that_turned_in_packed_data_is_told_in_a_sentence(tmp_path: Path) -> None:
    content = bytearray(zipped())
    packed = zipfile.ZipFile(io.BytesIO(content)).getinfo("claims.csv")
    content[packed.header_offset + 30 + len("claims.csv")] ^= 0xFF
    with pytest.raises(NotFound, match="cannot be read as a package"):
        read_payer_package(kept(tmp_path, bytes(content)))


@given(st.integers(min_value=0), st.integers(0, 255), st.integers(min_value=0))
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the file is written each time
)
def test_whatever_became_of_a_zip_no_other_error_escapes(
    tmp_path: Path, place: int, byte: int, cut: int
) -> None:
    content = bytearray(zipped(folders=True))
    content[place % len(content)] = byte
    path = kept(tmp_path, bytes(content[: len(content) - cut % 40]))
    try:
        files = unpack_zip(path)
    except UnpackFailed:
        return
    assert set(files.values()) <= set(FILES.values())


def test_a_zip_that_unpacks_to_more_than_fits_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = kept(tmp_path, zipped())
    size = sum(map(len, FILES.values()))
    assert unpack_zip(path, most=size) == FILES
    with pytest.raises(UnpackFailed):
        unpack_zip(path, most=size - 1)


@pytest.mark.parametrize("said", [7, len(FILES["claims.csv"]) + 1])
def test_a_zip_that_misstates_its_sizes_is_refused(tmp_path: Path, said: int) -> None:
    content = zipped()
    true, false = (each.to_bytes(4, "little") for each in (len(FILES["claims.csv"]), said))
    with pytest.raises(UnpackFailed):
        unpack_zip(kept(tmp_path, content.replace(true, false)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_can_only_be_unpacked_all_at_once_is_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(UnpackFailed):
        unpack_zip(kept(tmp_path, zipped(method)))
