"""What can be asked of the warehouse: its tables, and the business queries of the datasets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.datasets.catalogue import all_queries
from shared.errors import InvalidRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from shared.datasets.named_sql import NamedQuery, QueryParameter
    from shared.ports import Selection, TableInfo, Warehouse

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


_PARSERS: dict[str, Callable[[str], Any]] = {"integer": _whole_number, "date": date.fromisoformat, "text": str}


@dataclass(frozen=True, slots=True)
class Explorer:
    """The use case; ``token_key`` turns identifiers that are asked for into the tokens that stand in gold."""

    warehouse: Warehouse
    token_key: bytes

    def tables(self) -> list[TableInfo]:
        """Return the tables and views, by name."""
        return self.warehouse.tables()

    def read(self, table: str, wanted: Selection) -> pa.Table:
        """Return rows of a table or view; see :meth:`shared.ports.Warehouse.read`."""
        return self.warehouse.read(table, wanted)

    def queries(self) -> list[NamedQuery]:
        """Return the business queries, by name."""
        return all_queries()

    def run(self, name: str, raw_parameters: Mapping[str, str]) -> pa.Table:
        """Run a query; parameters come as text, and those not given take their default.

        Raises :class:`NotFoundError` for an unknown query, and :class:`InvalidRequestError` for an unknown
        parameter or a value that does not fit its type.
        """
        query = next((query for query in all_queries() if query.name == name), None)
        if query is None:
            known = [query.name for query in all_queries()]
            advice = f"Use one of: {', '.join(known)}."
            raise NotFoundError(f"There is no query {name!r}.", code="unknown_query", advice=advice, known=known)
        unknown = sorted(set(raw_parameters) - {parameter.name for parameter in query.parameters})
        if unknown:
            known = [parameter.name for parameter in query.parameters]
            raise InvalidRequestError(
                f"The query {name} has no parameter {unknown[0]!r}.",
                code="unknown_parameter",
                advice=f"Its parameters are: {', '.join(known) or 'none'}.",
                known=known,
            )
        values = {
            parameter.name: self._parsed(parameter, raw_parameters.get(parameter.name, parameter.default))
            for parameter in query.parameters
        }
        return self.warehouse.query(query.sql, values)

    def _parsed(self, parameter: QueryParameter, text: str) -> Any:
        """Return a parameter's value.

        Raises :class:`InvalidRequestError` for text that is none of its type or bounds.
        """
        if parameter.type == "identifier":
            return self._token(text.strip())
        try:
            value = _PARSERS[parameter.type](text)
        except ValueError as error:
            raise _unfit(parameter) from error
        too_small = parameter.minimum is not None and value < parameter.minimum
        too_large = parameter.maximum is not None and value > parameter.maximum
        if too_small or too_large:
            raise _unfit(parameter)
        return value

    def _token(self, text: str) -> str:
        # The frame libraries are imported when they are needed, not on the way to the functions.
        import pyarrow as pa  # noqa: PLC0415

        from shared.frames.values import to_token  # noqa: PLC0415

        return str(to_token(self.token_key)(pa.array([text]))[0].as_py())


def _unfit(parameter: QueryParameter) -> InvalidRequestError:
    return InvalidRequestError(
        f"The parameter {parameter.name} should be {_in_words(parameter)}.",
        code="invalid_parameter",
        parameter=parameter.name,
        type=parameter.type,
    )


def _in_words(parameter: QueryParameter) -> str:
    if parameter.minimum is None or parameter.maximum is None:
        return f"of type {parameter.type}"
    return f"a whole number from {parameter.minimum:,} to {parameter.maximum:,}"
