"""Claims as people take them home: what a report says as printed, what was accepted of it, and who sent it when.

The tables hold the same rows for whoever asks the warehouse, with tokens in place of health numbers. Other loaders fill
them from the files: each row is known by the upload and its place there, so it is there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.datasets.exporting import ExportedTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.datasets.exporting import JobRows

_COLUMNS = {
    "SeqNumber": "seq_number",
    "ServiceDate": "service_date",
    "PractitionerNumber": "practitioner_number",
    "PHN": "phn",
    "FeeItem": "fee_item",
    "ShadowBill": "shadow_bill",
    "OutOfProvince": "out_of_province",
    "Billed": "billed",
    "Adjust": "adjust",
    "Paid": "paid",
    "RecordType": "record_type",
    "Comments": "comments",
}
_BETWEEN = " - "
#: The health number as it stands in the warehouse; the table takes it in place of the number.
_TOKENISED = "PHNToken"
_ROW_KEY = ("upload_id", "row")
#: The moments in CSV are whole seconds, UTC.
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def files(job: JobRows) -> Iterator[tuple[str, pa.Table]]:
    """Yield the two workbooks, the rows of CSV files as they were sent, and the facts of the upload."""
    yield "output_combined.xlsx", _named(job.extracted("claims"))
    yield "cleaned_output_combined.xlsx", _cleaned(job)
    if "csv" in job.facts.kinds:
        yield "csv_uploads/csvfile.csv", _as_sent(job)
    facts = _facts(job).select(["upload_id", "user_id", "timestamp"])
    moments = pc.strftime(facts["timestamp"].cast(pa.timestamp("s")), _MOMENT)
    yield "metadatafile.csv", facts.set_column(2, "timestamp", moments)


def tables(job: JobRows) -> Iterator[ExportedTable]:
    """Yield the accepted claims, the rows of CSV files as they were sent, and the facts of the upload."""
    cleaned = _cleaned(job)
    tokens = cleaned.set_column(cleaned.column_names.index("PHN"), "PHN", cleaned[_TOKENISED]).drop_columns(_TOKENISED)
    yield ExportedTable("CleanedClaims", _ROW_KEY, tokens)
    yield ExportedTable("CsvUploads", _ROW_KEY, _as_sent(job))
    yield ExportedTable("CsvMetadata", ("upload_id",), _facts(job))


def _cleaned(job: JobRows) -> pa.Table:
    claims = job.accepted("claims").sort_by("row")
    tokens = job.tokens(pc.unique(claims["phn"].drop_null()))
    places = pc.index_in(claims["phn"], pc.unique(claims["phn"].drop_null()))
    return (
        _named(claims)
        .append_column("upload_id", pa.repeat(job.facts.upload_id, claims.num_rows))
        .append_column("row", claims["row"])
        .append_column(_TOKENISED, _health_number(claims["phn_province"], pc.take(tokens, places)))
    )


def _named(claims: pa.Table) -> pa.Table:
    """Return claims with the names that the report has, and the health number in one piece."""
    number = _health_number(claims["phn_province"], claims["phn"])
    return pa.table({name: number if column == "phn" else claims[column] for name, column in _COLUMNS.items()})


def _health_number(province: pa.ChunkedArray, number: pa.ChunkedArray) -> pa.ChunkedArray:
    """Join the two parts as they are printed; where one is missing, the other stands alone."""
    province, number = (pc.if_else(pc.equal(part, ""), None, part) for part in (province, number))
    return pc.coalesce(pc.binary_join_element_wise(province, number, _BETWEEN), number, province)


def _as_sent(job: JobRows) -> pa.Table:
    rows = job.as_sent()
    return rows.add_column(0, "upload_id", pa.repeat(job.facts.upload_id, rows.num_rows))


def _facts(job: JobRows) -> pa.Table:
    facts = job.facts
    received = facts.received_at.replace(microsecond=0, tzinfo=None)
    return pa.table(
        {
            "upload_id": [facts.upload_id],
            "user_id": [facts.user_id],
            "filename": ["; ".join(facts.filenames)],
            "label": pa.array([facts.label], pa.string()),
            "timestamp": pa.array([received], pa.timestamp("us")),
            "source_type": [", ".join(facts.kinds)],
        }
    )
