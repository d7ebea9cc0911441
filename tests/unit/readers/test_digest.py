from __future__ import annotations

import hashlib
import io

from hypothesis import given
from hypothesis import strategies as st

from shared.readers.digest import DigestingStream

READS = st.lists(st.tuples(st.sampled_from(["read", "seek", "all", "into", "end"]), st.integers(0, 60)), max_size=12)


@given(st.binary(max_size=50), READS)
def test_hash_and_size_are_those_of_the_file_however_it_is_read(content: bytes, reads: list[tuple[str, int]]) -> None:
    stream, plain = DigestingStream(io.BytesIO(content)), io.BytesIO(content)
    for how, number in reads:
        match how:
            case "read":
                assert stream.read(number) == plain.read(number)
            case "all":
                assert stream.readall() == plain.read()
            case "into":
                buffer = bytearray(number)
                assert buffer[: stream.readinto(buffer)] == plain.read(number)
            case "end":
                assert stream.seek(-min(number, len(content)), io.SEEK_END) == plain.seek(
                    -min(number, len(content)), io.SEEK_END
                )
            case _:
                assert stream.seek(number) == plain.seek(number)
        assert stream.tell() == plain.tell()
    assert stream.finish() == (hashlib.sha256(content).hexdigest(), len(content))


class CountedReads(io.BytesIO):
    """Notes how many bytes were asked of it."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.given += len(data)
        return data


def test_what_is_read_straight_through_is_read_once() -> None:
    source = CountedReads(bytes(3_000_000))
    stream = DigestingStream(source)
    while stream.read(100_000):
        pass
    stream.finish()
    assert source.given == 3_000_000
