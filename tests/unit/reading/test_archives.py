import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import Issue
from ingest.reading import Input, ReadLimits, scan_inputs
from ingest.reading.archives import is_unsafe_path

SMALL = ReadLimits(max_bytes=50_000, max_archive_bytes=200_000, max_archive_ratio=20, ratio_floor_bytes=10_000)


def scan(path: Path, limits: ReadLimits = SMALL) -> dict[str, Input]:
    inputs = list(scan_inputs([path], limits))
    by_source = {item.source: item for item in inputs}
    assert len(by_source) == len(inputs)
    return by_source


def make_zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def noise(size: int) -> bytes:
    """Bytes that do not pack."""
    import random

    return random.Random(1).randbytes(size)


@pytest.mark.parametrize(
    ("name", "is_unsafe"),
    [
        ("../x.txt", True),
        ("a/../../x.txt", True),
        ("/etc/x.txt", True),
        ("\\x.txt", True),
        ("..\\x.txt", True),
        ("C:\\x.txt", True),
        ("c:x.txt", True),
        ("a/b.txt", False),
        ("./a.txt", False),
        ("a..b.txt", False),
        ("...", False),
    ],
)
def test_paths_out_of_the_archive(name: str, is_unsafe: bool) -> None:
    assert is_unsafe_path(name) is is_unsafe


def test_members_of_a_zip_and_of_a_tar_are_inputs(tmp_path: Path) -> None:
    zipped = scan(make_zip(tmp_path / "r.zip", {"x/a.txt": b"one", "b.html": b"<p>2</p>", "c.png": b"PNG"}))
    assert list(zipped) == ["r.zip!x/a.txt", "r.zip!b.html", "r.zip!c.png"]
    assert zipped["r.zip!x/a.txt"].data == b"one"
    assert zipped["r.zip!b.html"].media_type == "text/html"
    assert zipped["r.zip!c.png"].issue is Issue.UNSUPPORTED
    members = [(tarfile.TarInfo("x/a.txt"), b"one"), (tarfile.TarInfo("b.html"), b"<p>2</p>")]
    for name, mode in (("r.tar", "w"), ("r.tar.gz", "w:gz"), ("r.tgz", "w:gz")):
        tarred = scan(make_tar(tmp_path / name, members, mode))
        assert [(source, item.data) for source, item in tarred.items()] == [(f"{name}!x/a.txt", b"one"), (f"{name}!b.html", b"<p>2</p>")]
        assert tarred[f"{name}!b.html"].modified_ns == (tmp_path / name).stat().st_mtime_ns


def test_hidden_members_and_folders_are_no_inputs(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "r.zip", {"d/": b"", "a.txt": b"1", ".x.txt": b"2", "__MACOSX/._a.txt": b"3", ".git/y.txt": b"4"})
    assert list(scan(path)) == ["r.zip!a.txt"]


def test_members_that_lead_out_of_the_archive_are_refused_even_when_hidden(tmp_path: Path) -> None:
    names = ["../../.ssh/x.txt", "/abs.txt", "ok.txt"]
    zipped = scan(make_zip(tmp_path / "r.zip", dict.fromkeys(names, b"1")))
    tarred = scan(make_tar(tmp_path / "r.tar", [(tarfile.TarInfo(name), b"1") for name in names], "w"))
    for prefix, found in (("r.zip!", zipped), ("r.tar!", tarred)):
        assert [found[prefix + name].issue for name in names] == [Issue.UNSAFE_ARCHIVE_MEMBER, Issue.UNSAFE_ARCHIVE_MEMBER, None]
        assert found[prefix + names[0]].detail == "its path leads out of the archive"


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.writestr(link, "/etc/hostname")
        archive.writestr("a.txt", "1")
    zipped = scan(tmp_path / "r.zip")
    assert zipped["r.zip!link.txt"].issue is Issue.UNSAFE_ARCHIVE_MEMBER
    assert zipped["r.zip!a.txt"].issue is None

    infos = []
    for name, kind in (("s.txt", tarfile.SYMTYPE), ("h.txt", tarfile.LNKTYPE), ("f.txt", tarfile.FIFOTYPE), ("c.txt", tarfile.CHRTYPE)):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "a.txt"
        infos.append((info, b""))
    tarred = scan(make_tar(tmp_path / "r.tar.gz", [(tarfile.TarInfo("a.txt"), b"1"), *infos]))
    assert tarred["r.tar.gz!a.txt"].issue is None
    assert {item.issue for source, item in tarred.items() if source != "r.tar.gz!a.txt"} == {Issue.UNSAFE_ARCHIVE_MEMBER}
    assert len(tarred) == 5


