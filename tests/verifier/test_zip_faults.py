# SPDX-License-Identifier: Apache-2.0
"""Archives with one fault each, in the zip and in the bag: refused, with the file named and the right reason."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import verifier
from tests.verifier.archives import NAME, Archive, Files, manifest, pack, seal
from verifier.cli import main
from verifier.report import NotAnArchiveError

ZIP_FAULTS: dict[str, tuple[Callable[[zipfile.ZipFile], None], str]] = {}
BAG_FAULTS: dict[str, tuple[Callable[[Files], None], str, str]] = {}


def zip_fault(code: str) -> Callable[[Callable[[zipfile.ZipFile], None]], None]:
    return lambda spoil: ZIP_FAULTS.update({spoil.__name__: (spoil, code)})


def bag_fault(code: str, file: str) -> Callable[[Callable[[Files], None]], None]:
    return lambda spoil: BAG_FAULTS.update({spoil.__name__: (spoil, code, file)})


@zip_fault("name_absolute")
def absolute_name(archive: zipfile.ZipFile) -> None:
    archive.writestr("/etc/passwd", b"x")


@zip_fault("name_absolute")
def drive_letter(archive: zipfile.ZipFile) -> None:
    archive.writestr("C:/x", b"x")


@zip_fault("name_escapes")
def parent_folder(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/../x", b"x")


@zip_fault("name_strange")
def backslash(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/a\\..\\b", b"x")


@zip_fault("name_strange")
def control_character(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/a\x1b[2J", b"x")


@zip_fault("name_repeated")
def repeated_name(archive: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{NAME}/{verifier.AUDIT}", b"x")


@zip_fault("name_repeated")
def name_in_other_case(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/DATA/audit.jsonl", b"x")


@zip_fault("not_one_folder")
def second_folder(archive: zipfile.ZipFile) -> None:
    archive.writestr("other/x", b"x")


@zip_fault("not_one_folder")
def file_beside_the_folder(archive: zipfile.ZipFile) -> None:
    archive.writestr("x", b"x")


@zip_fault("link")
def symbolic_link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo(f"{NAME}/data/link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, b"/etc/passwd")


@zip_fault("ratio")
def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/data/bomb", bytes(8 << 20))


@zip_fault("method")
def unknown_compression(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/data/x", b"x" * 100, compress_type=zipfile.ZIP_LZMA)


@pytest.mark.parametrize("name", ZIP_FAULTS)
def test_zip_with_one_fault_is_refused(name: str, tmp_path: Path) -> None:
    spoil, code = ZIP_FAULTS[name]
    report = verifier.verify(pack(Archive().bag(), tmp_path / "a.zip", spoil))
    assert code in {finding.code for finding in report.findings}
    assert not report.standings_sha256


def test_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = pack(Archive().bag(), tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of encryption in the first entry of the directory
    path.write_bytes(bytes(data))
    assert [finding.code for finding in verifier.verify(path).findings] == ["encrypted"]


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    path = pack(Archive().bag(), tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    offset = struct.unpack_from("<I", data, first + 42)[0]
    struct.pack_into("<I", data, second + 42, offset)  # the second entry now reads the bytes of the first
    path.write_bytes(bytes(data))
    assert "overlap" in {finding.code for finding in verifier.verify(path).findings}


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_told_apart(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(NotAnArchiveError) as error:
        verifier.verify(path)
    assert error.value.finding.code == "not_a_zip"
    assert main([str(path)]) == 2


def test_zip_without_bag_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchiveError) as error:
        verifier.verify(pack({"readme.txt": b"x"}, tmp_path / "a.zip"))
    assert error.value.finding.code == "no_bagit"


def test_cut_off_archive_is_no_archive(tmp_path: Path) -> None:
    path = pack(Archive().bag(), tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(NotAnArchiveError):
        verifier.verify(path)


@bag_fault("file_changed", "data/tables/marks.csv")
def one_byte_changed(files: Files) -> None:
    data = bytearray(files["data/tables/marks.csv"])
    data[-10] ^= 1
    files["data/tables/marks.csv"] = bytes(data)


@bag_fault("file_changed", "verify.pyz")
def program_changed(files: Files) -> None:
    files["verify.pyz"] += b"\n"


@bag_fault("file_changed", "manifest-sha256.txt")
def manifest_changed(files: Files) -> None:
    files["data/tables/marks.csv"] = files["data/tables/marks.csv"].replace(b"8.5", b"9.5", 1)
    files["manifest-sha256.txt"] = manifest({k: v for k, v in files.items() if k.startswith("data/")})


@bag_fault("file_missing", "data/audit.jsonl")
def file_removed(files: Files) -> None:
    del files["data/audit.jsonl"]


@bag_fault("file_missing", "bag-info.txt")
def bag_info_removed(files: Files) -> None:
    del files["bag-info.txt"]


@bag_fault("file_missing", "tagmanifest-sha256.txt")
def tag_manifest_removed(files: Files) -> None:
    del files["tagmanifest-sha256.txt"]


@bag_fault("file_surplus", "data/extra.txt")
def file_added(files: Files) -> None:
    files["data/extra.txt"] = b"x"


@bag_fault("file_surplus", "readme.txt")
def tag_file_added(files: Files) -> None:
    files["readme.txt"] = b"x"


@pytest.mark.parametrize("name", BAG_FAULTS)
def test_bag_with_one_fault_is_refused(name: str, tmp_path: Path) -> None:
    spoil, code, file = BAG_FAULTS[name]
    files = Archive().bag()
    spoil(files)
    report = verifier.verify(pack(files, tmp_path / "a.zip"))
    assert (code, file) in {(finding.code, finding.file) for finding in report.findings}
    assert not report.standings_sha256


def resealed(change: Callable[[Files], None], *, without: tuple[str, ...]) -> Files:
    """Change the bag and write the named files anew."""
    files = Archive().bag()
    for name in without:
        del files[name]
    change(files)
    return seal(files)


def test_stated_size_of_the_payload_must_be_right(tmp_path: Path) -> None:
    files = resealed(
        lambda files: files.update({"bag-info.txt": b"Payload-Oxum: 1.1\n"}),
        without=("bag-info.txt", "tagmanifest-sha256.txt"),
    )
    assert [one.code for one in verifier.verify(pack(files, tmp_path / "a.zip")).findings] == ["oxum"]


def test_other_version_of_bagit_is_refused(tmp_path: Path) -> None:
    files = resealed(
        lambda files: files.update({"bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"}),
        without=("bagit.txt", "tagmanifest-sha256.txt"),
    )
    assert [one.code for one in verifier.verify(pack(files, tmp_path / "a.zip")).findings] == ["bagit_version"]


@pytest.mark.parametrize(
    ("line", "code"),
    [(b"what is this\n", "manifest_line"), (b"0" * 64 + b"  verify.pyz\n", "manifest_place")],
)
def test_manifest_lines_must_be_in_their_form_and_place(line: bytes, code: str, tmp_path: Path) -> None:
    files = Archive().bag()
    files["manifest-sha256.txt"] += line
    del files["tagmanifest-sha256.txt"]
    report = verifier.verify(pack(seal(files), tmp_path / "a.zip"))
    assert (code, "manifest-sha256.txt") in {(finding.code, finding.file) for finding in report.findings}


def test_damaged_entry_is_named(tmp_path: Path) -> None:
    path = pack(Archive().bag(), tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(f"{NAME}/data/tables/marks.csv")
    data = bytearray(path.read_bytes())
    data[entry.header_offset + 30 + len(entry.filename) + 20] ^= 0xFF
    path.write_bytes(bytes(data))
    report = verifier.verify(path)
    assert {finding.file for finding in report.findings} == {"data/tables/marks.csv"}


def test_every_changed_byte_of_the_archive_is_noticed(tmp_path: Path) -> None:
    """Flip bits all over the zip: the archive is refused, or the flip was in what a zip does not use."""
    path = pack(Archive().bag(), tmp_path / "a.zip")
    sound = path.read_bytes()
    expected = verifier.verify(path)
    for at in range(0, len(sound), 997):
        data = bytearray(sound)
        data[at] ^= 0x10
        path.write_bytes(bytes(data))
        try:
            report = verifier.verify(path)
        except NotAnArchiveError:
            continue
        if not report.findings:
            assert report.bag_sha256 == expected.bag_sha256
            assert report.standings_sha256 == expected.standings_sha256
