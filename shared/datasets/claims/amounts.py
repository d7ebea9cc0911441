"""The amounts of claims in whole cents."""

from __future__ import annotations

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from shared.frames.money import cents

AMOUNTS = ("billed", "adjust", "paid")


def amounts_in_cents(claims: pa.Table) -> dict[str, pa.Array]:
    """Return the amounts of all claims in cents, null where a cell holds none; each that occurs is looked at once."""
    texts = pa.concat_arrays([claims[name].combine_chunks() for name in AMOUNTS]).dictionary_encode()
    distinct = nw.from_native(pa.table({"text": pc.utf8_trim_whitespace(texts.dictionary)}))
    known = distinct.select(cents(nw.col("text")).alias("cents")).to_native()["cents"].combine_chunks()
    values = known.take(texts.indices)
    return {name: values.slice(place * len(claims), len(claims)) for place, name in enumerate(AMOUNTS)}
