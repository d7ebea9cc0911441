"""What a file is, by its first bytes alone."""

import gzip
import io
import zipfile

import pytest

from shared.readers.sniff import Kind, sniff


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "1")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"\xef\xbb\xbf \r\n\t", Kind.EMPTY),
        ("\ufeff\n".encode("utf-16-le"), Kind.EMPTY),
        (b'[{"a": 1}]', Kind.JSON),
        (b'\xef\xbb\xbf\n {"a": 1}', Kind.JSON),
        ('[{"a": 1}]'.encode("utf-16"), Kind.JSON),
        (b"id,name\n1,Ann\n", Kind.DELIMITED),
        ("id;name\n1;Ann\n".encode("utf-16"), Kind.DELIMITED),
        ("id;name\n1;Ann\n".encode("utf-16-be"), Kind.DELIMITED),
        ("id;K\u00f6chin".encode("cp1252"), Kind.DELIMITED),
        (b"id,name\n1,An\x00n\n", Kind.DELIMITED),
        (b"just words", Kind.DELIMITED),
        (b"\n<!DOCTYPE html><table>", Kind.MARKUP),
        (b'<?xml version="1.0"?>', Kind.MARKUP),
        (gzip.compress(b"1"), Kind.GZIP),
        (zipped(), Kind.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", Kind.OLE),
        (b"%PDF-1.7", Kind.BINARY),
        (b"PAR1\x15\x04", Kind.BINARY),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(128)), Kind.BINARY),
    ],
)
def test_a_file_is_what_its_bytes_say(head, kind):
    assert sniff(head) is kind
