from devkit.bench.entry import Entry
from devkit.bench.measure import Measurement
from devkit.bench.spark import BY_HAND, SMALL, STRATA, Size, summary


def size(records: int, ours: float, by_hand: float, small: float | None) -> Size:
    seconds = {STRATA: ours, BY_HAND: by_hand, SMALL: small}
    entries = {name: Entry([Measurement(each, 1)]) for name, each in seconds.items() if each is not None}
    return Size(records, 0.1, entries)


def test_the_bar_is_a_ratio_of_rows_in_the_same_time():
    met, missed, *_ = summary([size(1000, 10.0, 8.0, None), size(2000, 20.0, 15.0, None)])
    assert "1,000 records: 0.80" in met
    assert "met" in met
    assert "2,000 records: 0.75" in missed
    assert "missed" in missed


def test_growth_and_crossover_follow_from_a_line_through_the_sizes():
    *_, growth, crossover = summary([size(10_000, 20.0, 20.0, 2.0), size(100_000, 29.0, 29.0, 20.0)])
    assert "about 19.0 s" in growth
    assert "100 µs" in growth
    assert "0.14 × the time per record of 10,000 at 100,000" in growth
    assert "from about 190,000 records" in crossover


def test_where_the_small_path_is_faster_for_each_record_there_is_no_crossover():
    *_, crossover = summary([size(10_000, 20.0, 20.0, 1.0), size(100_000, 38.0, 38.0, 10.0)])
    assert "none on this machine" in crossover
    assert "2.0 ×" in crossover


def test_a_time_that_does_not_count_gives_no_ratio():
    failed = size(1000, 10.0, 8.0, None)
    failed.entries[STRATA].problem = "failed: OutOfMemoryError"
    assert summary([failed]) == ["Strata on Spark failed: OutOfMemoryError"]
