"""What the vocabulary of cleaning must make of raw text, as tables of (raw, expected); every engine is held to them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import narwhals as nw

from shared.frames import booleans, dates, numbers, text

RAW = nw.col("raw")


@dataclass(frozen=True)
class Case:
    """An expression over the column ``raw``, and what it gives for each raw text."""

    name: str
    expression: nw.Expr
    table: tuple[tuple[str | None, Any], ...]


CASES = (
    Case(
        "trim takes white space off both ends",
        text.clean(RAW, ["trim"]),
        (("  a b\t\n", "a b"), ("\u00a0x\u00a0", "x"), ("\u3000x", "\u3000x"), ("   ", ""), ("", ""), (None, None)),
    ),
    Case(
        "squeeze makes each run of white space one space",
        text.clean(RAW, ["trim", "squeeze"]),
        ((" a \t b\n\nc ", "a b c"), ("a\u00a0\u00a0b", "a b"), (None, None)),
    ),
    Case("lower makes small letters", text.clean(RAW, ["lower"]), (("ÀÉ Straße", "àé straße"), (None, None))),
    Case(
        "letters keeps letters of any script alone",
        text.clean(RAW, ["letters", "lower"]),
        (
            ("confirmed. ", "confirmed"),
            ("1) Cancelled!", "cancelled"),
            ("Annulé", "annulé"),
            ("e\u0301t_2", "e\u0301t"),
            ("確認 2", "確認"),
            ("?-7", ""),
            ("", ""),
            (None, None),
        ),
    ),
    Case(
        "integer_text keeps what a number is written with",
        text.clean(RAW, ["integer_text"]),
        (
            ("37X", "37"),
            ("34.0", "34"),
            ("340", "340"),
            ("34.50", "34.50"),
            ("-5 kg", "-5"),
            ("n/a", "n/a"),
            ("1e3", "1e3"),
            ("8,0", "8,0"),
            ("8.0E+00", "8.0E+00"),
            ("", ""),
            (None, None),
        ),
    ),
    Case(
        "money is read as it is printed, and what is no amount stays as it is",
        text.clean(RAW, ["trim", "money"]),
        (
            ("$1,234.56", "1234.56"),
            ("$-1,234.50", "-1234.50"),
            ("-$12", "-12"),
            ("($5.00)", "-5.00"),
            ("$(5.00)", "-5.00"),
            ("(1,234.5)", "-1234.5"),
            ("+$.5", ".5"),
            ("1234567.", "1234567."),
            ("$1,23", "$1,23"),
            ("$12.3.4", "$12.3.4"),
            ("(-5)", "(-5)"),
            ("5 USD", "5 USD"),
            ("$", "$"),
            ("", ""),
            (None, None),
        ),
    ),
    Case(
        "a truth value is one of the words for it, in any case",
        booleans.boolean(RAW),
        (
            *((word, True) for word in ("true", "Yes", "Y", "t", "1", "TRUE")),
            *((word, False) for word in ("false", "NO", "n", "F", "0")),
            *((word, None) for word in ("", "2", "yes!", "on", None)),
        ),
    ),
    Case("null and the empty string are blank", text.is_blank(RAW), (("", True), (None, True), (" ", False))),
    Case("all else is a value", text.has_value(RAW), (("", False), (None, False), ("0", True))),
    Case(
        "a word is found in any case and inside longer words",
        text.contains_word(RAW, "invalid"),
        (("InvalidName997", True), ("9165@INVALID", True), ("invalidity", True), ("valid", False), (None, None)),
    ),
    Case(
        "NUL and text beyond all measure cannot be stored",
        text.is_unstorable(RAW),
        (("a\x00b", True), ("x" * 65_537, True), ("é" * 65_536, False), ("", False), (None, None)),
    ),
    Case(
        "an e-mail address has one at-sign and a domain with a dot",
        text.email(RAW),
        (
            ("Ann.Lee@Example.ORG", "ann.lee@example.org"),
            ("a@b.c", "a@b.c"),
            ("a@b", None),
            ("a b@c.de", None),
            ("a@b@c.de", None),
            ("@c.de", None),
            ("", None),
            (None, None),
        ),
    ),
    Case(
        "a whole number may have a sign and a fraction of noughts",
        numbers.integer(RAW),
        (
            ("34", 34),
            ("34.0", 34),
            ("34.", 34),
            ("+7", 7),
            ("-007", -7),
            ("999999999999999999", 999_999_999_999_999_999),
            ("1000000000000000000", None),
            ("34.5", None),
            ("1e3", None),
            ("12a", None),
            ("", None),
            ("-", None),
            (None, None),
        ),
    ),
    Case(
        "a decimal is rounded half away from zero on its digits as written",
        numbers.decimal(RAW, 2),
        (
            ("7571.41", Decimal("7571.41")),
            ("2.675", Decimal("2.68")),
            ("-2.675", Decimal("-2.68")),
            ("1.005", Decimal("1.01")),
            ("1.00499999999999999999", Decimal("1.00")),
            ("0.995", Decimal("1.00")),
            ("5", Decimal("5.00")),
            (".5", Decimal("0.50")),
            ("5.", Decimal("5.00")),
            ("+3.1", Decimal("3.10")),
            ("-0.001", Decimal("0.00")),
            ("999999999999999.99", Decimal("999999999999999.99")),
            ("1000000000000000", None),
            ("1,5", None),
            ("1e3", None),
            (".", None),
            ("", None),
            (None, None),
        ),
    ),
    Case("a decimal may keep no places", numbers.decimal(RAW, 0), (("2.5", Decimal(3)), ("2.4", Decimal(2)))),
    Case(
        "a number is held against bounds before it is rounded",
        numbers.as_float(RAW),
        (("10000.004", 10000.004), ("-3", -3.0), ("+3", 3.0), ("x", None), (None, None)),
    ),
    Case(
        "money survives the way through cents",
        numbers.from_cents(numbers.to_cents(numbers.decimal(RAW, 2))),
        (("7571.41", Decimal("7571.41")), ("-0.01", Decimal("-0.01")), (None, None)),
    ),
    Case(
        "a timestamp is a day that exists, with a time of day or without",
        dates.timestamp(RAW, ["iso"]),
        (
            ("2026-01-15 12:00:00.001137", datetime(2026, 1, 15, 12, 0, 0, 1137)),
            ("2026-01-15T12:00:00Z", datetime(2026, 1, 15, 12)),
            ("2026-01-15 12:00", datetime(2026, 1, 15, 12)),
            ("2026-01-15", datetime(2026, 1, 15)),
            ("2024-02-29", datetime(2024, 2, 29)),
            ("2000-02-29", datetime(2000, 2, 29)),
            ("1900-02-29", None),
            ("2026-02-29", None),
            ("2026-04-31", None),
            ("2026-13-01", None),
            ("2026-01-15 24:00:00", None),
            ("2026-01-15 12:00:60", None),
            ("2026-1-5", None),
            ("15.01.2026", None),
            ("0001-01-01", datetime(1, 1, 1)),
            ("0004-02-29", datetime(4, 2, 29)),
            ("0400-02-29", datetime(400, 2, 29)),
            ("2355-10-24 23:59:59.999999", datetime(2355, 10, 24, 23, 59, 59, 999_999)),
            ("9999-12-31", datetime(9999, 12, 31)),
            ("0000-01-01", None),
            ("0000-02-29", None),
            ("0100-02-29", None),
            ("10000-01-01", None),
            ("2026-01-15 12:00:00+02:00", None),
            ("soon", None),
            ("", None),
            (None, None),
        ),
    ),
    Case(
        "a timestamp may come in several formats",
        dates.timestamp(RAW, ["iso", "iso-slash", "us"]),
        (
            ("2026-01-15 12:30", datetime(2026, 1, 15, 12, 30)),
            ("2026/01/15 12:30", datetime(2026, 1, 15, 12, 30)),
            ("01/15/2026 12:30:05", datetime(2026, 1, 15, 12, 30, 5)),
            ("02/29/2024", datetime(2024, 2, 29)),
            ("02/29/2023", None),
            ("10/24/0001", datetime(1, 10, 24)),
            ("9999/12/31", datetime(9999, 12, 31)),
            ("10/24/0000", None),
            ("15/01/2026", None),
            (None, None),
        ),
    ),
    Case(
        "a timestamp may have to say that it is UTC",
        dates.timestamp(RAW, ["iso-z"]),
        (
            ("2021-11-07T02:48:42Z", datetime(2021, 11, 7, 2, 48, 42)),
            ("2021-11-07T02:48:42.5Z", datetime(2021, 11, 7, 2, 48, 42, 500_000)),
            ("2021-11-07T02:48Z", datetime(2021, 11, 7, 2, 48)),
            ("2021-11-07T02:48:42", None),
            ("2021-11-07 02:48:42Z", None),
            ("2021-11-07T02 48 42Z", None),
            ("2021-11-07T02:48:42+00:00", None),
            ("2021-11-07", None),
            ("2021-02-29T00:00:00Z", None),
            ("", None),
            (None, None),
        ),
    ),
    Case(
        "a date leaves the time of day out",
        dates.date(RAW, ["iso"]),
        (("2008-10-21", date(2008, 10, 21)), ("2008-10-21 23:59:59", date(2008, 10, 21)), ("x", None), (None, None)),
    ),
    Case(
        "an age is counted in whole years up to the day",
        dates.whole_years(dates.date(RAW, ["iso"]), datetime(2026, 1, 15, 12)),
        (
            ("2008-01-15", 18),
            ("2008-01-16", 17),
            ("2008-01-14", 18),
            ("2024-02-29", 1),
            ("2026-01-15", 0),
            ("2026-12-31", -1),
            (None, None),
        ),
    ),
    Case("a day has a key", dates.date_key(dates.timestamp(RAW, ["iso"])), (("2026-01-05 23:59", 20260105),)),
)