def test_a_member_that_expands_too_far_is_a_bomb_and_the_others_are_read(tmp_path: Path) -> None:
    found = scan(make_zip(tmp_path / "r.zip", {"a.txt": b"1", "bomb.txt": b"0" * 49_000, "b.txt": b"2"}))
    assert found["r.zip!bomb.txt"].issue is Issue.UNSAFE_ARCHIVE_MEMBER
    assert found["r.zip!bomb.txt"].data is None
    assert "expand to 49000, more than 20 times" in (found["r.zip!bomb.txt"].detail or "")
    assert (found["r.zip!a.txt"].data, found["r.zip!b.txt"].data) == (b"1", b"2")


def test_a_short_text_of_blanks_is_no_bomb(tmp_path: Path) -> None:
    found = scan(make_zip(tmp_path / "r.zip", {"a.txt": b" " * 9_000}))
    assert found["r.zip!a.txt"].issue is None


def test_what_comes_after_the_total_limit_is_refused_member_by_member(tmp_path: Path) -> None:
    members = {f"{number}.txt": noise(45_000) for number in range(6)}
    found = scan(make_zip(tmp_path / "r.zip", members, zipfile.ZIP_STORED))
    issues = [item.issue for item in found.values()]
    assert issues == [None] * 4 + [Issue.UNSAFE_ARCHIVE_MEMBER] * 2


def test_a_large_member_is_too_large_and_not_read(tmp_path: Path) -> None:
    zipped = scan(make_zip(tmp_path / "r.zip", {"a.txt": noise(50_001), "b.txt": b"1"}))
    assert zipped["r.zip!a.txt"].issue is Issue.TOO_LARGE
    assert zipped["r.zip!a.txt"].data is None
    assert zipped["r.zip!b.txt"].data == b"1"
    tarred = scan(make_tar(tmp_path / "r.tar", [(tarfile.TarInfo("a.txt"), noise(50_001)), (tarfile.TarInfo("b.txt"), b"1")], "w"))
    assert [item.issue for item in tarred.values()] == [Issue.TOO_LARGE, None]
    assert tarred["r.tar!b.txt"].data == b"1"


def test_a_tar_bomb_ends_the_archive_and_says_so(tmp_path: Path) -> None:
    members = [(tarfile.TarInfo("a.txt"), b"1"), (tarfile.TarInfo("bomb.txt"), b"0" * 5_000_000), (tarfile.TarInfo("b.txt"), b"2")]
    found = scan(make_tar(tmp_path / "r.tar.gz", members))
    assert list(found) == ["r.tar.gz!a.txt", "r.tar.gz!bomb.txt", "r.tar.gz"]
    assert found["r.tar.gz!a.txt"].data == b"1"
    assert found["r.tar.gz!bomb.txt"].issue is Issue.UNSAFE_ARCHIVE_MEMBER
    assert found["r.tar.gz"].issue is Issue.UNSAFE_ARCHIVE_MEMBER
    assert "what comes after this member was not read" in (found["r.tar.gz"].detail or "")


def test_a_tar_header_that_claims_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 3_000_000_000
    path = tmp_path / "r.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(40):
            file.write(b"\x00" * 1_000_000)
    found = scan(path)
    assert [item.issue for item in found.values()] == [Issue.UNREADABLE]
    assert "a header of more than 1000000 bytes" in (found["r.tar.gz"].detail or "")


