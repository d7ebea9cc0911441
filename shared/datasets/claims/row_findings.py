"""What is found of the single claims of a report when they are held against themselves and against its script."""

from __future__ import annotations

from collections import defaultdict, deque
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from shared.datasets.claims.report import RECORD_TYPES
from shared.readers.rows import FAULTS, FILE, ROW_NO, SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shared.datasets.claims.embedded import EmbeddedClaim, EmbeddedClaims
    from shared.datasets.claims.report import Report

_SCHEMA = pa.schema(
    [
        (FILE, pa.string()),
        (ROW_NO, pa.int64()),
        (SEQUENCE, pa.int64()),
        ("column", pa.string()),
        ("rule", pa.string()),
        ("expected", pa.string()),
        ("found", pa.string()),
    ]
)
_EMBEDDED_NAMES = {
    "seq_number": "seq_number",
    "service_date": "service_date",
    "practitioner_number": "practitioner_number",
    "phn_province": "phn_type",
    "phn": "phn_value",
    "fee_item": "fee_item",
    "shadow_bill": "shadow_bill",
    "out_of_province": "out_of_province",
}
_EMBEDDED_AMOUNTS = {"billed": "billed_amount", "paid": "paid_amount"}
#: Their values are not repeated in findings.
_PERSONAL = {"phn_province", "phn", "comments"}
_SHOWN_CHARACTERS = 200
#: Larger amounts are no amounts.
_MOST_CENTS = 1e17


def row_findings(
    report: Report, claims: pa.Table, amounts: Mapping[str, pa.Array], embedded: EmbeddedClaims | None
) -> pa.Table:
    """Return a row for each finding: the claim's place, the column and rule, and what was expected and found.

    ``amounts`` are those of the claims in cents. Rules: ``message_count_mismatch``, ``no_message_row``,
    ``duplicate_seq``, ``unbalanced`` (billed and adjust are not paid), ``empty_phn``, ``not_embedded`` (the script
    lacks the claim) and ``differs_from_embedded``. Personal values are left out.
    """
    parts = [*_of_messages(report, claims), findings_of_claims(claims, amounts)]
    if embedded is not None:
        parts += _against_embedded(report, claims, amounts, embedded)
    return pa.concat_tables(parts).sort_by([(ROW_NO, "ascending")])


def findings_of_claims(claims: pa.Table, amounts: Mapping[str, pa.Array]) -> pa.Table:
    """Return what is found of claims without a report around them: the rules that need nothing but their cells."""
    parts = [_of_sequence(claims), _of_balance(claims, amounts), _of_health_number(claims)]
    return pa.concat_tables(parts).sort_by([(ROW_NO, "ascending")])


def _found(
    claims: pa.Table,
    rows: pa.Array,
    column: str,
    rule: str,
    expected: pa.Array | None = None,
    found: pa.Array | None = None,
) -> pa.Table:
    """Return a finding for each of ``rows``; ``expected`` and ``found`` are values of those rows alone."""
    nothing = pa.nulls(len(rows), pa.string())
    is_told = column not in _PERSONAL
    return pa.table(
        [
            *(claims[name].take(rows) for name in (FILE, ROW_NO, SEQUENCE)),
            pa.repeat(column, len(rows)),
            pa.repeat(rule, len(rows)),
            *(nothing if values is None or not is_told else _shown(values) for values in (expected, found)),
        ],
        schema=_SCHEMA,
    )


