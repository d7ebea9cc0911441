"""What an archive may be: how large unpacked, how many files, of which names; and how a damaged one is told."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from shared.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 1_000
MAX_BYTES = 10_000_000_000
#: How many times its own size an archive may unpack to, once that is more than ``ALWAYS_ALLOWED_BYTES``.
MAX_RATIO = 200
ALWAYS_ALLOWED_BYTES = 100_000_000

_MAX_DIRECTORY_BYTES = 1 << 20
_END_RECORD, _ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_END_RECORD_BYTES, _LOCATOR_BYTES, _LONGEST_COMMENT = 22, 20, 65_535
_DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)


class Budget:
    """What an archive may still unpack to, all its files together."""

    def __init__(self, filename: str, packed: int, most_bytes: int) -> None:
        self._filename, self._most = filename, most_bytes
        self._allowed = min(most_bytes, max(ALWAYS_ALLOWED_BYTES, packed * MAX_RATIO))
        self._spent = self._files = 0

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked."""
        self._spent += size
        self.foresee(0)

    def add_files(self, number: int, filename: str) -> None:
        """Count the files of an archive, those of archives within it among others."""
        self._files += number
        if self._files > MAX_ENTRIES:
            raise too_many_entries(filename)

    def foresee(self, size: int) -> None:
        """Refuse to unpack so many bytes if they are too many."""
        if self._spent + size > self._allowed:
            limit = f"{self._most:,} bytes" if self._allowed == self._most else f"{MAX_RATIO} times its size"
            raise UnreadableFileError(
                f"{self._filename} unpacks to more than {limit}.",
                code="archive_too_large",
                advice="Send the files unpacked, or in several archives.",
                file=self._filename,
            )


def refuse_large_directory(stream: BinaryIO, filename: str) -> None:
    """Refuse an archive of so many files that their list alone would fill the memory.

    The record at the end is looked for where :mod:`zipfile` looks for it.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(size - _END_RECORD_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES, 0))
    tail = stream.read()
    stream.seek(0)
    at = len(tail) - _END_RECORD_BYTES
    if tail[at : at + 4] != _END_RECORD or tail[-2:] != b"\x00\x00":
        at = tail.rfind(_END_RECORD)
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    in_zip64 = at >= _LOCATOR_BYTES and tail[at - _LOCATOR_BYTES :].startswith(_ZIP64_LOCATOR)
    if at >= 0 and (in_zip64 or directory_bytes > _MAX_DIRECTORY_BYTES):
        raise too_many_entries(filename)


def refuse_misleading(name: str, filename: str) -> None:
    """Refuse a name that leads out of its folder, or does not look like what it is."""
    hidden = any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in name)
    parts = name.replace("\\", "/").split("/")
    if hidden or ".." in parts or not parts[0] or ":" in parts[0]:
        raise UnreadableFileError(
            f"{filename} holds a file whose name leads out of its folder or has hidden characters: {name!a}.",
            code="misleading_name",
            advice="Give the file a plain name and pack it again.",
            file=filename,
        )


def too_many_entries(filename: str) -> UnreadableFileError:
    """Say that an archive holds more files than one may."""
    return UnreadableFileError(
        f"{filename} holds more than {MAX_ENTRIES:,} files, or is written for archives that do.",
        code="too_many_files",
        advice="Send the files in several archives.",
        file=filename,
    )


@contextmanager
def damage_told(filename: str) -> Iterator[None]:
    """Say of what cannot be unpacked in this block that its archive is damaged."""
    try:
        yield
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"{filename} cannot be unpacked: it is damaged, cut off, or packed in an unusual way.",
            code="damaged_archive",
            advice="Pack the files again and send them once more.",
            file=filename,
        ) from error
