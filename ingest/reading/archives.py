"""Members of `.zip`, `.tar` and `.tar.gz` archives, read in memory one at a time and never written to disk.

Hostile members become inputs with an issue: a path that leaves the archive, a link, a device, a bomb. Limits are checked against the
declared sizes before a member is read, and again by reading no more than was declared.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from ingest.errors import Issue
from ingest.reading.inputs import Input, IsUnchanged, ReadLimits, build_refusal, build_size_refusal, build_unchanged, is_hidden
from ingest.reading.readers import explain_unsupported, find_reader

_UTF8_NAME_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
_HEADER_ALLOWANCE: Final = 1_000_000
"""Bytes that the headers of one tar member may take. Its extended headers are read whole: without a bound a header is a bomb."""

_BROKEN: Final = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, tarfile.TarError)
"""What zipfile, tarfile, gzip and zlib raise on broken, truncated, encrypted or unknown data."""


@dataclass(slots=True)
class _Archive:
    """An archive being read: counts what it expands to and how often a member name came."""

    source: str
    modified_ns: int
    limits: ReadLimits
    unchanged: IsUnchanged | None
    packed_bytes: int
    expanded_bytes: int = 0
    member_count: int = 0
    name_counts: dict[str, int] = field(default_factory=dict)

    def name_member(self, name: str) -> str:
        """The source of a member; the second member of the same name gets `~2`, so that sources stay distinct."""
        count = self.name_counts.get(name, 0) + 1
        self.name_counts[name] = count
        return f"{self.source}!{name}" if count == 1 else f"{self.source}!{name}~{count}"

    def refuse(self, source: str, size: int, issue: Issue, detail: str) -> Input:
        return build_refusal(source, size, self.modified_ns, issue, detail)

    def find_bomb(self, size: int, packed_size: int | None) -> str | None:
        """Why a member of this expanded size may not be read: it, or the archive with it, expands too far."""
        limits = self.limits
        if self.expanded_bytes + size > limits.max_archive_bytes:
            return f"the archive expands to more than {limits.max_archive_bytes} bytes"
        if packed_size is not None and size > max(limits.ratio_floor_bytes, limits.max_archive_ratio * packed_size):
            return f"{packed_size} bytes expand to {size}, more than {limits.max_archive_ratio} times"
        total = self.expanded_bytes + size
        if total > max(limits.ratio_floor_bytes, limits.max_archive_ratio * self.packed_bytes):
            return f"the archive's {self.packed_bytes} bytes expand to {total} or more, more than {limits.max_archive_ratio} times"
        return None

    def judge(self, name: str, source: str, size: int, packed_size: int | None, special: str | None) -> Input | None:
        """The refusal of a member that may not or need not be read, or None: read it. Counts its size."""
        path = "its path leads out of the archive" if is_unsafe_path(name) else None
        danger = path or special or self.find_bomb(size, packed_size)
        if danger is not None:
            return self.refuse(source, size, Issue.UNSAFE_ARCHIVE_MEMBER, danger)
        self.expanded_bytes += size
        reader = find_reader(name)
        if reader is None:
            return self.refuse(source, size, Issue.UNSUPPORTED, explain_unsupported(name))
        if size > self.limits.max_bytes:
            return build_size_refusal(source, size, self.modified_ns, self.limits)
        if self.unchanged is not None and self.unchanged(source, size, self.modified_ns):
            return build_unchanged(source, reader.media_type, size, self.modified_ns)
        return None

    def build(self, name: str, source: str, data: bytes) -> Input:
        reader = find_reader(name)
        if reader is None:  # judge() has refused it
            raise AssertionError(name)
        return Input(source, data, None, reader.media_type, len(data), self.modified_ns, None, None)


def is_unsafe_path(name: str) -> bool:
    """Whether a member's path is absolute, climbs out of the archive, or names a Windows drive."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or (len(parts[0]) > 1 and parts[0][1] == ":") or "\x00" in name


def _is_hidden_member(name: str) -> bool:
    return any(is_hidden(part) for part in name.replace("\\", "/").split("/") if part != ".")


