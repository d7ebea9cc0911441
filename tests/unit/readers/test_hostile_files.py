"""Files that mean harm, or are wrong beyond all measure: refused soon, in little memory, and said so."""

import gzip
import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.errors import UnreadableFileError
from shared.readers.count import count_records
from shared.readers.read import read_file
from tests.reading import contract_of

JOBS = contract_of("id", "job")
MEGABYTE = 1 << 20


class Repeated(io.RawIOBase):
    """A file that begins with ``head`` and goes on with ``block`` for so many bytes, without ever being whole."""

    def __init__(self, head: bytes, block: bytes, size: int) -> None:
        self._head, self._size, self._position = head, size, 0
        self._block = block * (MEGABYTE // len(block) + 2)
        self._period = len(block)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = offset + (self._size if whence == io.SEEK_END else 0)
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        size = min(size if size >= 0 else self._size, MEGABYTE, self._size - self._position)
        if self._position < len(self._head):
            data = self._head[self._position : self._position + size]
        else:
            start = (self._position - len(self._head)) % self._period
            data = self._block[start : start + size]
        self._position += len(data)
        return data


@contextmanager
def within(*, seconds: float, megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    start = time.process_time()
    try:
        yield
        spent, (_, most) = time.process_time() - start, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spent < seconds
    assert most < megabytes * MEGABYTE


def refusal(stream: io.RawIOBase | bytes, filename: str = "jobs.csv") -> UnreadableFileError:
    source = io.BytesIO(stream) if isinstance(stream, bytes) else stream
    with within(seconds=2, megabytes=100), pytest.raises(UnreadableFileError) as refused:
        count_records(source, filename, JOBS, "thing")
    if isinstance(stream, bytes):
        with within(seconds=2, megabytes=100), pytest.raises(UnreadableFileError) as unread:
            read_file(stream, JOBS, "thing", filename, 0)
        assert unread.value.message == refused.value.message
    return refused.value


def bomb(block: bytes, blocks: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(b"id,job\n"), *(packer.compress(block) for _ in range(blocks)), packer.flush()])


def test_a_quotation_mark_that_is_open_for_200_megabytes_is_refused_with_its_line():
    error = refusal(Repeated(b'id,job\n1,Clerk\n2,"Cook\n', b"3,Smith\n", 201 * MEGABYTE))
    assert (error.code, error.details["line"]) == ("open_quote", 3)
    error = refusal(Repeated(b'id,job\n1,"', b"no line ends here", 201 * MEGABYTE))
    assert (error.code, error.details["line"]) == ("open_quote", 2)


@pytest.mark.parametrize("block", [b",", b"name,", b'"a",'])
def test_ten_million_columns_are_refused(block):
    for head in (b"id,job,", b"id,job\n1,Clerk\n2,"):
        error = refusal(Repeated(head, block, len(head) + 10_000_000 * len(block)))
        assert error.code == "too_many_columns"
        assert "more than 16,384 columns" in error.message


def test_a_line_without_end_is_refused():
    error = refusal(Repeated(b"id,job\n1,", b"x", 201 * MEGABYTE))
    assert (error.code, error.details["line"]) == ("record_too_long", 2)


def test_a_gzip_bomb_is_refused():
    packed = bomb(b"1,Clerk\n" * (MEGABYTE // 8), 200)
    assert len(packed) < 2 * MEGABYTE
    assert refusal(packed, "jobs.csv.gz").code == "archive_too_large"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("jobs.csv", "w") as file:
        for _ in range(200):
            file.write(bytes(MEGABYTE))
    start = time.process_time()
    assert refusal(stream.getvalue(), "jobs.zip").code == "archive_too_large"
    assert time.process_time() - start < 0.2


def test_a_zip_archive_that_lies_about_its_sizes_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jobs.csv", b"id,job\n" + b"1,Clerk\n" * 1_000_000)
    data = bytearray(stream.getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<L", 7)
    assert refusal(bytes(data), "jobs.zip").code == "damaged_archive"


def test_a_zip_archive_whose_list_of_files_would_fill_the_memory_is_refused():
    listed = (b"PK\x01\x02" + bytes(42)) * 100_000
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 34_464, 34_464, len(listed), 4, 0)
    assert refusal(b"PK\x03\x04" + listed + end, "jobs.zip").code == "too_many_files"


def test_a_packed_file_is_counted_without_being_whole_in_memory():
    packed = gzip.compress(b"id,job\n" + b"1,Clerk\n" * 6_000_000, compresslevel=1)
    with within(seconds=3, megabytes=20):
        assert count_records(io.BytesIO(packed), "jobs.csv.gz", JOBS, "thing") == 6_000_000


@pytest.mark.parametrize("job", ["Clerk", '"Clerk\nof the court"', '"Clerk ""of"" the court"'])
def test_a_large_file_is_counted_in_little_memory(job):
    line = f"1,{job},{'x' * 1_000}\n".encode()
    lines = Repeated(b"id,job,text\n", line, 12 + 50_000 * len(line))
    with within(seconds=3, megabytes=20):
        assert count_records(lines, "jobs.csv", JOBS, "thing") == 50_000
