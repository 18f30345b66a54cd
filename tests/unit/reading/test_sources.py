import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest.errors import InputPathError, Issue
from ingest.reading import Input, ReadLimits, scan_inputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "reports"
    (root / "b" / "deep").mkdir(parents=True)
    (root / "a.txt").write_text("甲", encoding="utf-8")
    (root / "b" / "deep" / "c.html").write_text("<p>丙</p>", encoding="utf-8")
    (root / "b.txt").write_text("乙", encoding="utf-8")
    (root / "z.pdf").write_bytes(b"%PDF-1.4")
    return root


def list_sources(*paths: Path, limits: ReadLimits | None = None) -> list[str]:
    return [item.source for item in scan_inputs(paths, limits or ReadLimits())]


def test_a_folder_is_read_recursively_in_the_order_of_names_with_its_own_name_in_front(folder: Path) -> None:
    inputs = list(scan_inputs([folder]))
    assert [item.source for item in inputs] == ["reports/a.txt", "reports/b/deep/c.html", "reports/b.txt", "reports/z.pdf"]
    assert [item.media_type for item in inputs] == ["text/plain", "text/html", "text/plain", "application/pdf"]
    assert inputs[0].data == "甲".encode()
    assert (inputs[0].byte_count, inputs[0].modified_ns) == (3, (folder / "a.txt").stat().st_mtime_ns)


def test_a_relative_path_gives_the_same_sources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert list_sources(Path()) == list_sources(folder)


def test_a_single_file_is_named_by_its_name(folder: Path) -> None:
    assert list_sources(folder / "b.txt") == ["b.txt"]


def test_hidden_files_are_no_inputs_unless_named(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text("x")
    (folder / ".hidden.txt").write_text("x")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "a.txt").write_text("x")
    assert len(list_sources(folder)) == 4
    assert list_sources(folder / ".hidden.txt") == [".hidden.txt"]


def test_every_other_file_gives_exactly_one_input_whatever_its_kind(folder: Path) -> None:
    for name in ["a.doc", "b.docx", "c.xlsx", "d.json", "e.png", "f.unknown", "g", "h.csv", "i.md", "j.7z", "k.gz"]:
        (folder / name).write_bytes(b"0123")
    by_name = {item.source.removeprefix("reports/"): item for item in scan_inputs([folder])}
    assert len(by_name) == 15
    unsupported = {name for name, item in by_name.items() if item.issue is Issue.UNSUPPORTED}
    assert unsupported == {"d.json", "e.png", "f.unknown", "g", "j.7z", "k.gz"}
    assert all(item.detail for item in by_name.values() if item.issue)
    assert by_name["h.csv"].media_type == "text/plain"


def test_a_file_over_the_limit_is_not_read(folder: Path) -> None:
    (folder / "big.txt").write_bytes(b"x" * 101)
    (folder / "fits.txt").write_bytes(b"x" * 100)
    by_name = {item.source: item for item in scan_inputs([folder], ReadLimits(max_bytes=100))}
    assert by_name["reports/big.txt"].issue is Issue.TOO_LARGE
    assert by_name["reports/big.txt"].data is None
    assert by_name["reports/big.txt"].byte_count == 101
    assert by_name["reports/fits.txt"].issue is None


def test_an_empty_file_has_bytes_but_no_issue_before_decoding(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    item = next(item for item in scan_inputs([folder]) if item.source == "reports/empty.txt")
    assert (item.data, item.issue, item.is_unchanged) == (b"", None, False)


def test_links_pipes_and_files_that_cannot_be_opened_are_inputs_with_an_issue(folder: Path) -> None:
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "linked.txt").symlink_to(folder / "a.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe.txt")
    by_name = {item.source.removeprefix("reports/"): item for item in scan_inputs([folder])}
    assert by_name["broken.txt"].issue is Issue.UNREADABLE
    assert by_name["linked.txt"].data == "甲".encode()
    assert by_name["loop"].issue is Issue.UNSUPPORTED
    assert by_name["pipe.txt"].issue is Issue.UNSUPPORTED


def test_a_read_error_is_an_issue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def refuse(self: Path, *arguments: object, **options: object) -> object:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return original(self, *arguments, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    first = next(iter(scan_inputs([folder])))
    assert (first.source, first.issue) == ("reports/a.txt", Issue.UNREADABLE)
    assert first.detail == "the file cannot be read: Permission denied"


def test_a_file_name_that_is_no_utf8_gives_a_source_that_can_be_stored(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path / "reports")
    Path(os.fsdecode(root)).mkdir()
    Path(os.fsdecode(root + b"/\xbc\xd7.txt")).write_bytes(b"x")
    assert list_sources(tmp_path / "reports") == ["reports/\\xbc\\xd7.txt"]


@pytest.mark.parametrize("name", ["missing", "missing.txt", "missing.zip"])
def test_a_path_that_does_not_exist_is_the_callers_mistake(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputPathError, match=rf"{name}: no such file or folder; check the path"):
        scan_inputs([tmp_path / name])


def test_a_missing_path_is_told_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(InputPathError):
        scan_inputs([folder, folder / "missing"])


def test_the_same_path_twice_is_read_once(folder: Path) -> None:
    assert list_sources(folder, folder / ".." / "reports") == list_sources(folder)


def test_folders_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "reports").mkdir(parents=True)
        (tmp_path / parent / "reports" / "a.txt").write_text(parent)
    assert list_sources(tmp_path / "x" / "reports", tmp_path / "y" / "reports") == ["x/reports/a.txt", "y/reports/a.txt"]


def test_unchanged_inputs_are_named_but_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, int]] = []

    def recognise(source: str, byte_count: int, modified_ns: int) -> bool:
        asked.append((source, byte_count, modified_ns))
        return source == "reports/a.txt"

    items = {item.source: item for item in scan_inputs([folder], unchanged=recognise)}
    assert items["reports/a.txt"] == Input("reports/a.txt", None, None, "text/plain", 3, (folder / "a.txt").stat().st_mtime_ns, None, None)
    assert items["reports/a.txt"].is_unchanged
    assert [source for source, _, _ in asked] == ["reports/a.txt", "reports/b/deep/c.html", "reports/b.txt", "reports/z.pdf"]
    assert sum(item.is_unchanged for item in items.values()) == 1


def test_the_scan_is_lazy_and_reads_one_input_at_a_time(folder: Path) -> None:
    scan = scan_inputs([folder])
    assert next(scan).source == "reports/a.txt"
    (folder / "b.txt").write_text("changed since", encoding="utf-8")
    assert {item.source: item.data for item in scan}["reports/b.txt"] == b"changed since"


def test_files_folders_archives_and_corpora_mix_and_none_vanishes(folder: Path) -> None:
    with zipfile.ZipFile(folder / "m.zip", "w") as archive:
        archive.writestr("1.txt", "一")
        archive.writestr("2.txt", "二")
    with tarfile.open(folder / "n.tar.gz", "w:gz") as archive:
        archive.add(folder / "a.txt", "3.txt")
    (folder / "o.jsonl").write_text('{"text": "四"}\n{"text": "五"}\n', encoding="utf-8")
    (folder / "p.zip").write_bytes(b"not a zip")
    assert list_sources(folder) == [
        "reports/a.txt",
        "reports/b/deep/c.html",
        "reports/b.txt",
        "reports/m.zip!1.txt",
        "reports/m.zip!2.txt",
        "reports/n.tar.gz!3.txt",
        "reports/o.jsonl#0",
        "reports/o.jsonl#1",
        "reports/p.zip",
        "reports/z.pdf",
    ]
