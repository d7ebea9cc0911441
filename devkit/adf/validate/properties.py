"""Properties: those that must be there, those that nobody knows, and the kinds of their values."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

from devkit.adf.expressions.templates import is_expression
from devkit.adf.expressions.values import kind_of
from devkit.adf.factory import nearest
from devkit.adf.texts import below
from devkit.adf.validate import schema
from devkit.adf.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.adf.factory import Factory

    #: A path and what is wrong there.
    Wrong = Iterator[tuple[str, str]]

#: By which properties objects of several types are told apart.
_DISCRIMINATORS = ("type", "authenticationType", "authorizationType", "referenceType")
#: What the library's types leave out: the state that the service itself keeps, and newer words.
_KNOWN_BESIDE = frozenset({"runtimeState", "lastPublishTime"})
_WORDS_BESIDE = frozenset({"boolean", "integer"})
_SIMPLE = {str: "a text", int: "an integer", bool: "a boolean", float: "a number"}


def check_properties(factory: Factory) -> Iterator[Finding]:
    """Find properties that are missing, unknown or of the wrong kind; nothing where the types are not installed."""
    if not schema.is_available():
        return
    for kind, definitions in factory.definitions.items():
        for each in definitions.values():
            for path, reason in _check(each.properties, schema.root_type(kind), "$.properties"):
                yield Finding(each.file, path, reason)


def _check(value: Any, hint: Any, path: str) -> Wrong:
    choices = schema.alternatives(hint)
    if value is None or typing.Any in choices or is_expression(value):
        return
    objects = [each for each in choices if schema.is_object(each)]
    if objects:
        yield from _check_objects(value, objects, path)
    elif any(schema.words_of(each) is not None for each in choices):
        yield from _check_word(value, [word for each in choices for word in schema.words_of(each) or []], path)
    elif typing.get_origin(choices[0]) is list:
        yield from _check_list(value, typing.get_args(choices[0])[0], path)
    elif typing.get_origin(choices[0]) is dict:
        yield from _check_values(value, typing.get_args(choices[0])[1], path)
    else:
        yield from _check_simple(value, choices, path)


def _check_objects(value: Any, objects: list[Any], path: str) -> Wrong:
    if not isinstance(value, dict):
        yield path, f"An object is expected, not {kind_of(value)}."
        return
    if len(objects) > 1:
        name = next(each for each in _DISCRIMINATORS if all(_word(one, each) for one in objects))
        by_word = {word: one for one in objects for word in _word(one, name) or []}
        found = value.get(name)
        if not isinstance(found, str) or found not in by_word:
            known = nearest(str(found), by_word)
            reason = f"'{name}' is missing." if found is None else f"'{found}' is no known {name}{known}."
            yield below(path, name), reason
            return
        objects = [by_word[found]]
    yield from _check_object(value, schema.object_type(objects[0]), path)


def _check_object(value: dict[str, Any], expected: schema.ObjectType, path: str) -> Wrong:
    for name in sorted(expected.required - value.keys()):
        yield path, f"The property '{name}' is missing."
    for name, each in value.items():
        if name in expected.properties:
            yield from _check(each, expected.properties[name], below(path, name))
        elif name not in _KNOWN_BESIDE:
            yield below(path, name), f"The property '{name}' is unknown here{nearest(name, expected.properties)}."


def _check_word(value: Any, words: list[str], path: str) -> Wrong:
    known = {word.lower() for word in words} | _WORDS_BESIDE
    if isinstance(value, str) and (value.lower() in known or value.startswith("@")):
        return
    shown = f"'{value}'" if isinstance(value, str) else kind_of(value)
    yield path, f"{shown} is none of {', '.join(words)}{nearest(str(value), words)}."


def _check_list(value: Any, hint: Any, path: str) -> Wrong:
    if not isinstance(value, list):
        yield path, f"An array is expected, not {kind_of(value)}."
        return
    for number, each in enumerate(value):
        yield from _check(each, hint, f"{path}[{number}]")


def _check_values(value: Any, hint: Any, path: str) -> Wrong:
    if not isinstance(value, dict):
        yield path, f"An object is expected, not {kind_of(value)}."
        return
    for name, each in value.items():
        yield from _check(each, hint, below(path, name))


def _check_simple(value: Any, choices: list[Any], path: str) -> Wrong:
    # A boolean is an integer to Python, but not here.
    fits = any(each is type(value) or (each is float and type(value) is int) for each in choices)
    is_dynamic = isinstance(value, str) and value.startswith("@")
    if not fits and not is_dynamic and all(each in _SIMPLE for each in choices):
        yield path, f"{' or '.join(_SIMPLE[each] for each in choices).capitalize()} is expected, not {kind_of(value)}."


def _word(hint: Any, name: str) -> list[str] | None:
    found = schema.object_type(hint).properties.get(name)
    return schema.words_of(found) if found is not None else None
