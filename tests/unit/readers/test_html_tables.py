import re

import pytest

from shared.errors import UnreadableFileError
from shared.readers.html_pieces import PIECE_BYTES, cut
from shared.readers.html_tables import (
    MAX_DEPTH,
    MAX_PIECE_BYTES,
    cells_of,
    header_of,
    items_of,
    read_page,
    rows_of,
)
from shared.readers.html_tree import UNREADABLE, as_utf8, mended

TITLE = re.compile(r"Table (\w+)")


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def table(*rows: str, header: str = "") -> str:
    return f"<table>{header}<tbody>{''.join(rows)}</tbody></table>"


def titled(name: str, markup: str) -> str:
    return f"<div>Table {name}</div>{markup}"


def read(markup: str | bytes) -> dict[str, list[list[str]]]:
    data = markup if isinstance(markup, bytes) else markup.encode()
    page = read_page(data, TITLE, "page.html")
    return {block.title[1]: [cells_of(row) for row in rows_of(block)] for block in page.blocks}


ONE = {"one": [["a", "b"], ["c", "d"]]}
ROWS = (row("a", "b"), row("c", "d"))


def test_a_table_has_the_title_that_stands_above_it():
    page = "<p>of no table</p>" + titled("one", table(*ROWS)) + titled("two", f"<p>now:</p>{table(row('x'))}")
    assert read(page) == {**ONE, "two": [["x"]]}


def test_a_title_without_a_table_takes_none_from_the_next():
    assert read(titled("none", "") + titled("one", table(*ROWS))) == {"none": [], **ONE}


def test_a_table_without_a_title_is_left_alone():
    assert read(table(row("x")) + titled("one", table(*ROWS) + table(row("y")))) == ONE


@pytest.mark.parametrize(
    "title",
    [
        "<div>\n  Table\n  one </div>", "<h2><b>Table</b> one</h2>", "<div><div>Table one</div></div>",
        "<p>See Table two below.</p><p>Table one</p>", "<!-- <p>Table two</p> --><p>Table one</p>",
        "<pre>Table two\nand more</pre><script>'<p>Table two</p>'</script><p>Table one</p>",
    ],
)  # fmt: skip
def test_a_title_is_the_whole_text_of_an_element(title: str):
    assert read(title + table(*ROWS)) == ONE


def test_a_caption_is_a_title():
    assert read(table(*ROWS, header="<caption>Table one</caption>")) == ONE


@pytest.mark.parametrize(
    "header", ["<thead><th>x<th>y</thead>", "<thead><tr><th>x</th><th>y</th></tr></thead>", "<tr><th>x<th>y</tr>"]
)
def test_a_header_may_be_written_in_several_ways(header: str):
    (block,) = read_page(titled("one", table(*ROWS, header=header)).encode(), TITLE, "page.html").blocks
    assert [cell.text_lexbor() for cell in header_of(block)] == ["x", "y"]


def test_the_first_cell_of_a_row_may_be_a_heading_of_it():
    page = titled("one", table("<tr><th>a</th><td>b</td></tr>", "<tr><th>c</th><td>d</td></tr>"))
    (block,) = read_page(page.encode(), TITLE, "page.html").blocks
    assert header_of(block) == []
    assert [cells_of(one) for one in rows_of(block)] == ONE["one"]


def test_a_cell_is_all_text_within_it_and_markup_that_is_escaped_stays_text():
    cells = ("<i></i><i>N</i>", "&lt;b&gt; &amp; &quot;c&quot;", "one<br>two", "")
    assert read(titled("one", table(row(*cells)))) == {"one": [["N", '<b> & "c"', "one\ntwo", ""]]}


def test_the_items_of_a_list_are_apart():
    page = titled("one", table(row("<ul><li> a <b>b</b></li>\n<li>c\n d</li><li></li></ul>")))
    (block,) = read_page(page.encode(), TITLE, "page.html").blocks
    assert [items_of(one) for one in rows_of(block)] == [["a b", "c d", ""]]


def test_a_table_within_a_cell_is_text_of_the_cell():
    inner = table(row("x"), row("y"))
    assert read(titled("one", table(row("a", inner), row("c", "d")))) == {"one": [["a", "xy"], ["c", "d"]]}


def test_a_table_of_many_rows_is_read_in_pieces_and_in_order():
    rows = [row(str(number), "x" * 50) for number in range(3_000)]
    page = titled("one", table(*rows))
    assert len(page) > 5 * PIECE_BYTES
    assert len(cut(page.encode()).tables[0]) > 5
    assert [cells[0] for cells in read(page)["one"]] == [str(number) for number in range(3_000)]


