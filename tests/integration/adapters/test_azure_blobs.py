from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from shared.adapters.azure.account import StorageAccount
from shared.adapters.azure.blobs import AzureBlobStore
from shared.errors import ConflictError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from devkit.azurite.server import Azurite


@pytest.fixture(scope="module")
def blobs(account: StorageAccount) -> AzureBlobStore:
    return AzureBlobStore(account)


def test_a_container_appears_with_its_first_blob(blobs: AzureBlobStore, unique: str) -> None:
    blobs.put(unique, "a/b.txt", b"one")
    assert blobs.get(unique, "a/b.txt") == b"one"


def test_put_replaces(blobs: AzureBlobStore, unique: str) -> None:
    blobs.put(unique, "a", b"one")
    blobs.put(unique, "a", b"two")
    assert blobs.get(unique, "a") == b"two"


def test_a_stream_is_sent_from_where_it_stands_even_when_the_container_is_new(
    blobs: AzureBlobStore, unique: str
) -> None:
    stream = io.BytesIO(b"skipped" + bytes(range(256)) * 1_000)
    stream.seek(7)
    blobs.put(unique, "stream", stream)
    assert blobs.get(unique, "stream") == bytes(range(256)) * 1_000


def test_put_new_writes_once_whoever_tries(blobs: AzureBlobStore, unique: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda n: blobs.put_new(unique, "only", b"%d" % n), range(8)))
    assert written.count(True) == 1
    assert blobs.get(unique, "only") == b"%d" % written.index(True)


def test_names_of_all_scripts_survive(blobs: AzureBlobStore, unique: str) -> None:
    path = "Müller & Söhne/注文 (2) +#%.json"
    blobs.put(unique, path, b"x")
    assert list(blobs.list(unique, "Müller")) == [path]
    assert blobs.get(unique, path) == b"x"


def test_a_list_holds_what_begins_with_the_prefix_in_path_order(blobs: AzureBlobStore, unique: str) -> None:
    for path in ("b/2", "b/1", "a/1", "bb"):
        blobs.put(unique, path, path.encode())
    assert list(blobs.list(unique, "b/")) == ["b/1", "b/2"]


def test_a_missing_blob_is_not_found(blobs: AzureBlobStore, unique: str) -> None:
    blobs.put(unique, "a", b"")
    for container in (unique, f"{unique}x"):
        with pytest.raises(NotFoundError):
            blobs.get(container, "missing")


def test_deleting_what_is_not_there_is_no_error(blobs: AzureBlobStore, unique: str) -> None:
    blobs.delete(unique, "missing")
    blobs.put(unique, "a", b"")
    blobs.delete(unique, "a")
    blobs.delete(unique, "a")
    assert list(blobs.list(unique, "")) == []


def test_a_missing_container_lists_as_empty(blobs: AzureBlobStore, unique: str) -> None:
    assert list(blobs.list(unique, "")) == []


def test_ping_answers_while_the_storage_is_there(blobs: AzureBlobStore) -> None:
    blobs.ping()


def test_an_unreachable_storage_is_unavailable(unreachable: StorageAccount) -> None:
    with pytest.raises(UnavailableError) as unavailable:
        AzureBlobStore(unreachable).ping()
    assert unavailable.value.code == "storage_unavailable"


def test_a_storage_that_does_not_let_us_in_is_unavailable(azurite: Azurite, unique: str) -> None:
    key = re.search("AccountKey=([^;]+)", azurite.connection_string)
    assert key is not None
    stranger = AzureBlobStore(StorageAccount(azurite.connection_string.replace(key[1], "c3RyYW5nZXI=")))
    with pytest.raises(UnavailableError):
        stranger.put(unique, "a", b"")


def test_a_blob_is_read_as_a_stream_from_any_place(blobs: AzureBlobStore, unique: str) -> None:
    content = bytes(range(256)) * 40_000
    blobs.put(unique, "large", content)
    with blobs.open(unique, "large") as stream:
        assert stream.read(1_000) == content[:1_000]
        assert stream.seek(-5, 2) == len(content) - 5
        assert stream.read() == content[-5:]
        stream.seek(5_000_000)
        assert stream.read(10) == content[5_000_000:5_000_010]
        stream.seek(0)
        assert stream.read() == content
    blobs.put(unique, "empty", b"")
    with blobs.open(unique, "empty") as stream:
        assert stream.read() == b""


def test_a_stream_reads_one_version_of_a_blob(blobs: AzureBlobStore, unique: str) -> None:
    blobs.put(unique, "large", bytes(10_000_000))
    with blobs.open(unique, "large") as stream:
        stream.read(10)
        blobs.put(unique, "large", b"another")
        with pytest.raises(ConflictError) as changed:
            stream.read()
    assert changed.value.code == "blob_changed"


def test_a_missing_blob_cannot_be_opened(blobs: AzureBlobStore, unique: str) -> None:
    with pytest.raises(NotFoundError):
        blobs.open(unique, "missing")


def test_what_is_known_of_a_blob_changes_with_its_content(blobs: AzureBlobStore, unique: str) -> None:
    assert blobs.stat(unique, "a") is None
    blobs.put(unique, "a", b"one")
    first = blobs.stat(unique, "a")
    assert first is not None
    assert (first.path, first.size) == ("a", 3)
    assert list(blobs.scan(unique, "")) == [first]
    blobs.put(unique, "a", b"other")
    assert [found.etag == first.etag for found in blobs.scan(unique, "")] == [False]


def test_a_copy_is_made_once_and_only_of_the_version_that_is_meant(blobs: AzureBlobStore, unique: str) -> None:
    source, target = (unique, "Müller #1.json"), (f"{unique}x", "copy")
    blobs.put(*source, b"one")
    first = blobs.stat(*source)
    assert first is not None
    blobs.copy(source, target, first.etag)
    assert blobs.get(*target) == b"one"
    blobs.put(*source, b"two")
    with pytest.raises(ConflictError) as changed:
        blobs.copy(source, (unique, "elsewhere"), first.etag)
    assert changed.value.code == "blob_changed"
    second = blobs.stat(*source)
    assert second is not None
    blobs.copy(source, target, second.etag)
    assert blobs.get(*target) == b"one", "what is there stays"
    blobs.delete(*source)
    with pytest.raises(NotFoundError):
        blobs.copy(source, (unique, "elsewhere"), second.etag)


def test_a_blob_is_deleted_only_as_the_version_that_is_meant(blobs: AzureBlobStore, unique: str) -> None:
    blobs.put(unique, "a", b"one")
    first = blobs.stat(unique, "a")
    assert first is not None
    blobs.put(unique, "a", b"two")
    blobs.delete(unique, "a", first.etag)
    assert blobs.get(unique, "a") == b"two"
    (second,) = blobs.scan(unique, "")
    blobs.delete(unique, "a", second.etag)
    assert blobs.stat(unique, "a") is None


def test_a_container_can_be_prepared_for_others_to_write_to(blobs: AzureBlobStore, unique: str) -> None:
    blobs.prepare(unique)
    blobs.prepare(unique)
    assert list(blobs.scan(unique, "")) == []


def test_blocks_without_a_blob_are_seen_when_asked_for(blobs: AzureBlobStore, account: StorageAccount, unique: str):
    blobs.prepare(unique)
    account.blobs.get_blob_client(unique, "half").stage_block("AAAA", b"half of it")
    assert list(blobs.scan(unique, "")) == []
    assert blobs.stat(unique, "half") is None
    assert [found.path for found in blobs.scan(unique, "", uncommitted=True)] == ["half"]