@pytest.mark.parametrize("name", ["r.zip", "r.tar", "r.tar.gz", "r.tgz"])
@pytest.mark.parametrize("data", [b"", b"this is no archive", b"PK\x03\x04broken", b"\x1f\x8bbroken", noise(3000)])
def test_a_broken_archive_is_one_unreadable_input(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    found = scan(tmp_path / name)
    assert [(source, item.issue) for source, item in found.items()] == [(name, Issue.UNREADABLE)]


def test_a_tar_that_breaks_off_keeps_what_was_read_and_says_where(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "r.tar.gz", [(tarfile.TarInfo("a.txt"), b"1"), (tarfile.TarInfo("b.txt"), noise(40_000))])
    path.write_bytes(path.read_bytes()[:20_000])
    found = scan(path)
    assert found["r.tar.gz!a.txt"].data == b"1"
    assert found["r.tar.gz"].issue is Issue.UNREADABLE
    assert "breaks off after" in (found["r.tar.gz"].detail or "")


def test_a_damaged_member_is_unreadable_and_the_others_are_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "r.zip", {"a.txt": b"A" * 100, "b.txt": b"B" * 100}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"A" * 100, b"A" * 99 + b"X"))
    found = scan(path)
    assert found["r.zip!a.txt"].issue is Issue.UNREADABLE
    assert found["r.zip!b.txt"].data == b"B" * 100


def test_an_encrypted_member_is_unreadable(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "r.zip", {"a.txt": b"1"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert scan(path)["r.zip!a.txt"].detail == "it is encrypted"


def test_an_archive_without_files_is_empty(tmp_path: Path) -> None:
    assert scan(make_zip(tmp_path / "r.zip", {}))["r.zip"].issue is Issue.EMPTY
    assert scan(make_tar(tmp_path / "r.tar", [], "w"))["r.tar"].issue is Issue.EMPTY


def test_archives_and_corpora_inside_an_archive_are_unsupported(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "i.zip", {"a.txt": b"1"}).read_bytes()
    found = scan(make_zip(tmp_path / "r.zip", {"i.zip": inner, "c.jsonl": b'{"text": "1"}', "d.tar.gz": b"x"}))
    assert {item.issue for item in found.values()} == {Issue.UNSUPPORTED}
    assert found["r.zip!i.zip"].detail == "archives inside archives are not read: unpack the outer one"


def test_two_members_of_one_name_are_two_inputs(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("a.txt", "1")
        archive.writestr("a.txt", "2")
    assert {source: item.data for source, item in scan(tmp_path / "r.zip").items()} == {"r.zip!a.txt": b"1", "r.zip!a.txt~2": b"2"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_member_names_without_the_utf8_flag_are_read(tmp_path: Path, encoding: str) -> None:
    name = "甲县年报.txt".encode(encoding)
    path = make_zip(tmp_path / "r.zip", {"x" * len(name): b"1"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert scan(path)["r.zip!甲县年报.txt"].data == b"1"


def test_unchanged_members_are_not_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "r.zip", {"a.txt": b"1", "b.txt": b"2"})
    inputs = list(scan_inputs([path], SMALL, lambda source, byte_count, _: (source, byte_count) == ("r.zip!a.txt", 1)))
    assert [(item.data, item.is_unchanged) for item in inputs] == [(None, True), (b"2", False)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255), kind=st.sampled_from(["zip", "tar", "tar.gz"]))
def test_any_damaged_byte_gives_inputs_and_never_raises(tmp_path: Path, position: int, byte: int, kind: str) -> None:
    path = tmp_path / f"r.{kind}"
    if kind == "zip":
        make_zip(path, {"a.txt": b"one", "b/c.txt": b"two" * 20})
    else:
        make_tar(path, [(tarfile.TarInfo("a.txt"), b"one"), (tarfile.TarInfo("b/c.txt"), b"two" * 20)], "w" if kind == "tar" else "w:gz")
    data = bytearray(path.read_bytes())
    data[position % len(data)] = byte
    path.write_bytes(bytes(data))
    inputs = list(scan_inputs([path], SMALL))
    assert inputs
    assert all(item.data is not None or item.issue is not None for item in inputs)
