"""The language itself: texts, interpolation, escapes, access, and errors with their positions."""

from typing import Any

import pytest

from devkit.adf.errors import ExpressionError
from devkit.adf.expressions.evaluate import evaluate, evaluate_text
from devkit.adf.expressions.scope import Scope

OUTPUT = {"rows": 3, "value": [{"jobId": "j1"}, {"jobId": "j2"}], "nothing": None, "a b": "spaced", "Text": "word"}
SCOPE = Scope().having(
    item=lambda: {"name": "orders"},
    activity=lambda name: {"output": OUTPUT, "name": name},
)

VALUES: list[tuple[Any, Any]] = [
    ("parameters", "parameters"),
    ("parameters[1]", "parameters[1]"),
    ("", ""),
    ("@@", "@"),
    ("@@item()", "@item()"),
    (" @", " @"),
    ("user@example.org", "user@example.org"),
    ("@item().name", "orders"),
    ("@{item().name}", "orders"),
    ("@{1}", "1"),
    ("@1", 1),
    ("@-2.5", -2.5),
    ("@ null ", None),
    ("Answer: @{activity('a').output.rows}!", "Answer: 3!"),
    ("Answer: @@{activity('a').output.rows}", "Answer: @{activity('a').output.rows}"),
    ("@{item().name}/@{activity('a').output.rows}", "orders/3"),
    ("@{concat('}', '{')}", "}{"),
    ("@activity('it''s').name", "it's"),
    ("@activity('a').output.value[1].jobId", "j2"),
    ("@activity('a').output['a b']", "spaced"),
    ("@activity('a').output.text", "word"),
    ("@activity('a').output?.missing", None),
    ("@activity('a').output.nothing?.deeper?.still", None),
    ("@activity('a').output.value?[7]?.jobId", None),
    ("@activity('a').output[concat('ro', 'ws')]", 3),
    ("@first(activity('a').output.value).jobId", "j1"),
    ({"type": "Expression", "value": "@item().name"}, "orders"),
    ({"url": "@item().name", "depth": [1, "@{item().name}!"]}, {"url": "orders", "depth": [1, "orders!"]}),
    (5, 5),
]

ARGUMENTS = "The arguments of a function stand in ( and ), with commas between them."
BRACES = "An interpolation begins with '@{' and ends with '}'."
INDEX = "An array is asked for an element by its index. An integer is expected, not a text."
PROBLEMS = [
    ("@concat('a'", "')' is missing, the expression ends here. " + ARGUMENTS, 11),
    ("@concat('a' 'b')", "')' is missing, ''b'' stands here. " + ARGUMENTS, 12),
    ("@concat('a)", "A text begins here and has no closing quote.", 8),
    ("@item", "'item' is no value: a text stands in single quotes, a function has ().", 1),
    ("@concat(\"a\")", "The character '\"' has no meaning here.", 8),
    ("@item().", "A property's name is expected after '.'.", 8),
    ("@item() name", "The expression should end before 'name'.", 8),
    ("@item()['name'", "']' is missing, the expression ends here. An index stands in [ and ].", 14),
    ("@", "A value is expected, and it ends here.", 1),
    ("@concat(,)", "A value is expected, and ',' is none.", 8),
    ("a @{item().name", "'}' is missing, the expression ends here. " + BRACES, 15),
    ("@item().nam", "The property 'nam' does not exist; available properties: name.", 7),
    ("@activity('a').output.nothing.deeper", "'deeper' is asked of null; '?.' would answer null.", 29),
    ("@activity('a').output.rows.x", "'x' is asked of an integer, which has no properties.", 26),
    ("@activity('a').output.value[2]", "The array has 2 elements, and none of index 2.", 27),
    ("@activity('a').output.value.x", INDEX, 27),
    ("@pipeline().RunId", "There is no function 'pipeline' here.", 1),
    (f"@{'not(' * 200}true{')' * 200}", "Expressions are nested too deeply.", 401),
]  # fmt: skip


@pytest.mark.parametrize(("written", "value"), VALUES, ids=[str(row[0]) for row in VALUES])
def test_what_is_written_in_a_definition_has_a_value(written: Any, value: Any) -> None:
    assert evaluate(written, SCOPE) == value


@pytest.mark.parametrize(("expression", "reason", "position"), PROBLEMS, ids=[row[0][:40] for row in PROBLEMS])
def test_an_error_names_the_place(expression: str, reason: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate_text(expression, SCOPE)

    assert (caught.value.reason, caught.value.position) == (reason, position)
    assert caught.value.expression == expression
