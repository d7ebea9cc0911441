"""What the contract makes of single faults, in the words that a sender reads."""

import json

import pytest

from shared.frames.engine import get_engine
from tests.datasets.ecommerce.records import record
from tests.outcome import outcome


def verdicts(table: str, *records: dict) -> list[dict]:
    return outcome("ecommerce", get_engine("pyarrow"), json.dumps(records).encode()).verdicts[table].to_pylist()


@pytest.mark.parametrize(
    ("table", "fields", "rule", "message"),
    [
        ("user", {"email": None}, "required", "E-mail is missing."),
        ("user", {"password": "  "}, "required", "Password is missing."),
        ("user", {"username": "9165@inValid"}, "fault_marker", 'User name contains the word "invalid"'),
        ("user", {"sex": "unknown"}, "one_of", "Sex is none of male, female, other."),
        ("user", {"sex": "Male"}, "one_of", "Sex is none of male, female, other."),
        ("user", {"birth_of_date": "2026-01-15"}, "before_as_of", "Date of birth must lie before the job's as-of"),
        ("user", {"birth_of_date": "21.10.2008"}, "type", "Date of birth is not a date that exists, written like"),
        ("user", {"birth_of_date": "1900-01-01"}, "range", "Age must be at least 0 and at most 120."),
        ("user", {"job": {"title": "nurse"}}, "scalar", "Occupation holds a list or an object instead of one value."),
        ("user", {"job": "x" * 70_000}, "text", "Occupation contains a character that cannot be stored"),
        ("user", {"job": "a\x00b"}, "text", "Occupation contains a character that cannot be stored"),
        ("products_sku", {"price": 0}, "range", "Price must be more than 0 and at most 10,000."),
        ("products_sku", {"price": 10000.004}, "range", "Price must be more than 0 and at most 10,000."),
        ("products_sku", {"quantity": 2.5}, "type", "Quantity in stock is not a whole number of at most 18 digits."),
        ("payment", {"amount": 1_000_000}, "range", "Amount must be at least 0 and less than 1,000,000."),
        ("payment", {"status": "Lost"}, "one_of", "Payment status is none of success, pending, failed, refunded."),
        ("order", {"user_id": "nobody"}, "reference", "User id of the order names no accepted row of User."),
        ("order", {"create_time": "yesterday"}, "type", "Created is not a date that exists"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_kept_with_its_reason_in_plain_words(table, fields, rule, message):
    (verdict,) = (row for row in verdicts(table, record(1, **{table: fields})) if row["outcome"] == "quarantined")
    assert verdict["rule"] == rule
    assert verdict["message"].startswith(message)
    assert (verdict["_file"], verdict["_row_no"]) == ("file-0.json", 1)


def test_a_row_is_counted_under_its_first_failing_rule_and_names_the_others():
    (verdict,) = verdicts("user", record(1, user={"email": None, "job": "invalid", "sex": "?"}))
    assert (verdict["column"], verdict["rule"]) == ("email", "required")
    assert verdict["also"] == "email:required,job:fault_marker,sex:one_of,"


def test_a_password_is_never_shown():
    (verdict,) = verdicts("user", record(1, user={"password": "invalid-secret"}))
    assert verdict["value"] == "(not shown)"


def test_an_email_or_telephone_number_that_cannot_be_one_is_emptied_and_the_row_stays():
    result = verdicts("user", record(1, user={"email": "ann at example", "phone_number": "12"}))
    found = {(row["column"], row["rule"], row["outcome"]) for row in result}
    assert found == {("email", "normalise", "nulled"), ("phone_number", "normalise", "nulled")}


def test_an_age_that_differs_from_the_date_of_birth_is_a_finding():
    (finding,) = verdicts("user", record(1, user={"age": 26}))
    assert (finding["rule"], finding["outcome"], finding["value"]) == ("differs", "flagged", "26")


def test_only_what_may_be_empty_may_be_empty():
    assert verdicts("user", record(1, user={"delete_time": None})) == []
