"""Each function of the language, as a table: an expression, and its value or why it has none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from devkit.adf.errors import ExpressionError
from devkit.adf.expressions.evaluate import evaluate_text
from devkit.adf.expressions.functions.dates import clock_functions
from devkit.adf.expressions.scope import Scope

NOW = datetime(2026, 3, 9, 14, 5, 6, 123456, tzinfo=UTC)
SCOPE = Scope().having(**clock_functions(lambda: NOW))

VALUES: list[tuple[str, Any]] = [
    # Texts
    ("@concat('a', 1, true, null, 1.5)", "a1True1.5"),
    ("@concat(createArray(1), createArray(2))", [1, 2]),
    ("@endsWith('report.CSV', '.csv')", True),
    ("@startsWith('Orders', 'order')", True),
    ("@length(guid())", 36),
    ("@length(guid('N'))", 32),
    ("@indexOf('Hello World', 'world')", 6),
    ("@indexOf('abc', 'x')", -1),
    ("@lastIndexOf('a/B/b', 'B')", 4),
    ("@replace('the old string', 'old', 'new')", "the new string"),
    ("@replace('Old', 'old', 'new')", "Old"),
    ("@split('a;b;c', ';')", ["a", "b", "c"]),
    ("@substring('somevalue-foo', 10, 3)", "foo"),
    ("@substring('somevalue', 4)", "value"),
    ("@toLower('AbC')", "abc"),
    ("@toUpper('AbC')", "ABC"),
    ("@trim('  a b ')", "a b"),
    ("@TOUPPER('names have no case')", "NAMES HAVE NO CASE"),
    # Collections
    ("@contains('hello world', 'world')", True),
    ("@contains('Hello', 'hello')", False),
    ("@contains(createArray(1, 2), 2)", True),
    ("@contains(createArray('a'), 'A')", False),
    ("@contains(json('{\"key\": 1}'), 'key')", True),
    ("@empty('')", True),
    ("@empty(json('{}'))", True),
    ("@empty(null)", True),
    ("@empty(createArray(0))", False),
    ("@first('hello')", "h"),
    ("@first(createArray(0, 2))", 0),
    ("@last(createArray(0, 2))", 2),
    ("@length('hello')", 5),
    ("@length(createArray())", 0),
    ("@join(createArray('a', 1), '.')", "a.1"),
    ("@skip(createArray(0, 1, 2, 3), 1)", [1, 2, 3]),
    ("@take(createArray(0, 1, 2), 2)", [0, 1]),
    ("@intersection(createArray(1, 2, 3), createArray(101, 2, 1, 10), createArray(6, 8, 1, 2))", [1, 2]),
    ("@union(createArray(1, 2, 3), createArray(2, 4))", [1, 2, 3, 4]),
    ('@union(json(\'{"a": 1}\'), json(\'{"a": 2, "b": 3}\'))', {"a": 2, "b": 3}),
    # Truth and comparison
    ("@and(greater(1, 10), equals(0, 0))", False),
    ("@and(true, true, true)", True),
    ("@or(false, true)", True),
    ("@not(false)", True),
    ("@if(equals(1, 1), 'yes', 'no')", "yes"),
    ("@if(true, 'fine', json('no JSON'))", "fine"),
    ("@equals('a', 'A')", False),
    ("@equals(1, 1.0)", True),
    ("@equals(1, '1')", False),
    ("@equals(1, true)", False),
    ("@equals(createArray(1), createArray(1.0))", True),
    ("@equals(null, '')", False),
    ("@greater(10, 5)", True),
    ("@greaterOrEquals('b', 'b')", True),
    ("@less('apple', 'banana')", True),
    ("@lessOrEquals(10, 10)", True),
    # Conversions
    ("@int(' 100 ')", 100),
    ("@int(3.9)", 3),
    ("@float('10.333')", 10.333),
    ("@bool('TRUE')", True),
    ("@bool(0)", False),
    ("@string(createArray(1, 'b'))", '[1,"b"]'),
    ("@string(true)", "True"),
    ("@string(1.0)", "1"),
    ("@string(json('{\"a\": null}'))", '{"a":null}'),
    ("@json('{\"a\": [1, true]}')", {"a": [1, True]}),
    ("@array('abc')", ["abc"]),
    ("@createArray('a', 'c')", ["a", "c"]),
    ("@coalesce(null, 'hello', 'world')", "hello"),
    ("@coalesce(null, null)", None),
    ("@base64('some string')", "c29tZSBzdHJpbmc="),
    ("@base64ToString('c29tZSBzdHJpbmc=')", "some string"),
    ("@dataUriToString(dataUri('some string'))", "some string"),
    ("@binary('a')", {"$content-type": "application/octet-stream", "$content": "YQ=="}),
    ("@uriComponent('a b/c&d')", "a%20b%2Fc%26d"),
    ("@decodeUriComponent('a%20b%2Fc')", "a b/c"),
    # Numbers
    ("@add(10, 10.3)", 20.3),
    ("@sub(10.3, 10)", pytest.approx(0.3)),
    ("@mul(10, -2)", -20),
    ("@div(11, 5)", 2),
    ("@div(-11, 5)", -2),
    ("@div(11.0, 5)", 2.2),
    ("@mod(10, 4)", 2),
    ("@mod(-7, 3)", -1),
    ("@min(createArray(3, 1, 2))", 1),
    ("@max(0, 100, 4)", 100),
    ("@range(3, 4)", [3, 4, 5, 6]),
    ("@rand(5, 6)", 5),
    # Dates
    ("@utcNow()", "2026-03-09T14:05:06.1234560Z"),
    ("@utcnow('yyyy-MM-dd')", "2026-03-09"),
    ("@getPastTime(5, 'Day')", "2026-03-04T14:05:06.1234560Z"),
    ("@getFutureTime(1, 'Month', 'yyyy-MM')", "2026-04"),
    ("@addDays('2015-03-15T13:27:36Z', -20)", "2015-02-23T13:27:36.0000000Z"),
    ("@addHours('2015-03-15T13:27:36Z', 12, 'HH:mm')", "01:27"),
    ("@addMinutes('2015-03-15T13:27:36Z', 33)", "2015-03-15T14:00:36.0000000Z"),
    ("@addSeconds('2015-03-15T13:27:36Z', -36, 's')", "2015-03-15T13:27:00"),
    ("@addToTime('2024-01-31', 1, 'Month', 'yyyy-MM-dd')", "2024-02-29"),
    ("@subtractFromTime('2018-01-02T00:00:00Z', 1, 'Day')", "2018-01-01T00:00:00.0000000Z"),
    ("@formatDateTime('03/15/2018 12:00:00', 'yyyy-MM-ddTHH:mm:ss')", "2018-03-15T12:00:00"),
    ("@formatDateTime('2018-03-05T07:08:09.5Z', 'd MMM yy, h:m:s tt')", "5 Mar 18, 7:8:9 AM"),
    ("@formatDateTime('2018-03-05T07:08:09.5Z', 'dddd MMMM ''the'' fff')", "Monday March the 500"),
    ("@formatDateTime('2018-03-05T07:08:09+02:00', 'o')", "2018-03-05T07:08:09.0000000+02:00"),
    ("@formatDateTime('2018-03-05', 'R')", "Mon, 05 Mar 2018 00:00:00 GMT"),
    ("@startOfDay('2018-03-15T13:30:30Z')", "2018-03-15T00:00:00.0000000Z"),
    ("@startOfHour('2018-03-15T13:30:30Z')", "2018-03-15T13:00:00.0000000Z"),
    ("@startOfMonth('2018-03-15T13:30:30Z', 'yyyy-MM-dd')", "2018-03-01"),
    ("@dayOfMonth('2018-03-15T13:27:36Z')", 15),
    ("@dayOfWeek('2018-03-18T13:27:36Z')", 0),
    ("@dayOfYear('2018-03-15T13:27:36Z')", 74),
    ("@ticks('0001-01-02')", 864_000_000_000),
    ("@convertFromUtc('2018-01-01T08:00:00Z', 'Pacific Standard Time')", "2018-01-01T00:00:00.0000000"),
    ("@convertToUtc('2018-07-01T00:00:00', 'W. Europe Standard Time')", "2018-06-30T22:00:00.0000000Z"),
    ("@convertTimeZone('2018-01-01T08:00:00', 'UTC', 'Asia/Tokyo', 'HH:mm')", "17:00"),
]

PROBLEMS = [
    ("@substring('abc', 2, 5)", "substring(): The text has 3 characters; 5 from 2 on go beyond it.", 1),
    ("@add(1, '2')", "add(): A number is expected, not a text.", 1),
    ("@and(true, 'yes')", "and(): A boolean is expected, not a text.", 1),
    ("@if('yes', 1, 2)", "if(): The condition must be a boolean, not a text.", 1),
    ("@greater(1, 'a')", "greater(): Two numbers or two texts are expected, not an integer and a text.", 1),
    ("@div(1, 0)", "div(): Nothing can be divided by zero.", 1),
    ("@int('abc')", "int(): This is no integer, but a text.", 1),
    ("@json('{\"a\": }')", "json(): The text is no JSON at character 6.", 1),
    ("@concat('at ', toUpper(1))", "toUpper(): A text is expected, not an integer.", 15),
    ("@addDays('yesterday', 1)", "addDays(): The text is no date and time.", 1),
    ("@addDays('2026-02-30', 1)", "addDays(): The text has the form of a date and time, but there is none such.", 1),
    ("@utcNow('yyyyy')", "utcNow(): 'yyyyy' has no meaning in a format of dates and times.", 1),
    (
        "@addToTime('2026-01-01', 1, 'Fortnight')",
        "addToTime(): The unit of an interval is Second, Minute, Hour, Day, Week, Month or Year.",
        1,
    ),
    (
        "@convertFromUtc('2026-01-01', 'Middle Earth')",
        "convertFromUtc(): The time zone 'Middle Earth' is not known here.",
        1,
    ),
    ("@toLower()", "The function 'toLower' takes 1 argument.", 1),
    ("@substring('a')", "The function 'substring' takes 2 to 3 arguments.", 1),
    ("@and(true)", "The function 'and' takes 2 or more arguments.", 1),
    ("@lenght('a')", "There is no function 'lenght' here.", 1),
]


@pytest.mark.parametrize(("expression", "value"), VALUES, ids=[row[0] for row in VALUES])
def test_a_function_gives_what_data_factory_gives(expression: str, value: Any) -> None:
    result = evaluate_text(expression, SCOPE)

    assert result == value
    assert type(result) is type(value) or isinstance(value, type(pytest.approx(1)))


@pytest.mark.parametrize(("expression", "reason", "position"), PROBLEMS, ids=[row[0] for row in PROBLEMS])
def test_a_function_says_why_it_has_no_value_and_where(expression: str, reason: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate_text(expression, SCOPE)

    assert (caught.value.reason, caught.value.position) == (reason, position)
    assert str(caught.value) == f"{reason} In the expression '{expression}', at position {position}."
