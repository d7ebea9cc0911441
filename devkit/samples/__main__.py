"""Writes sample files: ``python -m devkit.samples ecommerce --records 500 --out sample.json``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

app = typer.Typer(help="Write sample files with known faults.", no_args_is_help=True, add_completion=False)


@app.callback()
def samples() -> None:
    """Write sample files with known faults."""


@app.command()
def ecommerce(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    records: Annotated[int, typer.Option(min=0, help="How many records; 10,000 are about 30 MB.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed makes the same file.")] = 1,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="The share of objects that carry a fault.")] = 0.05,
    as_of: Annotated[datetime, typer.Option(help="The job's as-of time (UTC) that the answers hold for.")] = datetime(
        2026, 1, 15, 12
    ),
    without: Annotated[list[str] | None, typer.Option(help="A kind of fault to leave out; may be repeated.")] = None,
    ndjson: Annotated[bool, typer.Option("--ndjson", help="One record a line instead of a JSON array.")] = False,
    answers: Annotated[Path | None, typer.Option(help="Write the answer key here, as JSON.")] = None,
) -> None:
    """Write e-commerce records of ten objects each."""
    from devkit.samples.ecommerce import generate  # noqa: PLC0415 - help needs none of it

    sample = generate(records, seed, fault_rate, as_of, without or ())
    if ndjson:
        sample.write_ndjson(out)
    else:
        sample.write_json(out)
    if answers:
        sample.write_answers(answers)
    typer.echo(f"{out}: {records:,} records, {out.stat().st_size:,} bytes, {len(sample.faults):,} faults")


@app.command()
def hiring(
    out: Annotated[Path, typer.Option(help="The folder to write the three files to.")],
    hires: Annotated[int, typer.Option(min=0, help="How many hires.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 1,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="The share of hires that carry a fault.")] = 0.05,
    answers: Annotated[Path | None, typer.Option(help="Write the answer key here, as JSON.")] = None,
) -> None:
    """Write departments, jobs and hired employees, one file a table."""
    from devkit.samples.hiring import generate  # noqa: PLC0415 - help needs none of it

    sample = generate(hires, seed, fault_rate)
    sample.write_files(out)
    if answers:
        sample.write_answers(answers)
    typer.echo(f"{out}: {hires:,} hires, {len(sample.faults):,} faults")


@app.command()
def appointments(
    out: Annotated[Path, typer.Option(help="The folder to write the two workbooks to.")],
    appointments: Annotated[int, typer.Option(min=0, help="How many appointments.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed makes the same workbooks.")] = 1,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="The share of appointments with a fault.")] = 0.05,
    answers: Annotated[Path | None, typer.Option(help="Write the answer key here, as JSON.")] = None,
) -> None:
    """Write doctors and appointments, one workbook a table."""
    from devkit.samples.appointments import generate  # noqa: PLC0415 - help needs none of it

    sample = generate(appointments, seed, fault_rate)
    sample.write_files(out)
    if answers:
        sample.write_answers(answers)
    typer.echo(f"{out}: {appointments:,} appointments, {len(sample.faults):,} faults")


@app.command()
def claims(
    out: Annotated[Path, typer.Option(help="The web page to write.")],
    claims: Annotated[int, typer.Option(min=0, help="How many claims; 18,500 are about 20 MB.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed makes the same page.")] = 1,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="The share of claims that carry a fault.")] = 0.05,
    answers: Annotated[Path | None, typer.Option(help="Write the answer key here, as JSON.")] = None,
) -> None:
    """Write a remittance report, a web page of paid, refused and held claims."""
    from devkit.samples.claims import generate  # noqa: PLC0415 - help needs none of it

    sample = generate(claims, seed, fault_rate)
    sample.write_page(out)
    if answers:
        sample.write_answers(answers)
    typer.echo(f"{out}: {claims:,} claims, {out.stat().st_size:,} bytes, {len(sample.faults):,} faults")


if __name__ == "__main__":
    app()
