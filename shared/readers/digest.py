"""The SHA-256 and the size of a file, worked out while somebody reads it for a reason of his own."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, BinaryIO

_CHUNK_BYTES = 1 << 20


class DigestingStream(io.RawIOBase):
    """Passes a file on to its reader, once over each byte: what the reader leaves out is read at the end.

    A reader may jump about; what it reads for the second time is not hashed again.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Take over a seekable stream at its beginning."""
        self._stream = stream
        self._hash = hashlib.sha256()
        self._position = 0
        self._hashed = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read in any order."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Read on from elsewhere."""
        self._position = self._stream.seek(offset, whence)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as one read of the file does."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        self._position += len(data)
        if self._position > self._hashed >= self._position - len(data):
            self._hash.update(data[self._hashed - self._position :])
            self._hashed = self._position
        return data

    def readall(self) -> bytes:
        """Read all that is left."""
        return self.read()

    def finish(self) -> tuple[str, int]:
        """Read what has not been read; returns the hash and the size of the whole file."""
        self.seek(self._hashed)
        while self.read(_CHUNK_BYTES):
            pass
        return self._hash.hexdigest(), self._hashed
