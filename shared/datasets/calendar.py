"""The calendar that datasets publish beside their facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import narwhals as nw
import pyarrow as pa

if TYPE_CHECKING:
    from shared.frames.engine import Engine, Frame


def calendar(facts: Frame, moment: str, engine: Engine) -> Frame:
    """Return one row for every day from the first to the last in a column of dates or timestamps, without gaps."""
    span = facts.select(
        nw.col(moment).min().cast(nw.Date()).alias("first"), nw.col(moment).max().cast(nw.Date()).alias("last")
    )
    days = _days(**engine.to_arrow(span).to_pylist()[0])
    return engine.from_arrow(
        pa.table(
            {
                "date_key": pa.array([int(f"{day:%Y%m%d}") for day in days], pa.int64()),
                "date": pa.array(days, pa.date32()),
                "year": pa.array([day.year for day in days], pa.int64()),
                "quarter": pa.array([(day.month + 2) // 3 for day in days], pa.int64()),
                "month": pa.array([day.month for day in days], pa.int64()),
                "day": pa.array([day.day for day in days], pa.int64()),
                "weekday": pa.array([day.isoweekday() for day in days], pa.int64()),
                "is_weekend": pa.array([day.isoweekday() > 5 for day in days], pa.bool_()),
            }
        )
    )


def _days(first: date | None, last: date | None) -> list[date]:
    if first is None or last is None:
        return []
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
