"""The verdict catalogue: every rule by its code, in words that someone outside the team understands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """What became of a row, or of one of its cells."""

    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    REPAIRED = "repaired"
    NULLED = "nulled"
    FLAGGED = "flagged"


#: How much it weighs on the scorecard that a rule is broken.
Severity = Literal["info", "warning", "critical"]

#: Outcomes after which the row itself is not in silver.
REJECTING = (Outcome.QUARANTINED, Outcome.DUPLICATE, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One entry of the catalogue. ``sentence`` takes ``{label}``, the column's name for people, and ``{expected}``."""

    rule: str
    title: str
    sentence: str
    how_to_fix: str
    severity: Severity = "warning"

    def message(self, label: str, expected: str = "") -> str:
        """Return the sentence about a column."""
        return self.sentence.format(label=label, expected=expected)


_ENTRIES = (
    Verdict(
        "unreadable",
        "Unreadable record",
        "The record is not valid JSON, so none of its values could be read.",
        "Write the record as a JSON object on a line of its own.",
        "critical",
    ),
    Verdict(
        "record",
        "Not a record",
        "The record is not a JSON object, so it holds no values with names.",
        "Make the record an object with the fields of the dataset.",
        "critical",
    ),
    Verdict(
        "object",
        "Not an object",
        "{label}: an object with fields is expected here.",
        "Put the fields of this part of the record between braces.",
        "critical",
    ),
    Verdict(
        "ragged",
        "Wrong number of cells",
        "The row does not have one cell for each column: ",
        "Add what is missing, take out what is too much, or put a value that holds a delimiter in quotation marks.",
        "critical",
    ),
    Verdict(
        "quote",
        "Misplaced quotation mark",
        "A quotation mark closes within a cell of the row, so its cells cannot be told apart.",
        "Write a quotation mark within a value twice.",
        "critical",
    ),
    Verdict(
        "columns",
        "Other columns",
        "{label}: the file has other columns, so that its rows are only counted and kept as they were sent: ",
        "Give the columns the names that the dataset knows, if the rows are to be read.",
        "info",
    ),
    Verdict("required", "Missing value", "{label} is missing.", "Fill in the value."),
    Verdict(
        "fault_marker",
        "Marked as faulty",
        '{label} contains the word "{expected}", by which its source marks a faulty value.',
        "Replace the marked value by the true one.",
    ),
    Verdict(
        "scalar",
        "Nested value",
        "{label} holds a list or an object instead of one value.",
        "Give a single value.",
    ),
    Verdict(
        "text",
        "Unusable text",
        "{label} contains a character that cannot be stored, or more than {expected} characters.",
        "Shorten the text, and remove NUL characters and halves of surrogate pairs.",
    ),
    Verdict("type", "Wrong type", "{label} is not {expected}.", "Write the value in the form named."),
    Verdict("one_of", "Unknown choice", "{label} is none of {expected}.", "Use one of the values named."),
    Verdict("pattern", "Wrong form", "{label} does not have the form {expected}.", "Write the value in that form."),
    Verdict("range", "Out of range", "{label} must be {expected}.", "Correct the number."),
    Verdict("before_as_of", "In the future", "{label} must lie before the job's as-of time.", "Correct the date."),
    Verdict(
        "plausible_years",
        "Implausible year",
        "The year of {label} should be {expected}; the date was kept.",
        "Check the year: dates that were filled in by dragging count on from row to row.",
    ),
    Verdict(
        "duplicate",
        "Duplicate",
        "{label} stands in another row too; the row named there was kept.",
        "Remove the row, or give it a key of its own.",
    ),
    Verdict(
        "reference",
        "Unknown reference",
        "{label} names no accepted row of {expected}.",
        "Correct the reference, or send the row that it names first.",
    ),
    Verdict(
        "normalise",
        "Not usable",
        "{label} is not {expected}, and was left empty.",
        "Correct the value if it is needed.",
    ),
    Verdict(
        "differs",
        "Differs from the computed value",
        "{label} as delivered differs from what {expected} gives; the computed value was taken.",
        "Check which of the two is right.",
        "info",
    ),
    Verdict(
        "default",
        "Filled in",
        "{label} was empty and was set to {expected}.",
        "Fill in the value if the default is not right.",
        "info",
    ),
    Verdict(
        "integer_text",
        "Tidied number",
        "{label} was written with other characters than digits, and was read as a whole number.",
        "Write digits only.",
        "info",
    ),
    Verdict(
        "money",
        "Amount in parentheses",
        "{label} was written in parentheses, and was read as a negative amount.",
        "Write a negative amount with a minus sign.",
        "info",
    ),
)

#: The catalogue by rule.
VERDICTS: dict[str, Verdict] = {entry.rule: entry for entry in _ENTRIES}
