"""One table of a contract: where its rows come from, its columns and its key, and what holds between tables."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.contracts.base import Identifier, Model, as_tuple, as_word, mistake, nearest
from shared.contracts.column import Column  # noqa: TC001 - the annotations are read when a contract is loaded
from shared.contracts.rules import Finding, Metric, Rule, Weight
from shared.domain.verdicts import VERDICTS, Verdict

FileFormat = Literal["csv", "xlsx", "json"]


class Dedupe(Model):
    """Which row of equal key wins: the latest by a column (``latest``), then the first as sent."""

    latest: str | None = None


class Source(Model):
    """Where a table's rows come from.

    Of a file of nested records, ``path`` is the object in each, by default named as the table. A file of one table is
    of one of the ``formats`` (csv with any delimiter); ``sheet`` is the name or the number, from 0, of a workbook's
    sheet, by default the one that fits; ``header`` says whether the names of the columns stand above the rows, which
    otherwise have the contract's columns in their order. ``auto`` looks for them. ``unknown_header`` says what becomes
    of a file whose header is another: it is refused, or each of its rows is counted and skipped.
    """

    path: str | None = None
    formats: Annotated[tuple[FileFormat, ...], BeforeValidator(as_tuple)] = Field(
        default=("csv", "xlsx", "json"), min_length=1
    )
    sheet: Annotated[int, Field(ge=0)] | str | None = None
    header: Annotated[Literal["auto", "yes", "no"], BeforeValidator(as_word)] = "auto"
    unknown_header: Literal["refuse", "skip"] = "refuse"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.sheet is not None and "xlsx" not in self.formats:
            raise ValueError("'sheet' needs xlsx among the formats")
        if self.unknown_header == "skip" and (self.header, self.formats) != ("yes", ("csv",)):
            raise ValueError("'unknown_header: skip' needs 'header: yes' and csv as the only format")
        return self


class Table(Weight):
    """One table: its columns in order, and its key, by which rows are recognised and loaded.

    ``fault_marker`` is a word by which the source itself marks faulty values, anywhere in a cell and in any case.
    ``load`` says what a job's rows do to those loaded before: they take the place of rows of equal key, or of all.
    ``findings`` are what the dataset's own reader may say of a row. ``severity``, ``warn_below`` and ``block_below``
    judge the share of its rows that are accepted.
    """

    name: Identifier
    label: str
    source: Source = Source()
    key: tuple[str, ...] = Field(min_length=1)
    load: Literal["upsert", "replace"] = "upsert"
    dedupe: Dedupe = Dedupe()
    fault_marker: str | None = Field(default=None, pattern=r"^[A-Za-z0-9 _-]+$")
    columns: dict[Identifier, Column] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    findings: tuple[Finding, ...] = ()
    metrics: tuple[Metric, ...] = ()

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Self:
        named: list[tuple[str, tuple[str | int, ...]]] = [(name, ("key",)) for name in self.key]
        named += [(rule.column, ("rules", number, "column")) for number, rule in enumerate(self.rules)]
        for number, metric in enumerate(self.metrics):
            named += [(name, ("metrics", number, "columns", place)) for place, name in enumerate(metric.columns)]
        for name, column in self.columns.items():
            if column.derive:
                named.append((column.derive.years_since, ("columns", name, "derive", "years_since")))
        if self.dedupe.latest:
            named.append((self.dedupe.latest, ("dedupe", "latest")))
        for name, steps in named:
            if name not in self.columns:
                known = nearest(name, list(self.columns))
                raise mistake(f"the table {self.name!r} has no column {name!r}{known}", *steps)
        return self

    @model_validator(mode="after")
    def _uses_its_columns_as_they_are(self) -> Self:
        for name in self.key:
            if not self.columns[name].required or self.columns[name].on_fail != "quarantine":
                raise mistake(f"{name} is a key, so it needs 'required: true' and no 'on_fail'", "columns", name)
        if self.dedupe.latest and self.columns[self.dedupe.latest].type != "timestamp":
            raise mistake(f"{self.dedupe.latest} is no timestamp, so none is the latest", "dedupe", "latest")
        for name, column in self.columns.items():
            if column.derive and self.columns[column.derive.years_since].type != "date":
                raise mistake(f"{column.derive.years_since} is no date to count years from", "columns", name, "derive")
        return self

    @model_validator(mode="after")
    def _agrees_with_its_rules(self) -> Self:
        referring = [rule.column for rule in self.rules]
        for number, column in enumerate(referring):
            if column in referring[:number]:
                raise mistake(f"{column} refers to something already", "rules", number, "column")
        for number, rule in enumerate(self.rules):
            if rule.on_fail == "null" and self.columns[rule.column].required:
                raise mistake(f"{rule.column} is required, so it cannot be left empty", "rules", number, "on_fail")
        return self

    @model_validator(mode="after")
    def _counts_rules_that_exist(self) -> Self:
        known = sorted({*VERDICTS, *(finding.id for finding in self.findings)})
        for number, metric in enumerate(self.metrics):
            if metric.rule not in known:
                sentence = f"there is no rule {metric.rule!r}{nearest(metric.rule, known)}"
                raise mistake(sentence, "metrics", number, "rule")
        return self

    def verdict(self, rule: str) -> Verdict:
        """Return what is to be said of a rule: the catalogue's entry, or that of a finding of the table's own."""
        own = next((finding for finding in self.findings if finding.id == rule), None)
        if own is not None:
            return Verdict(rule, own.title, own.sentence, own.how_to_fix, own.severity)
        # Of a rule that only an earlier version of the contract had, no more is known than its name.
        return VERDICTS.get(rule) or Verdict(rule, rule, "", "")

    @property
    def path(self) -> str:
        """The object of a nested record that holds this table's row."""
        return self.source.path or self.name
