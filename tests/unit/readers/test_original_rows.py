"""Rows found again in the files that they came from."""

import io
import zipfile

from shared.readers.archives import unpacked
from shared.readers.original_rows import original_rows
from shared.readers.read import read_part
from shared.readers.rows import number_of_part, sequence_start
from shared.readers.sniff import Kind
from tests.reading import contract_of

CONTRACT = contract_of("id", "name")


def test_a_row_is_found_in_the_file_of_an_archive_that_it_stood_in():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/thing.csv", b"id,name\n1,Ann\n2,Bo\n")
        archive.writestr("b/thing.csv", b"ID;Other;Name\n\n1;x;Cy\n2;y;Di\n")
    second = sequence_start(number_of_part(3, 1))
    (found,) = original_rows(packed.getvalue(), CONTRACT, "thing", "all.zip", 3, {"thing": {second + 4, second + 99}})
    assert (found.filename, found.header) == ("all.zip/b/thing.csv", ("ID", "Other", "Name"))
    assert found.rows == {second + 4: ("2", "y", "Di")}
    assert found.row_no(second + 4) == 4
    assert found.places == {"id": (0,), "name": (2,)}


def test_a_page_has_the_rows_that_its_dataset_made_of_it():
    contract = CONTRACT.model_copy(update={"own": ("html",)})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("thing.csv", b"id,name\n1,Ann\n")
        archive.writestr("page.html", b"<p>")

    def own(_: bytes, filename: str, number: int):
        return read_part(next(unpacked(io.BytesIO(b"id,name\n1,Ann\n2,Bo\n"), filename)), contract, "thing", number)

    place = sequence_start(number_of_part(1, 1)) + 3
    (found,) = original_rows(packed.getvalue(), contract, None, "all.zip", 1, {"thing": {place}}, own)
    assert (found.filename, found.kind, found.header) == ("all.zip/page.html", Kind.MARKUP, None)
    assert (found.rows, found.row_no(place)) == ({place: ("2", "Bo")}, 3)
    assert list(original_rows(packed.getvalue(), contract, None, "all.zip", 1, {"thing": set()}, own)) == []
