"""Opens gzip and zip archives within limits: a few bytes can unpack to more than any machine holds.

Nothing is unpacked to disk under a name that an archive says; a name that would mislead whoever reads it is refused.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from shared.errors import UnreadableFileError
from shared.readers.archive_limits import (
    MAX_BYTES,
    MAX_ENTRIES,
    Budget,
    damage_told,
    refuse_large_directory,
    refuse_misleading,
    too_many_entries,
)
from shared.readers.sniff import SNIFFED_BYTES, Kind, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 2

_SPOOLED_BYTES = 16 << 20
_COPIED_BYTES = 1 << 18
_ENCRYPTED = 0x1
#: What a Mac adds to an archive without being asked.
_UNASKED = re.compile(r"__MACOSX/|(?:.*/)?\.DS_Store$")


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is no archive: sent as it is, or out of one.

    ``head`` is its beginning and ``stream`` all of it, to be read once before the next part; that of a workbook can be
    read in any order.
    """

    filename: str
    kind: Kind
    head: bytes
    stream: BinaryIO


def unpacked(stream: BinaryIO, filename: str, most_bytes: int = MAX_BYTES) -> Iterator[Part]:
    """Yield the files in ``stream``, which is seekable: those of an archive, or itself.

    Raises :class:`UnreadableFileError` for an archive that is damaged, has a password, holds no file or a file with a
    misleading name, or goes beyond the limits.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return _parts(stream, filename, 0, Budget(filename, size, most_bytes))


class _Stream(io.RawIOBase):
    """A stream that is read once, from its beginning to its end, piece by piece."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self._next(_COPIED_BYTES), b""))
        return self._next(size)

    def _next(self, size: int) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        raise NotImplementedError


class _Unpacking(_Stream):
    """What an archive holds; of what cannot be unpacked it is said that the archive is damaged."""

    def __init__(self, stream: Any, filename: str, budget: Budget) -> None:
        self._stream, self._filename, self._budget = stream, filename, budget

    def _next(self, size: int) -> bytes:
        with damage_told(self._filename):
            data: bytes = self._stream.read(min(size, _COPIED_BYTES))
        self._budget.spend(len(data))
        return data


class _Rewound(_Stream):
    """A stream of which the beginning was read already, once more from its beginning."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def _next(self, size: int) -> bytes:
        if not self._head:
            return self._stream.read(size)
        data, self._head = self._head[:size], self._head[size:]
        return data


def _parts(stream: BinaryIO, filename: str, depth: int, budget: Budget) -> Iterator[Part]:
    head = _head(stream)
    kind = sniff(head)
    if stream.seekable():
        stream.seek(0)
        whole = stream
    else:
        whole = cast("BinaryIO", _Rewound(head, stream))
    if kind in {Kind.GZIP, Kind.ZIP} and depth == MAX_DEPTH:
        raise UnreadableFileError(
            f"{filename} lies more than {MAX_DEPTH} archives deep.",
            code="archive_too_deep",
            advice="Send the files unpacked, or in a single archive.",
            file=filename,
        )
    if kind is Kind.GZIP:
        with gzip.GzipFile(fileobj=whole) as content:
            inner = cast("BinaryIO", _Unpacking(content, filename, budget))
            yield from _parts(inner, filename, depth + 1, budget)
    elif kind is Kind.ZIP:
        with seekable(whole) as direct, opened_zip(direct, filename) as archive:
            if _is_workbook(archive):
                yield Part(filename, Kind.WORKBOOK, head, direct)
            else:
                yield from _members(archive, filename, depth, budget)
    else:
        yield Part(filename, kind, head, whole)


def _head(stream: BinaryIO) -> bytes:
    """Read the beginning of a stream, as far as it is looked at."""
    head = b""
    while len(head) < SNIFFED_BYTES and (more := stream.read(SNIFFED_BYTES - len(head))):
        head += more
    return head


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Provide a stream that can be read in any order: itself, or a copy."""
    if stream.seekable():
        yield stream
        return
    with SpooledTemporaryFile(_SPOOLED_BYTES) as copy:
        shutil.copyfileobj(stream, copy, _COPIED_BYTES)
        copy.seek(0)
        yield cast("BinaryIO", copy)


@contextmanager
def opened_zip(stream: BinaryIO, filename: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive of a bearable number of files."""
    refuse_large_directory(stream, filename)
    with damage_told(filename):
        archive = zipfile.ZipFile(stream)
    with archive:
        if len(archive.filelist) > MAX_ENTRIES:
            raise too_many_entries(filename)
        yield archive


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    """Tell whether a zip archive is an Excel workbook."""
    names = {name.lower() for name in archive.namelist()}
    return {"[content_types].xml", "xl/workbook.xml"} <= names


def _members(archive: zipfile.ZipFile, filename: str, depth: int, budget: Budget) -> Iterator[Part]:
    files = [entry for entry in archive.filelist if not entry.is_dir() and not _UNASKED.match(entry.filename)]
    if not files:
        raise UnreadableFileError(f"{filename} holds no file.", code="empty_file", file=filename)
    budget.add_files(len(files), filename)
    for entry in files:
        refuse_misleading(entry.orig_filename, filename)
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableFileError(
                f"{filename} has a password.",
                code="archive_with_password",
                advice="Send the files without one.",
                file=filename,
            )
    # No file is read beyond the size that the archive states, so that a bomb is seen before it goes off.
    budget.foresee(sum(entry.file_size for entry in files))
    for entry in files:
        place = f"{filename}/{entry.filename}"
        with damage_told(filename):
            content = archive.open(entry)
        with content:
            yield from _parts(cast("BinaryIO", _Unpacking(content, filename, budget)), place, depth + 1, budget)
