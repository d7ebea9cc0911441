"""What becomes of published and collected files that trip readers: these rows, or this error."""

import json
from pathlib import Path

import pytest

from shared.errors import UnreadableFileError
from tests.reading import cells, contract_of, faults, numbers, read

DATA = Path(__file__).parent / "data"
SPECTRUM = sorted(path.stem for path in (DATA / "csv-spectrum" / "csvs").iterdir())
TEMPERATURES = contract_of("date", "temperature", "place", date={"type": "date"})


def table(name: str) -> bytes:
    return (DATA / "tables" / name).read_bytes()


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_gives_the_published_rows(name):
    data = (DATA / "csv-spectrum" / "csvs" / f"{name}.csv").read_bytes()
    expected = json.loads((DATA / "csv-spectrum" / "json" / f"{name}.json").read_text("utf-8"))
    if name == "newlines_crlf":
        # The published file has lost the line ends that its rows still tell of; values are kept as the file has them.
        expected = json.loads((DATA / "csv-spectrum" / "json" / "newlines.json").read_text("utf-8"))
    assert len(SPECTRUM) == 11
    rows = read(data, contract_of(*expected[0]))
    assert cells(rows) == [tuple(row.values()) for row in expected]
    assert faults(rows) == {}


@pytest.mark.parametrize("name", ["simple.csv", "simple.ssv", "simple.xlsx"])
def test_the_same_table_is_read_from_commas_semicolons_and_a_workbook_with_real_dates(name):
    rows = read(table(name), TEMPERATURES, name)
    assert cells(rows) == [
        ("2011-01-01", "1", "Galway"),
        ("2011-01-02", "-1", "Galway"),
        ("2011-01-03", "0", "Galway"),
        ("2011-01-01", "6", "Berkeley"),
        ("2011-01-02", "8", "Berkeley"),
        ("2011-01-03", "5", "Berkeley"),
    ]
    assert numbers(rows) == [2, 3, 4, 5, 6, 7]


def test_pipes():
    rows = read(table("simple.psv"), contract_of("Year", "New dwellings", "All dwellings"))
    assert (len(rows), cells(rows)[0], cells(rows)[-1]) == (
        28,
        ("1986", "44000", "36000"),
        ("2013", "240000", "251000"),
    )


def test_tabs():
    rows = read(table("example.tsv"), contract_of("hour", "expr1_0_imp", "ctrl1_1_hist_ctr"))
    assert (len(rows), cells(rows)[0]) == (140, ("2012-06-22 00:00:00", "15955", "0.0273"))
    assert faults(rows) == {}


def test_lone_carriage_returns_and_two_titles_above_the_header():
    rows = read(table("mixedGLB.csv"), contract_of("Year", "Jan", "Dec", "SON"))
    assert (len(rows), cells(rows)[0], cells(rows)[-1]) == (
        133,
        ("1880", "-43", "-23", "-24"),
        ("2012", "34", "*****", "*****"),
    )
    assert numbers(rows)[0] == 5


def test_a_page_of_titles_above_the_header_and_notes_below_the_table():
    rows = read(table("weird_head_padding.csv"), contract_of("1985", "1993", "2010"))
    assert (len(rows), numbers(rows)[0], cells(rows)[1]) == (76, 13, (".", "379", "733"))
    ragged = faults(rows)
    assert len(ragged) == 16
    assert set(ragged.values()) == {"!ragged:expected 11 cells, found 1.", "!ragged:expected 11 cells, found 2."}


def test_sparse_rows_in_windows_text():
    rows = read(table("sparse_with_column_errors.csv"), contract_of("LP", "Bezeichnung", "Kapitel/Titel"))
    assert (len(rows), faults(rows)) == (2200, {})
    assert cells(rows)[1:3] == [("A1", "Grundfinanzierung MPG", ""), ("A100", "Grundfinanzierung MPG", "300368540")]
    assert cells(rows)[0][1].startswith("Tr\u00e4gerorganisationen; Umstrukturierung")


def test_quoted_newlines_in_windows_text():
    contract = contract_of("GF", "Gasto total 2011", "Descripci\u00f3n")
    rows = read(table("spanish_chars.csv"), contract)
    assert (len(rows), faults(rows)) == (115, {})
    assert cells(rows)[0][:2] == ("Gobierno", "229,932.50")
    assert sum("\r" in row["column_3"] for row in rows) == 3


def test_a_file_without_a_header_keeps_its_first_row_and_the_word_null():
    rows = read(table("null.csv"), contract_of("id", "a", "b", "c", id={"type": "integer"}))
    assert (len(rows), cells(rows)[0], cells(rows)[2]) == (10, ("1", "null", "0", "0"), ("3", "null", "", ""))


def test_a_byte_order_mark_does_not_hide_the_header_of_a_file_without_rows():
    assert read(table("utf8bom.csv"), contract_of("kitten", "win")) == []


def test_blanks_behind_a_delimiter_belong_to_the_value():
    assert cells(read(table("skip_initials.csv"), contract_of("field1", "field2"))) == [
        ("hello", "    goodbye"),
        ("hello2", "goodbye2"),
    ]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("libreoffice.xlsx", "empty_file", "has no sheet with any rows"),
        ("html.html", "wrong_format", "is a web page"),
        ("rowcolspan.html", "wrong_format", "is a web page"),
    ],
)
def test_what_holds_no_table_is_refused_and_says_what_it_is(name, code, said):
    with pytest.raises(UnreadableFileError) as refused:
        read(table(name), TEMPERATURES, name)
    assert refused.value.code == code
    assert said in refused.value.message
    assert name in refused.value.message
