"""Records that no well-meaning sender would send, drawn from a contract, so that rules meet what they do not expect."""

import csv
import gzip
import io
import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.column import Column
from shared.contracts.model import Contract
from shared.contracts.table import Table
from shared.medallion.bronze import SourceFile

_IDS = [f"id-{number}" for number in range(6)]
_NUMBERS = [1, 2, 3, 4, 5, 6, "1", "2.0", "3.", " 1 ", "no 2"]

_TRAPS = ["", " ", "\t", "invalid", "xINVALIDx", "a\x00b", "-", ".", "1e5", "+5", "0", "-0.005", "NaN", "null"]
_DATES = ["2008-10-21", "2026-01-14", "2026-01-15", "2026-01-16", "1905-12-31", "2025-02-29", "1990-02-28T10:00"]
_MOMENTS = ["2026-01-15 12:00:00.001137", "2026-01-14T00:00:00Z", "2025-12-31", "2026-02-30 00:00:00", "2025-06-01"]
_MOMENTS_IN_UTC = ["2025-06-01T23:59:59.5Z", "2024-02-29T10:00Z", "2026-01-14T00:00:00Z", "2025-06-01T10 00 00Z"]
_WORDS = [
    *("Ann", " Ann ", "an Invalid name", "José Ñuñez", "川崎市", "a@b.org", "A@B.ORG", "+1-213-373-4253", "call me"),
    "Straße",
]
_AMOUNTS = ["2.675", "0.005", 0, 10_000, "10000.004", "999999.99"]

_ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(_TRAPS),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)

_PLAUSIBLE = {
    "integer": st.one_of(st.integers(-5, 20_000), st.sampled_from(["7", "7.0", " 8 ", "9.5", "+3", 10_000, 10_001])),
    "decimal": st.one_of(st.decimals(-10, 20_000, places=3).map(float), st.sampled_from(_AMOUNTS)),
    "date": st.sampled_from(_DATES),
    "timestamp": st.sampled_from(_MOMENTS),
    "text": st.sampled_from(_WORDS),
}


def _plausible(table: Table, name: str, column: Column) -> st.SearchStrategy:
    is_key = name in table.key
    if is_key or any(rule.column == name for rule in table.rules):
        if column.type == "integer":
            # Of equal keys only the first is asked to what it refers.
            known = st.sampled_from(_NUMBERS)
            return st.one_of(known, st.integers(7, 40)) if is_key else st.one_of(known, known, st.just(41))
        return st.sampled_from(_IDS if is_key else [*_IDS, "id-41"])
    if "iso-z" in column.formats:
        return st.sampled_from(_MOMENTS_IN_UTC)
    usual = st.sampled_from([*column.one_of, *(word.upper() for word in column.one_of)]) if column.one_of else None
    return usual if usual is not None else _PLAUSIBLE.get(column.type, _PLAUSIBLE["text"])


def dirty_records(contract: Contract, *, most: int) -> st.SearchStrategy[list]:
    """Return a strategy for lists of records, most of whose cells are plausible and some of which are anything."""
    objects = {}
    for table in contract.tables:
        plausible = {_sent(name, column): _plausible(table, name, column) for name, column in table.columns.items()}
        fields = {name: st.one_of(likely, likely, likely, _ANYTHING) for name, likely in plausible.items()}
        objects[table.path] = st.one_of(
            st.fixed_dictionaries(plausible),
            st.fixed_dictionaries(fields),
            st.fixed_dictionaries({}, optional=fields),
            st.sampled_from([None, "text", 5]),
        )
    record = st.one_of(st.fixed_dictionaries(objects), st.fixed_dictionaries({}, optional=objects), st.just(7))
    return st.lists(record, min_size=1, max_size=most)


def _sent(name: str, column: Column) -> str:
    """Return the name under which senders know a column."""
    return (*column.names, name)[0]


def packed_dirt(contract: Contract, *, examples: int) -> tuple[list, int]:
    """Return the records of many drawn examples in one list, for engines that are slow to start on each.

    The second is the number of examples.
    """
    packed: list = []
    drawn = 0

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(dirty_records(contract, most=4))
    def collect(records: list) -> None:
        nonlocal drawn
        packed.extend(records)
        drawn += 1

    collect()
    return packed, drawn


def sample_files(contract: Contract) -> list[SourceFile]:
    """Return a sample as senders would send it, so that enough rows are good, and what a dataset reads by itself."""
    package = f"devkit.samples.{contract.dataset}"
    if find_spec(package) is None:
        return []
    sample = import_module(package).generate(300, 2, 0.3)
    if contract.own:
        known = Path(__file__).parent / "datasets" / contract.dataset / "data"
        pages = {path.stem: gzip.decompress(path.read_bytes()) for path in sorted(known.glob("*.html.gz"))}
        return [SourceFile(name, page) for name, page in {**pages, "sample.html": sample.page}.items()]
    if contract.files == "all_tables":
        return [SourceFile("sample.json", json.dumps(sample.records).encode())]
    return [SourceFile(f"sample-{table}", data, table) for table, data in sample.files().items()]


def as_files(contract: Contract, records: list, name: str) -> list[SourceFile]:
    """Return records as a dataset takes them: in one file for all tables, or the objects of each table in a file."""
    if contract.files == "all_tables":
        return [SourceFile(f"{name}.json", json.dumps(records).encode())]
    files = []
    for table in contract.tables:
        found = [record.get(table.path) for record in records if isinstance(record, dict)]
        rows = [row for row in found if isinstance(row, dict)]
        in_json = "json" in table.source.formats
        if in_json:
            valueless = {_sent(name, column): "" for name, column in table.columns.items() if column.mandatory}
            content = json.dumps([*rows, *filter(None, [valueless]), "text", 5, None])
            files.append(SourceFile(f"{name}-{table.name}.json", content.encode(), table.name))
        delimited = _delimited(table, [] if in_json else rows)
        files.append(SourceFile(f"{name}-{table.name}.csv", delimited, table.name))
        if table.source.unknown_header == "skip":
            files.append(SourceFile(f"{name}-{table.name}-others.csv", b"a,b\n1,2\n3\n", table.name))
    return files


def _delimited(table: Table, rows: list[dict]) -> bytes:
    """Return rows as CSV, and at their end one with a cell too many and one with a quotation mark amid a cell."""
    names = [_sent(name, column) for name, column in table.columns.items()]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        values = (row.get(name) for name in names)
        writer.writerow([value if isinstance(value, str) else json.dumps(value) for value in values])
    return f'{text.getvalue()}1{"," * len(names)}\n"a"b\n'.encode(errors="replace")
