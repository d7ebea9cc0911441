"""Claims gold: each claim and message once, and what is computed of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from shared.datasets.calendar import calendar
from shared.datasets.gold_table import gold_table
from shared.frames.dates import date_key
from shared.frames.numbers import from_cents, to_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.frames.engine import Engine, Frame

_AMOUNTS = ("billed", "adjust", "paid")
_REFUSED = "Refused"


@gold_table("_job_id", "row", grain="claims")
def fact_claims(claims: Frame) -> Frame:
    """One row a claim of a report; the health number is a token."""
    return claims.with_columns(date_key(nw.col("service_date")).alias("date_key")).select(
        *("row", "record_type", "section_row", "seq_number", "service_date", "date_key", "practitioner_number"),
        *("phn_province", "phn", "fee_item", "shadow_bill", "out_of_province", *_AMOUNTS, "comments"),
    )


@gold_table("_job_id", "row", "message_no", grain="claim_messages")
def fact_claim_messages(claim_messages: Frame, claims: Frame) -> Frame:
    """One row a message, with the type of its claim and what was billed by it."""
    known = claims.select("row", "record_type", "billed")
    return claim_messages.join(known, on="row", how="inner").select(
        "row", "message_no", "record_type", "amount", "message_text", nw.col("billed").alias("claim_billed")
    )


@gold_table("practitioner_number")
def dim_practitioner(fact_claims: Frame) -> Frame:
    """One row a practitioner who has claims, with the days of the first and the last service."""
    return _with_span(fact_claims, "practitioner_number")


@gold_table("fee_item")
def dim_fee_item(fact_claims: Frame) -> Frame:
    """One row a fee item that was claimed, with the days of the first and the last service."""
    return _with_span(fact_claims, "fee_item")


@gold_table("date_key")
def dim_date(fact_claims: Frame, engine: Engine) -> Frame:
    """One row for every day from the first service to the last, without gaps."""
    return calendar(fact_claims, "service_date", engine)


@gold_table("record_type", "year", "month")
def agg_claims_by_type_month(fact_claims: Frame) -> Frame:
    """One row a type of record and month of service that occur together: how many claims, and their amounts."""
    day = nw.col("service_date")
    months = fact_claims.with_columns(
        day.dt.year().cast(nw.Int64()).alias("year"), day.dt.month().cast(nw.Int64()).alias("month")
    )
    return _summed(months, ("record_type", "year", "month"), "claims", _AMOUNTS)


@gold_table("reason")
def agg_refusal_reasons(fact_claim_messages: Frame) -> Frame:
    """One row a message that refused claims have: how many times, and what was billed by those claims."""
    refused = fact_claim_messages.filter(nw.col("record_type") == _REFUSED)
    reasons = refused.select(nw.col("message_text").alias("reason"), nw.col("claim_billed").alias("billed"))
    return _summed(reasons, ("reason",), "refusals", ("billed",))


def _with_span(claims: Frame, by: str) -> Frame:
    day = nw.col("service_date")
    return claims.group_by(by).agg(day.min().alias("first_service_date"), day.max().alias("last_service_date"))


def _summed(rows: Frame, by: Sequence[str], count: str, amounts: Sequence[str]) -> Frame:
    """Return by some columns how many rows there are, and the sums of amounts."""
    cents = {f"{name}_cents": to_cents(nw.col(name)) for name in amounts}
    summed = (
        rows.with_columns(**cents).group_by(*by).agg(nw.len().alias(count), *(nw.col(name).sum() for name in cents))
    )
    sums = [from_cents(nw.col(f"{name}_cents").cast(nw.Int64())).alias(name) for name in amounts]
    return summed.with_columns(nw.col(count).cast(nw.Int64()), *sums).drop(*cents)
