"""Files packed with gzip and zip, one file or several."""

import gzip
import io
import zipfile

import pytest

from shared.datasets.catalogue import load_dataset
from shared.errors import UnreadableFileError
from shared.readers.count import count_records
from shared.readers.feeds import table_of
from shared.readers.read import read_file
from tests.reading import cells, contract_of, read
from tests.workbooks import sheet, workbook

JOBS = contract_of("id", "job")
CSV = b"id,job\n1,Clerk\n2,Cook\n"
ROWS = [("1", "Clerk"), ("2", "Cook")]


def zipped(files: dict[str, bytes], **how) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **how)
    return stream.getvalue()


MANY = zipped({f"{number}.csv": CSV for number in range(600)})


@pytest.mark.parametrize("filename", ["jobs.csv.gz", "jobs.csv", "jobs.zip", "jobs"])
def test_a_packed_file_is_read_whatever_it_is_called(filename):
    book = workbook(sheet(["id", "job"], [1, "Clerk"], [2, "Cook"]))
    packed = [
        gzip.compress(CSV),
        gzip.compress(CSV[:9]) + gzip.compress(CSV[9:]),
        zipped({"jobs.csv": CSV}),
        zipped({"data/jobs.csv.gz": gzip.compress(CSV)}),
        zipped({"jobs.xlsx": book}),
        gzip.compress(book),
        gzip.compress(zipped({"a.txt": CSV})),
        zipped({"jobs.json": b'[{"id": "1", "job": "Clerk"}, {"id": "2", "job": "Cook"}]'}),
    ]
    for data in packed:
        assert cells(read(data, JOBS, filename)) == ROWS


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"jobs.csv": data})], ids=["gzip", "zip"])
def test_a_long_packed_file_is_read_to_its_end(pack):
    lines = b"".join(b"%d,%s\n" % (number, b"Clerk" * 100) for number in range(5_000))
    rows = read(pack(b"id,job\n" + lines), JOBS)
    assert (len(rows), rows[-1]["id"]) == (5_000, "4999")


def test_the_files_of_an_archive_are_read_one_after_another_and_named():
    more = {"__MACOSX/._a.csv": b"\0\1", ".DS_Store": b"\0", "b/": b"", "b/.DS_Store": b"\0"}
    rows = read(zipped({"a.csv": CSV, **more, "b/c.csv": b"id,job\n3,Smith\n"}), JOBS, "jobs.zip")
    assert [(row["id"], row["_file"], row["_row_no"]) for row in rows] == [
        ("1", "jobs.zip/a.csv", 2),
        ("2", "jobs.zip/a.csv", 3),
        ("3", "jobs.zip/b/c.csv", 2),
    ]
    assert len({row["_seq"] for row in rows}) == 3


def test_an_archive_may_hold_the_files_of_several_tables():
    hiring = load_dataset("hiring").contract
    data = zipped(
        {"departments.csv": b"1,Sales\n", "all jobs.csv": b"1,Clerk\n2,Cook\n", "x.csv": b"ID,JOB\n3,Smith\n"}
    )
    table = table_of(hiring, "everything.zip", None, io.BytesIO(data))
    assert table is None
    frames = read_file(data, hiring, table, "everything.zip", 0)
    assert {name: frame.num_rows for name, frame in frames.items()} == {"departments": 1, "jobs": 3}
    assert count_records(io.BytesIO(data), "everything.zip", hiring, table) == 4


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../jobs.csv", "'../jobs.csv'"),
        ("data\\..\\..\\jobs.csv", "jobs.csv'"),
        ("/etc/jobs.csv", "'/etc/jobs.csv'"),
        ("C:/jobs.csv", "'C:/jobs.csv'"),
        ("jobs\u202evsc.exe", r"'jobs\u202evsc.exe'"),
        ("jobs\u200f.csv", r"'jobs\u200f.csv'"),
        ("jobs\n.csv", r"'jobs\n.csv'"),
    ],
)
def test_a_name_that_misleads_is_refused_and_shown_with_what_it_hides(name, shown):
    with pytest.raises(UnreadableFileError) as refused:
        read(zipped({"fine.csv": CSV, name: CSV}), JOBS, "jobs.zip")
    assert refused.value.code == "misleading_name"
    assert shown in refused.value.message


def test_a_name_with_a_nul_is_refused():
    data = zipped({"jobs.csv!.exe": CSV}).replace(b"jobs.csv!.exe", b"jobs.csv\0.exe")
    with pytest.raises(UnreadableFileError, match=r"jobs\.csv\\x00\.exe"):
        read(data, JOBS, "jobs.zip")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gzip.compress(CSV)[:-9], "damaged_archive"),
        (gzip.compress(CSV)[:20] + b"\0" * 20, "damaged_archive"),
        (zipped({"jobs.csv": CSV})[:-9], "damaged_archive"),
        (zipped({"jobs.csv": CSV}, compress_type=zipfile.ZIP_STORED).replace(b"Clerk", b"Clark"), "damaged_archive"),
        (zipped({}), "empty_file"),
        (zipped({"data/": b""}), "empty_file"),
        (gzip.compress(b""), "empty_file"),
        (zipped({"a.zip": zipped({"b.zip": zipped({"jobs.csv": CSV})})}), "archive_too_deep"),
        (gzip.compress(gzip.compress(gzip.compress(CSV))), "archive_too_deep"),
        (zipped({f"{number}.csv": CSV for number in range(1_001)}), "too_many_files"),
        (zipped({"a.zip": MANY, "b.zip": MANY}), "too_many_files"),
    ],
    ids=[
        "gzip cut off",
        "gzip corrupt",
        "zip cut off",
        "zip with a wrong checksum",
        "zip of nothing",
        "zip of a folder",
        "gzip of nothing",
        "zip in zip in zip",
        "gzip three times",
        "too many files",
        "too many files within",
    ],
)
def test_an_archive_that_cannot_be_used_is_refused_with_its_own_reason(data, code):
    with pytest.raises(UnreadableFileError) as refused:
        read(data, JOBS, "jobs.zip")
    assert refused.value.code == code
    assert "jobs.zip" in refused.value.message


def test_an_archive_with_a_password_says_so():
    data = bytearray(zipped({"jobs.csv": CSV}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFileError, match="has a password"):
        read(bytes(data), JOBS, "jobs.zip")