def test_what_is_outside_of_tables_does_not_grow_with_their_rows():
    def rest(number: int) -> int:
        return len(cut(titled("one", table(*[row("a", "b")] * number)).encode()).rest)

    assert rest(10) == rest(10_000)


@pytest.mark.parametrize(
    "broken",
    [
        lambda page: page.replace("<tbody>", "<tbody><!-- never closed ", 1),
        lambda page: "<p>first</p><!-- never closed <p>" + page,
        lambda page: "<title>never closed" + page,
        lambda page: "<textarea>" + page,
        lambda page: "<html><body></body></html>" + page,
        lambda page: page.replace("</table>", ""),
        lambda page: re.sub("</(td|tr|tbody)>", "", page),
        lambda page: page.upper().replace("TABLE ONE", "Table one").replace("TABLE TWO", "Table two"),
        lambda page: "<div>" * 1_000 + page,
        lambda page: "<script>'<table><tr><td>'</script>" + page,
        lambda page: page.replace("<tbody>", "<form>"),
        lambda page: page.replace("</tr>", "</tr><!-- <tr><td>no row</td></tr> -->"),
        lambda page: page.replace("<td>A", "<td ~!x='<'>A"),
    ],
)
def test_broken_markup_costs_no_row(broken):
    page = titled("one", table(row("A", "B"), row("C", "D"))) + titled("two", table(row("E")))
    assert read(broken(page)) == {"one": [["A", "B"], ["C", "D"]], "two": [["E"]]}


def test_an_open_comment_within_a_row_costs_no_other_row():
    rows = [row(str(number), "x" * 50) for number in range(3_000)]
    rows[1_000] = "<tr><td>1000<!-- </td><td></td></tr>"
    found = [cells[0] for cells in read(titled("one", table(*rows)))["one"]]
    assert len(found) == 3_000
    assert found[:1_000] == [str(number) for number in range(1_000)]


def test_the_end_of_a_page_may_be_missing():
    page = titled("one", table(*ROWS))
    assert read(page[: page.index("d</td>")]) == {"one": [["a", "b"], ["c", ""]]}


def test_a_mended_page_has_the_same_tables():
    page = titled("one", table(*ROWS, header="<thead><th class='x'>h</thead>")) + "<script>var a = '&lt;';</script>"
    assert read(mended(page.encode())) == read(page)
    assert read_page(mended(page.encode()), TITLE, "x").scripts == read_page(page.encode(), TITLE, "x").scripts


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", ""), ("cp1252", ""),
        ("cp1252", "<meta charset=iso-8859-1>"), ("utf-8", "<meta charset=iso-8859-1>"),
        ("cp1251", "<meta charset='windows-1251'>"), ("shift_jis", "<meta charset=shift_jis>"),
        ("cp1252", "<meta charset=utf-8>"), ("cp1252", "<meta charset=of-no-such-name>"),
    ],
)  # fmt: skip
def test_a_page_may_be_written_in_any_encoding(encoding: str, declared: str):
    text = {"cp1251": "Ж", "shift_jis": "表"}.get(encoding, "é€")
    page = (declared + titled("one", table(row(text, "b" * 100)))).encode(encoding)
    assert read(page)["one"][0][0] == text


def test_what_is_no_character_is_marked_and_damages_nothing_else():
    page = titled("one", table(row("é", "a\0b", "c?d"))).encode().replace(b"?", b"\xff")
    assert read(page) == {"one": [["é", f"a{UNREADABLE}b", f"c{UNREADABLE}d"]]}


def test_a_page_in_utf_8_is_not_copied():
    page = titled("one", table(row("é"))).encode()
    assert as_utf8(page) is page


@pytest.mark.parametrize("page", ["", " ", "<", "<table>", "<tr><td>x", "</table>", "text"])
def test_a_page_without_a_title_has_no_blocks(page: str):
    assert read(page) == {}


@pytest.mark.parametrize(
    "monstrous",
    ["x" * MAX_PIECE_BYTES, "<div>" * (MAX_DEPTH + 60_000), table(row("<b>" * (MAX_DEPTH + 60_000)))],
    ids=["long", "deep", "deep within a row"],
)
def test_a_page_that_would_take_all_memory_or_time_is_refused(monstrous: str):
    with pytest.raises(UnreadableFileError) as refused:
        read(titled("one", table(*ROWS)) + monstrous)
    assert refused.value.code == "page_too_large"


@pytest.mark.parametrize("hostile", ["<!--", "<script>", "<table>", "<tr>", "<table><tr><td>", "</table>", "<style "])
def test_what_is_never_closed_takes_no_time_by_the_square(hostile: str):
    with pytest.raises(UnreadableFileError):
        read(hostile * 100_000 + "<div>" * 60_000)
