"""What is an input: the walk over folders, files, archives and corpora, in a stable order.

Hidden files and folders (a name that starts with a dot) and `__MACOSX` are not inputs: they are the bookkeeping of editors, version
control and archivers. A hidden path that the caller names is read. Everything else is an input, of whatever kind.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ingest.errors import InputPathError, Issue
from ingest.reading.archives import scan_tar, scan_zip
from ingest.reading.corpora import scan_jsonl, scan_parquet
from ingest.reading.inputs import Input, IsUnchanged, ReadLimits, build_refusal, build_size_refusal, build_unchanged, is_hidden
from ingest.reading.readers import explain_unsupported, find_reader

_DEFAULT_LIMITS: Final = ReadLimits()


def scan_inputs(paths: Sequence[Path], limits: ReadLimits = _DEFAULT_LIMITS, unchanged: IsUnchanged | None = None) -> Iterator[Input]:
    """Every input under the paths, one Input each, in the order of the paths and by name within a folder.

    A path is a folder (read recursively), a file, an archive (`.zip`, `.tar`, `.tar.gz`, `.tgz`) or a corpus (`.jsonl`, `.parquet`
    with a column `text`, `content`, `full_text` or `body`). `source` is the file's path from the folder given, with that folder's own
    name in front; where two given paths have the same name, with as many more parent names as tell them apart. The same path given
    twice is read once. Bytes are read one input at a time. A file, member or row that `unchanged` recognises is not read: its Input
    has neither bytes nor issue.

    Raises InputPathError, before anything is read, when a path does not exist or a folder given cannot be listed. A bad file never raises.
    """
    roots = _name_roots(paths)
    for root in roots:
        _check_root(root)
    return _scan_roots(roots, limits, unchanged)


def _scan_roots(roots: dict[Path, str], limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    for root, prefix in roots.items():
        if root.is_dir():
            yield from _scan_folder(root, prefix, limits, unchanged)
        else:
            yield from _scan_file(root, prefix, limits, unchanged)


def _check_root(root: Path) -> None:
    try:
        if stat.S_ISDIR(root.stat().st_mode):
            with os.scandir(root):
                pass
    except FileNotFoundError as error:
        raise InputPathError(f"{root}: no such file or folder; check the path given") from error
    except OSError as error:
        raise InputPathError(f"{root}: cannot be opened ({error.strerror}); check its permissions") from error


def _name_roots(paths: Sequence[Path]) -> dict[Path, str]:
    """Each distinct path, absolute, with the prefix of its sources: the shortest end of the path that no other path shares."""
    roots = list(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))  # noqa: PTH100 (resolve() would replace a link's name)
    depths = dict.fromkeys(roots, 1)
    while True:
        prefixes = {root: "/".join(_show(part) for part in root.parts[-depths[root] :]) for root in roots}
        counts = Counter(prefixes.values())
        clashing = [root for root in roots if counts[prefixes[root]] > 1 and depths[root] < len(root.parts)]
        if not clashing:
            return prefixes
        for root in clashing:
            depths[root] += 1


def _show(name: str) -> str:
    """A file name as text: bytes of a name that are no UTF-8 are written as escapes, so that every source can be stored."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _scan_folder(folder: Path, prefix: str, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted((entry for entry in listing if not is_hidden(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        yield build_refusal(prefix, 0, 0, Issue.UNREADABLE, f"the folder cannot be listed: {error.strerror}")
        return
    for entry in entries:
        path, source = Path(entry.path), f"{prefix}/{_show(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            yield from _scan_folder(path, source, limits, unchanged)
        elif entry.is_symlink() and path.is_dir():
            yield build_refusal(source, 0, 0, Issue.UNSUPPORTED, "links to folders are not followed: give the folder itself")
        else:
            yield from _scan_file(path, source, limits, unchanged)


def _scan_file(path: Path, source: str, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    try:
        status = path.stat()
    except OSError as error:
        yield build_refusal(source, 0, 0, Issue.UNREADABLE, f"the file cannot be opened: {error.strerror}")
        return
    size, modified_ns = status.st_size, status.st_mtime_ns
    name = path.name.lower()
    if not stat.S_ISREG(status.st_mode):
        yield build_refusal(source, size, modified_ns, Issue.UNSUPPORTED, "it is no regular file")
    elif name.endswith(".zip"):
        yield from scan_zip(path, source, modified_ns, limits, unchanged)
    elif name.endswith((".tar", ".tar.gz", ".tgz")):
        yield from scan_tar(path, source, modified_ns, limits, unchanged)
    elif name.endswith(".jsonl"):
        yield from scan_jsonl(path, source, modified_ns, limits, unchanged)
    elif name.endswith(".parquet"):
        yield from scan_parquet(path, source, modified_ns, limits, unchanged)
    else:
        yield _read_file(path, source, status, limits, unchanged)


def _read_file(path: Path, source: str, status: os.stat_result, limits: ReadLimits, unchanged: IsUnchanged | None) -> Input:
    size, modified_ns = status.st_size, status.st_mtime_ns
    reader = find_reader(path.name)
    if reader is None:
        return build_refusal(source, size, modified_ns, Issue.UNSUPPORTED, explain_unsupported(path.name))
    if size > limits.max_bytes:
        return build_size_refusal(source, size, modified_ns, limits)
    if unchanged is not None and unchanged(source, size, modified_ns):
        return build_unchanged(source, reader.media_type, size, modified_ns)
    try:
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        return build_refusal(source, size, modified_ns, Issue.UNREADABLE, f"the file cannot be read: {error.strerror}")
    if len(data) > limits.max_bytes:  # it grew since it was listed
        return build_size_refusal(source, len(data), modified_ns, limits)
    return Input(source, data, None, reader.media_type, len(data), modified_ns, None, None)