def scan_zip(path: Path, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    """The members of a ZIP archive in the order of its directory; one refusal for an archive that cannot be opened or is empty."""
    try:
        archive = _Archive(source, modified_ns, limits, unchanged, path.stat().st_size)
        file = zipfile.ZipFile(path)
    except _BROKEN as error:
        yield build_refusal(source, 0, modified_ns, Issue.UNREADABLE, f"the archive cannot be opened: {error}")
        return
    with file:
        for info in file.infolist():
            name = _read_zip_name(info)
            if name.endswith("/") or (_is_hidden_member(name) and not is_unsafe_path(name)):
                continue
            archive.member_count += 1
            yield _read_zip_member(file, info, name, archive)
    if archive.member_count == 0:
        yield archive.refuse(source, archive.packed_bytes, Issue.EMPTY, "the archive holds no files")


def _read_zip_name(info: zipfile.ZipInfo) -> str:
    """The member's name. Without the UTF-8 flag zipfile reads it as cp437; the bytes are in the maker's encoding, UTF-8 or GB18030 here."""
    if info.flag_bits & _UTF8_NAME_FLAG:
        return info.filename
    raw = info.filename.encode("cp437", "surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _read_zip_member(file: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, archive: _Archive) -> Input:
    source = archive.name_member(name)
    special = "it is a link" if stat.S_ISLNK(info.external_attr >> 16) else None
    refusal = archive.judge(name, source, info.file_size, info.compress_size, special)
    if refusal is not None:
        return refusal
    if info.flag_bits & _ENCRYPTED_FLAG:
        return archive.refuse(source, info.file_size, Issue.UNREADABLE, "it is encrypted")
    try:
        with file.open(info) as member:
            data = member.read(archive.limits.max_bytes + 1)
    except _BROKEN as error:
        return archive.refuse(source, info.file_size, Issue.UNREADABLE, f"the member cannot be read: {error}")
    if len(data) > archive.limits.max_bytes:
        return build_size_refusal(source, len(data), archive.modified_ns, archive.limits)
    return archive.build(name, source, data)


class _BoundedStream:
    """A stream that counts what was read from it and refuses to go past `bound`: a header that claims gigabytes is not believed."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile) -> None:
        self._stream = stream
        self.position = 0
        self.bound = _HEADER_ALLOWANCE

    def read(self, size: int = -1) -> bytes:
        if self.position > self.bound:
            raise tarfile.ReadError(f"a header of more than {_HEADER_ALLOWANCE} bytes")
        data = self._stream.read(size)
        self.position += len(data)
        return data


def scan_tar(path: Path, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    """The members of a tar archive, plain or gzipped, in its order; one refusal more where it breaks off or expands too far.

    A tar has no directory: what comes after a broken or exploding member cannot be listed, and the refusal says so.
    """
    try:
        archive = _Archive(source, modified_ns, limits, unchanged, path.stat().st_size)
        opened: IO[bytes] = path.open("rb")
    except OSError as error:
        yield build_refusal(source, 0, modified_ns, Issue.UNREADABLE, f"the archive cannot be opened: {error.strerror}")
        return
    with opened as packed:
        is_gzipped = packed.read(2) == b"\x1f\x8b"
        packed.seek(0)
        stream = _BoundedStream(gzip.GzipFile(fileobj=packed) if is_gzipped else packed)
        try:
            with tarfile.open(fileobj=stream, mode="r|") as file:  # type: ignore[call-overload]  # it needs read() only
                yield from _scan_tar_members(file, stream, archive)
        except _BROKEN as error:
            where = (
                f"the archive breaks off after {archive.member_count} members" if archive.member_count else "the archive cannot be opened"
            )
            yield archive.refuse(source, archive.packed_bytes, Issue.UNREADABLE, f"{where}: {error}")
            return
    if archive.member_count == 0:
        yield archive.refuse(source, archive.packed_bytes, Issue.EMPTY, "the archive holds no files")


def _scan_tar_members(file: tarfile.TarFile, stream: _BoundedStream, archive: _Archive) -> Iterator[Input]:
    while (info := file.next()) is not None:
        name = info.name
        file.members.clear()  # type: ignore[attr-defined]  # tarfile keeps every header it has seen
        stream.bound = stream.position + info.size + 2 * _HEADER_ALLOWANCE
        if info.isdir() or (_is_hidden_member(name) and not is_unsafe_path(name)):
            continue
        archive.member_count += 1
        source = archive.name_member(name)
        refusal = archive.judge(name, source, info.size, None, _explain_special(info))
        if refusal is not None:
            yield refusal
            if archive.find_bomb(info.size if refusal.issue is Issue.UNSAFE_ARCHIVE_MEMBER else 0, None) is not None:
                detail = "the archive expands too far: what comes after this member was not read"
                yield archive.refuse(archive.source, archive.packed_bytes, Issue.UNSAFE_ARCHIVE_MEMBER, detail)
                return
            continue
        member = file.extractfile(info)
        data = member.read() if member is not None else b""
        yield archive.build(name, source, data)


def _explain_special(info: tarfile.TarInfo) -> str | None:
    if info.issym() or info.islnk():
        return "it is a link"
    if info.issparse():
        return "it is a sparse file: its size says nothing of its bytes"
    if not info.isreg():
        return "it is a device or a pipe"
    return None
