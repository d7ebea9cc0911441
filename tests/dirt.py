"""Records that no well-meaning sender would send, drawn from a contract, so that rules meet what they do not expect."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.model import Column, Contract, Table

_IDS = [f"id-{number}" for number in range(6)]

_TRAPS = ["", " ", "\t", "invalid", "xINVALIDx", "a\x00b", "-", ".", "1e5", "+5", "0", "-0.005", "NaN", "null"]
_DATES = ["2008-10-21", "2026-01-14", "2026-01-15", "2026-01-16", "1905-12-31", "2025-02-29", "1990-02-28T10:00"]
_MOMENTS = ["2026-01-15 12:00:00.001137", "2026-01-14T00:00:00Z", "2025-12-31", "2026-02-30 00:00:00", "2025-06-01"]
_WORDS = ["Ann", " Ann ", "José Ñuñez", "川崎市", "a@b.org", "A@B.ORG", "+1-213-373-4253", "call me", "Straße"]
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


def _cell(table: Table, name: str, column: Column) -> st.SearchStrategy:
    if name in table.key or any(rule.column == name for rule in table.rules):
        return st.one_of(st.sampled_from(_IDS), st.sampled_from(_IDS), _ANYTHING)
    usual = st.sampled_from([*column.one_of, *(word.upper() for word in column.one_of)]) if column.one_of else None
    likely = usual if usual is not None else _PLAUSIBLE.get(column.type, _PLAUSIBLE["text"])
    return st.one_of(likely, likely, likely, _ANYTHING)


def dirty_records(contract: Contract, *, most: int) -> st.SearchStrategy[list]:
    """Return a strategy for lists of records, most of whose cells are plausible and some of which are anything."""
    objects = {}
    for table in contract.tables:
        fields = {name: _cell(table, name, column) for name, column in table.columns.items()}
        objects[table.path] = st.one_of(
            st.fixed_dictionaries(fields),
            st.fixed_dictionaries({}, optional=fields),
            st.sampled_from([None, "text", 5]),
        )
    record = st.one_of(st.fixed_dictionaries(objects), st.fixed_dictionaries({}, optional=objects), st.just(7))
    return st.lists(record, min_size=1, max_size=most)


def packed_dirt(contract: Contract, *, examples: int) -> list:
    """Return the records of many drawn examples in one list, for engines that are slow to start on each."""
    packed: list = []

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(dirty_records(contract, most=4))
    def collect(records: list) -> None:
        packed.extend(records)

    collect()
    return packed