def _shown(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.utf8_slice_codeunits(values.cast(pa.string()), 0, _SHOWN_CHARACTERS)


def _true(where: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the places at which a condition holds; where it is unknown it does not."""
    return pc.indices_nonzero(pc.fill_null(where, False))


def _of_messages(report: Report, claims: pa.Table) -> Iterator[pa.Table]:
    stated = pa.array([claim.message_count for claim in report.claims], pa.int64())
    found = pa.array([len(claim.messages or ()) for claim in report.claims], pa.int64())
    has_row = pa.array([claim.messages is not None for claim in report.claims], pa.bool_())
    lacking = _true(pc.and_(pc.invert(has_row), pc.greater(stated, 0)))
    differing = _true(pc.and_(has_row, pc.not_equal(stated, found)))
    for rule, rows in (("no_message_row", lacking), ("message_count_mismatch", differing)):
        yield _found(claims, rows, "message_count", rule, stated.take(rows), found.take(rows))


def _of_sequence(claims: pa.Table) -> pa.Table:
    seen: set[str] = set()
    repeated = []
    for place, number in enumerate(_trimmed(claims, "seq_number").to_pylist()):
        if number and number in seen:
            repeated.append(place)
        seen.add(number)
    rows = pa.array(repeated, pa.int64())
    return _found(claims, rows, "seq_number", "duplicate_seq", found=claims["seq_number"].take(rows))


def _of_balance(claims: pa.Table, amounts: Mapping[str, pa.Array]) -> pa.Table:
    expected = pc.add(amounts["billed"], amounts["adjust"])
    rows = _true(pc.not_equal(expected, amounts["paid"]))
    return _found(claims, rows, "paid", "unbalanced", _money(expected.take(rows)), _money(amounts["paid"].take(rows)))


def _of_health_number(claims: pa.Table) -> pa.Table:
    if claims["phn"].null_count == len(claims):
        # A file without a column for them says nothing of them.
        return _found(claims, pa.array([], pa.int64()), "phn", "empty_phn")
    is_empty = pc.and_(*(pc.equal(pc.fill_null(claims[name], ""), "") for name in ("phn_province", "phn")))
    return _found(claims, _true(pc.and_(is_empty, pc.is_null(claims[FAULTS]))), "phn", "empty_phn")


def _against_embedded(
    report: Report, claims: pa.Table, amounts: Mapping[str, pa.Array], embedded: EmbeddedClaims
) -> Iterator[pa.Table]:
    places, others = _paired(claims, embedded)
    rows = pa.array(places, pa.int64())
    alone = _true(pc.invert(pc.is_in(pa.array(range(len(claims)), pa.int64()), rows)))
    yield _found(claims, alone, "seq_number", "not_embedded", found=claims["seq_number"].take(alone))
    for column, name in _EMBEDDED_NAMES.items():
        expected = pa.array(list(map(attrgetter(name), others)), pa.string())
        found = _trimmed(claims, column).take(rows)
        yield _differing(claims, rows, column, pc.fill_null(expected, ""), pc.fill_null(found, ""))
    for column, name in _EMBEDDED_AMOUNTS.items():
        expected = _cents(pa.array(list(map(attrgetter(name), others)), pa.float64()))
        yield _differing(claims, rows, column, expected, amounts[column].take(rows), money=True)
    messages = pa.array([_lines(report.claims[place].messages) for place in places], pa.string())
    yield _differing(claims, rows, "comments", pa.array([other.messages for other in others], pa.string()), messages)


def _differing(
    claims: pa.Table, rows: pa.Array, column: str, expected: pa.Array, found: pa.Array, *, money: bool = False
) -> pa.Table:
    """Return a finding for each of ``rows`` of which the two values differ, as those do of which one alone is null."""
    one_is_null = pc.xor(pc.is_null(expected), pc.is_null(found))
    places = _true(pc.or_kleene(one_is_null, pc.not_equal(expected, found)))
    values = [_money(each.take(places)) if money else each.take(places) for each in (expected, found)]
    return _found(claims, rows.take(places), column, "differs_from_embedded", *values)


def _paired(claims: pa.Table, embedded: EmbeddedClaims) -> tuple[list[int], list[EmbeddedClaim]]:
    """Return places of rows, and for each the claim that it is in the script: by their order.

    Where the numbers of claims of a type differ, those of equal sequence number belong together.
    """
    rows: list[int] = []
    others: list[EmbeddedClaim] = []
    for record_type in RECORD_TYPES:
        of_type = _true(pc.equal(claims["record_type"], record_type)).to_pylist()
        candidates = embedded[record_type]
        if len(of_type) != len(candidates):
            of_type, candidates = _by_number(of_type, candidates, _trimmed(claims, "seq_number").to_pylist())
        rows += of_type
        others += candidates
    return rows, others


def _by_number(
    rows: Sequence[int], candidates: Sequence[EmbeddedClaim], numbers: Sequence[str]
) -> tuple[list[int], list[EmbeddedClaim]]:
    waiting: dict[str | None, deque[EmbeddedClaim]] = defaultdict(deque)
    for candidate in candidates:
        waiting[candidate.seq_number].append(candidate)
    found: list[int] = []
    others: list[EmbeddedClaim] = []
    for row in rows:
        if waiting[numbers[row]]:
            found.append(row)
            others.append(waiting[numbers[row]].popleft())
    return found, others


def _lines(messages: tuple[str, ...] | None) -> str:
    """Return messages as the script has them: as lines, those with an amount last."""
    if not messages or len(messages) == 1:
        return "".join(messages or ())
    return "\n".join(sorted(messages, key=lambda message: message.startswith("[")))


def _trimmed(claims: pa.Table, column: str) -> pa.Array:
    return pc.utf8_trim_whitespace(claims[column].combine_chunks())


def _cents(amounts: pa.Array) -> pa.Array:
    """Return amounts with a fraction in whole cents."""
    cents = pc.round(pc.multiply(amounts, 100))
    return pc.if_else(pc.less(pc.abs(cents), _MOST_CENTS), cents, None).cast(pa.int64())


def _money(amounts: pa.Array) -> pa.Array:
    """Return cents as text with two decimals."""
    decimals = (None if cents is None else str(Decimal(cents).scaleb(-2)) for cents in amounts.to_pylist())
    return pa.array(decimals, pa.string())
