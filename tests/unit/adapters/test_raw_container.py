from __future__ import annotations

from unittest.mock import create_autospec

import pytest

from shared.adapters.raw_container import BlobsWithRawContainer
from shared.errors import AppError
from shared.ports import BlobStore


@pytest.fixture
def own():
    return create_autospec(BlobStore, instance=True)


@pytest.fixture
def raw():
    return create_autospec(BlobStore, instance=True)


@pytest.fixture
def blobs(own, raw):
    return BlobsWithRawContainer(own, raw, "raw")


@pytest.mark.parametrize(
    "change",
    [
        lambda blobs: blobs.prepare("raw"),
        lambda blobs: blobs.put("raw", "a", b""),
        lambda blobs: blobs.put_new("raw", "a", b""),
        lambda blobs: blobs.delete("raw", "a"),
        lambda blobs: blobs.copy(("bronze", "a"), ("raw", "a"), "tag"),
        lambda blobs: blobs.copy(("raw", "a"), ("bronze", "a"), "tag"),
    ],
)
def test_nothing_is_written_to_the_raw_container_nor_copied_out_of_it(blobs, own, raw, change):
    with pytest.raises(AppError) as refusal:
        change(blobs)
    assert refusal.value.code == "raw_container_is_read_only"
    assert (own.mock_calls, raw.mock_calls) == ([], [])


@pytest.mark.parametrize(("container", "asked"), [("raw", "raw"), ("bronze", "own")])
@pytest.mark.parametrize("question", ["get", "open", "stat", "scan", "list"])
def test_each_container_is_read_from_the_store_that_has_it(blobs, own, raw, container, asked, question):
    stores = {"own": own, "raw": raw}

    answer = getattr(blobs, question)(container, "a")

    assert answer is getattr(stores.pop(asked), question).return_value
    (other,) = stores.values()
    assert other.mock_calls == []


def test_containers_of_our_own_are_written_to(blobs, own):
    blobs.put("bronze", "a", b"x")
    blobs.delete("bronze", "a")
    blobs.copy(("landing", "a"), ("bronze", "a"), "tag")

    own.put.assert_called_once_with("bronze", "a", b"x")
    own.delete.assert_called_once_with("bronze", "a", None)
    own.copy.assert_called_once_with(("landing", "a"), ("bronze", "a"), "tag")
