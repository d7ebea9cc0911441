from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.services.layout import bronze_paths, safe_name


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("orders.json", "orders.json"),
        ("Bestellungen März 2026.json", "Bestellungen März 2026.json"),
        ("注文.json", "注文.json"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\orders.json", "orders.json"),
        ("..", "file"),
        ("", "file"),
        ("   .json", "json"),
        ("a\x00b\r\n.json", "ab.json"),
        ("safe\u202egnp.json", "safegnp.json"),
        ("zero\u200bwidth.json", "zerowidth.json"),
        ("what?*#%|<>:.json", "what________.json"),
    ],
)
def test_a_name_is_made_safe_and_kept_readable(sent: str, stored: str) -> None:
    assert safe_name(sent) == stored


def test_a_long_name_keeps_its_ending() -> None:
    stored = safe_name("ä" * 500 + ".json")
    assert stored.endswith("ä.json")
    assert len(stored.encode()) <= 200


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(sent: str) -> None:
    stored = safe_name(sent)
    assert stored
    assert stored not in {".", ".."}
    assert not set(stored) & set("/\\\x00\n\r")
    assert stored == stored.strip(" .")
    assert len(stored.encode()) <= 200


@given(st.lists(st.text(max_size=20), max_size=8))
def test_every_file_of_a_job_gets_a_path_of_its_own(filenames: list[str]) -> None:
    paths = bronze_paths("user", "parent", "job", filenames)
    assert len(paths) == len(filenames) == len(set(paths))
    assert all(path.startswith("user/parent/job/") and path.count("/") == 3 for path in paths)


def test_equal_names_are_numbered() -> None:
    paths = bronze_paths("u", "p", "j", ["a.json", "a.json", "x/a.json", "a", "a"])
    assert [path.rpartition("/")[2] for path in paths] == ["a.json", "a (2).json", "a (3).json", "a", "a (2)"]


def test_a_user_id_cannot_name_another_folder() -> None:
    assert bronze_paths("../other", "p", "j", ["f"]) == ["other/p/j/f"]
