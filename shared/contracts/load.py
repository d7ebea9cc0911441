"""Reads a contract from YAML and says of a mistake where it stands, what was expected, and the nearest word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from shared.contracts.base import nearest
from shared.contracts.model import Contract
from shared.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

MAX_CONTRACT_BYTES = 1_000_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_contract(text: str, *, origin: str = "contract") -> Contract:
    """Return the contract that ``text`` (YAML) describes.

    Raises :class:`ContractError` with the details ``line`` and ``path`` of the first mistake; ``origin``
    names the file in the message. Aliases are refused: a few lines of them can grow without bound.
    """
    if len(text.encode()) > MAX_CONTRACT_BYTES:
        raise ContractError(f"{origin} is larger than {MAX_CONTRACT_BYTES:,} bytes.")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)):
            raise ContractError(f"{origin} uses a YAML alias (*name).", advice="Write the value out where it is used.")
        root = yaml.compose(text, Loader=_LOADER)
        raw = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, the C one where it is built
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ContractError(f"{origin}, line {line}: {error.problem}.", line=line, path="") from error
    _refuse_repeated_words(root, origin)
    if root is None or not isinstance(raw, dict):
        raise ContractError(f"{origin}, line 1: expected 'dataset:', 'version:' and 'tables:'.", line=1, path="")
    try:
        return Contract.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        steps = (*first["loc"], *first.get("ctx", {}).get("steps", ()))
        line = _line_of(root, steps)
        path = ".".join(str(step) for step in steps)
        sentence = f"{origin}, line {line}: {path or 'contract'}: {_expected(first)}."
        raise ContractError(sentence, line=line, path=path) from error


def _refuse_repeated_words(node: yaml.Node | None, origin: str) -> None:
    """Refuse a mapping that says a word twice: YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        said: set[str] = set()
        for word, value in node.value:
            line = word.start_mark.line + 1
            if word.value in said:
                raise ContractError(f"{origin}, line {line}: {word.value!r} is said twice.", line=line, path=word.value)
            said.add(str(word.value))
            _refuse_repeated_words(value, origin)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_repeated_words(value, origin)


def _line_of(root: yaml.Node, steps: Sequence[int | str]) -> int:
    """Return the line of the deepest node along ``steps`` that stands in the text."""
    node, line = root, root.start_mark.line
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
    return line + 1


def _expected(error: ErrorDetails) -> str:
    """Say what a mistake is and which word was probably meant."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        word = str(error["loc"][-1])
        return f"unknown word {word!r}{nearest(word, sorted(_words_at(error['loc'][:-1])))}"
    if kind == "literal_error":
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{error['input']!r} is none of {', '.join(known)}{nearest(str(error['input']), known)}"
    if kind == "missing":
        return "is missing"
    return error["msg"].removeprefix("Value error, ")


def _words_at(steps: Sequence[int | str]) -> set[str]:
    """Return the words that the model allows at a place of the contract."""
    kind: Any = Contract
    for step in steps:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[str(step)].annotation
        else:
            kind = next(argument for argument in reversed(get_args(kind)) if argument is not Ellipsis)
        while get_origin(kind) is not None and type(None) in get_args(kind):
            kind = next(argument for argument in get_args(kind) if argument is not type(None))
    return {field.alias or name for name, field in kind.model_fields.items()}
