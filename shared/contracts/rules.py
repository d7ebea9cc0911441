"""What a contract asks of a table's rows together, and how much it weighs when they do not give it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.contracts.base import Identifier, Model, as_tuple, mistake, null_is_a_word
from shared.contracts.column import Outcome  # noqa: TC001 - the annotations are read when a contract is loaded
from shared.domain.verdicts import VERDICTS, Severity

Share = Annotated[Decimal, Field(ge=0, le=1)]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=63)]


class Weight(Model):
    """How the share of rows that keep a rule is judged.

    Below ``warn_below`` the scorecard shows the ``severity``, which changes nothing else. Below ``block_below`` nothing
    of the job is published.
    """

    severity: Severity | None = None
    warn_below: Share | None = None
    block_below: Share | None = None

    @model_validator(mode="after")
    def _warns_before_it_blocks(self) -> Self:
        if self.warn_below is not None and self.block_below is not None and self.block_below > self.warn_below:
            raise mistake("is above 'warn_below'; what blocks also warns", "block_below")
        return self

    @property
    def is_judged(self) -> bool:
        """Whether the contract says anything of the share."""
        return bool(self.model_fields_set & set(Weight.model_fields))


class Rule(Weight):
    """A rule between tables: each value of ``column`` must be a value of the column that ``references`` names.

    ``on_fail`` says what becomes of one that is not, as with a column: its row is quarantined, the value is left empty,
    or it is kept and flagged. ``id`` names the rule on the scorecard.
    """

    id: RuleId | None = None
    column: str
    references: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    on_fail: Annotated[Outcome, BeforeValidator(null_is_a_word)] = "quarantine"

    @property
    def target(self) -> tuple[str, str]:
        """The table and the column referred to."""
        table, _, column = self.references.partition(".")
        return table, column


class Finding(Model):
    """Something that the reader of a dataset's files says of a row, and no other rule can.

    ``on_fail`` says whether it has kept the value as it is, or has repaired it.
    """

    id: Identifier
    title: str
    sentence: str
    how_to_fix: str
    severity: Severity = "warning"
    on_fail: Literal["flag", "repair"] = "flag"

    @model_validator(mode="after")
    def _is_not_another(self) -> Self:
        if self.id in VERDICTS:
            raise mistake(f"{self.id!r} is a rule that every dataset has; give the finding a name of its own", "id")
        return self


class Metric(Weight):
    """A figure of the scorecard: the share of rows that keep ``rule`` in all ``columns``, by default in any.

    With ``warn_above`` it is the share of the others instead. Rows are those read, before any is rejected.
    """

    name: RuleId
    rule: str
    columns: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    severity: Severity = "warning"
    warn_above: Share | None = None

    @model_validator(mode="after")
    def _has_one_threshold(self) -> Self:
        if (self.warn_below is None) == (self.warn_above is None):
            raise ValueError("a metric needs 'warn_below' or 'warn_above'")
        if self.warn_above is not None and self.block_below is not None:
            raise mistake("is of the rows that keep the rule; write 'warn_below' for 'warn_above'", "block_below")
        return self
