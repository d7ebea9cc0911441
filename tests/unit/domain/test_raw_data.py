from __future__ import annotations

import pytest

from shared.domain.raw_data import check_raw_path, owner_of_data
from shared.domain.roles import Principal, Role
from shared.errors import ForbiddenError, InvalidRequestError

EVE, ADMIN = Principal("eve", Role.USER), Principal("admin", Role.ADMIN)


@pytest.mark.parametrize("path", ["eve/b7/x.json", "eve/b7/deep/x.json", "eve/b 7/注文 (2).json", "eve/..x/x.json"])
def test_users_name_files_of_their_own_folder(path: str) -> None:
    check_raw_path(path, EVE)


@pytest.mark.parametrize("path", ["bob/b7/x.json", "Eve/b7/x.json", "eve /b7/x.json", "admin/b7/x.json"])
def test_files_of_others_are_forbidden_to_users_and_open_to_administrators(path: str) -> None:
    check_raw_path(path, ADMIN)
    with pytest.raises(ForbiddenError) as refusal:
        check_raw_path(path, EVE)
    assert refusal.value.code == "not_your_data"


@pytest.mark.parametrize(
    "path",
    [
        "eve/../bob/b7/x.json",
        "eve/b7/..",
        "eve/./x.json",
        "../eve/x.json",
        "eve/b7/. ./x.json",
        "/eve/b7/x.json",
        "eve//x.json",
        "eve/b7/",
        "eve",
        "",
        "eve\\..\\bob\\x.json",
        "eve/b7/x\x00.json",
        "eve/b7/x\u202enosj",
        "eve/b7/x\n.json",
        "eve/" + "b" * 1024,
    ],
)
@pytest.mark.parametrize("caller", [EVE, ADMIN], ids=["user", "admin"])
def test_what_is_no_plain_path_is_refused_to_everybody(path: str, caller: Principal) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        check_raw_path(path, caller)
    assert refusal.value.code == "invalid_blob_name"


def test_data_is_the_callers_own_unless_an_administrator_says_whose() -> None:
    assert owner_of_data(EVE, None) == owner_of_data(EVE, "eve") == owner_of_data(ADMIN, "eve") == "eve"
    with pytest.raises(ForbiddenError):
        owner_of_data(EVE, "bob")


@pytest.mark.parametrize("wanted", ["eve/../bob", "..", "a\\b", "", "a\x00"])
def test_an_owner_is_the_name_of_one_folder(wanted: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        owner_of_data(ADMIN, wanted)
    assert refusal.value.code == "invalid_user_id"
