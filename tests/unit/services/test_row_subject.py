from __future__ import annotations

import pytest

from shared.errors import InvalidRequestError, NotFoundError
from shared.services.row_subject import row_subject


@pytest.mark.parametrize(
    ("table", "dataset", "silver", "gold"),
    [
        ("departments", "hiring", "departments", ["departments"]),
        ("dw_orders", "ecommerce", "order_item", ["dw_orders"]),
        ("order_item", "ecommerce", "order_item", ["dw_orders"]),
        ("payment", "ecommerce", "payment", []),
        ("dw_time", "ecommerce", None, ["dw_time"]),
    ],
)
def test_a_table_of_either_kind_leads_to_the_other(
    table: str, dataset: str, silver: str | None, gold: list[str]
) -> None:
    subject = row_subject(table, "k")
    assert subject.dataset.contract.dataset == dataset
    assert (subject.table.name if subject.table else None) == silver
    assert [one.name for one in subject.gold] == gold


def test_the_values_of_a_key_of_several_columns_have_bars_between_them() -> None:
    subject = row_subject("agg_doctor_status", "7 | confirmed")
    assert subject.gold_key(subject.gold[0], lambda texts: texts) == {"doctor_id": "7", "status": "confirmed"}
    with pytest.raises(InvalidRequestError) as refusal:
        row_subject("agg_doctor_status", "7")
    assert "doctor_id, status" in refusal.value.advice


def test_the_value_of_a_single_column_may_have_a_bar_in_it() -> None:
    assert row_subject("departments", "a|b").key == ("a|b",)


def test_rows_that_are_told_apart_within_their_job_have_it_in_their_key() -> None:
    asked = row_subject("fact_claim_messages", "job-1|17|2")
    assert (asked.job_id, asked.silver_key) == ("job-1", {"row": "17", "message_no": "2"})
    assert asked.gold_key(asked.gold[0], lambda texts: texts) == {"_job_id": "job-1", "row": "17", "message_no": "2"}
    assert asked.written_key == "17|2"
    of_any, of_one = row_subject("claims", "17"), row_subject("claims", "17", job_id="job-1")
    assert of_any.gold_key(of_any.gold[0], lambda texts: texts) == {"row": "17"}
    assert of_one.gold_key(of_one.gold[0], lambda texts: texts) == {"_job_id": "job-1", "row": "17"}


def test_an_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(NotFoundError) as refusal:
        row_subject("departmets", "1")
    assert {"departments", "dw_orders", "order_item"} <= set(refusal.value.details["known"])


def test_a_table_is_looked_for_in_the_dataset_that_is_named() -> None:
    with pytest.raises(NotFoundError):
        row_subject("departments", "1", "ecommerce")
    with pytest.raises(NotFoundError) as refusal:
        row_subject("departments", "1", "no-dataset")
    assert refusal.value.code == "unknown_dataset"
