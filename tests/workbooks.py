"""Excel workbooks written part by part, so that they may hold what no library would write."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: Styles of the cells: plain, a date, a date with its time, hours.
PLAIN, DATE, MOMENT, HOURS = range(4)
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs>' + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 46))


@dataclass(frozen=True)
class Cell:
    """A number as it is stored: with its style, or as what a formula last gave."""

    value: float | str
    style: int = PLAIN
    formula: str = ""


def column_name(place: int) -> str:
    name = ""
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def cell_xml(value: object, name: str) -> str:
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    cell = value if isinstance(value, Cell) else Cell(value)
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    kind = ' t="str"' if isinstance(cell.value, str) else ""
    return f'<c r="{name}" s="{cell.style}"{kind}>{formula}<v>{cell.value}</v></c>'


def sheet(*rows: list, at: str = "A1", merged: tuple[str, ...] = ()) -> str:
    """Return a worksheet with these rows (None: no cell), the first cell of the first at ``at``."""
    left = ord(at[0]) - ord("A") + 1
    lines = []
    for number, row in enumerate(rows, int(at[1:])):
        xml = "".join(
            cell_xml(value, f"{column_name(place)}{number}")
            for place, value in enumerate(row, left)
            if value is not None
        )
        lines.append(f'<row r="{number}">{xml}</row>')
    return sheet_of("".join(lines), merged)


def sheet_of(rows: str, merged: tuple[str, ...] = ()) -> str:
    """Return a worksheet with rows written in XML."""
    ranges = "".join(f'<mergeCell ref="{name}"/>' for name in merged)
    merges = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{merges}</worksheet>'


def workbook(*sheets: str, names: tuple[str, ...] = (), hidden: str = "", settings: str = "", **more: str) -> bytes:
    """Return a workbook of these sheets; ``more`` are further parts in ``xl``, by their name without suffix."""
    names = names or tuple(f"Sheet{number}" for number in range(1, len(sheets) + 1))
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}" state="{state}"/>'
        for number, name in enumerate(names, 1)
        for state in ["hidden" if name == hidden else "visible"]
    )
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{settings}<sheets>{listed}</sheets></workbook>'
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    targets += [("styles", "styles.xml"), *((name, f"{name}.xml") for name in more)]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations(targets),
        "xl/styles.xml": f"{STYLES}</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{number}.xml": xml for number, xml in enumerate(sheets, 1)},
        **{f"xl/{name}.xml": xml for name, xml in more.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return stream.getvalue()


def relations(targets: list[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
