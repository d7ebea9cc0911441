"""Which system a command speaks to."""

import json

import pytest

from devkit.cli.connection import find_address
from devkit.cli.errors import CliError


@pytest.fixture
def checkout(tmp_path):
    """A folder in which 'make up' runs a system."""
    (tmp_path / ".strata").mkdir()
    local = {"baseUrl": "http://127.0.0.1:5000", "token": "local"}
    (tmp_path / ".strata" / "local.json").write_text(json.dumps(local), encoding="utf-8")
    return tmp_path


def test_without_a_word_it_is_the_system_that_runs_in_this_folder_or_the_nearest_above(checkout):
    deep = checkout / "a" / "b"
    deep.mkdir(parents=True)
    for folder in (checkout, deep):
        address = find_address(None, None, folder)
        assert (address.url, address.token) == ("http://127.0.0.1:5000", "local")
        assert address.source == str(checkout / ".strata" / "local.json")


def test_what_is_named_comes_first(checkout):
    address = find_address("https://strata.example.org/", "mine", checkout)
    assert (address.url, address.token) == ("https://strata.example.org", "mine")


def test_a_token_alone_is_for_the_local_system(checkout):
    assert find_address(None, "mine", checkout).token == "mine"


def test_the_local_token_goes_to_the_local_system_and_to_no_other(checkout):
    assert find_address("http://127.0.0.1:5000/", None, checkout).token == "local"
    with pytest.raises(CliError, match="There is no token for https://elsewhere"):
        find_address("https://elsewhere", None, checkout)


def test_nothing_named_and_nothing_running_is_said_so(tmp_path):
    with pytest.raises(CliError, match="No system is named") as nothing:
        find_address(None, None, tmp_path)
    assert "make up" in nothing.value.advice


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://host", "", "http://", "http://host:port", "http://a..b", "words"]
)
def test_what_is_no_address_is_said_so(url, tmp_path):
    with pytest.raises(CliError, match="is no address"):
        find_address(url, "token", tmp_path)


@pytest.mark.parametrize("token", ["a\nb", "tökén"])
def test_a_token_that_cannot_be_sent_is_said_so_without_showing_it(token, tmp_path):
    with pytest.raises(CliError, match="holds characters") as unfit:
        find_address("http://host", token, tmp_path)
    assert token not in str(unfit.value)


@pytest.mark.parametrize("content", ["", "[]", '{"token": "x"}', '{"baseUrl": "no", "token": "x"}'])
def test_a_local_file_that_says_nothing_is_named(content, checkout):
    (checkout / ".strata" / "local.json").write_text(content, encoding="utf-8")
    with pytest.raises(CliError):
        find_address(None, None, checkout)
