"""What the dataset's own reader says of a row stands among its verdicts, in the words of the contract."""

from shared.frames.engine import Engine
from tests.judging import judge

CLAIMS = """
  - name: claim
    label: Claim
    key: [id]
    columns:
      id:      {label: "Claim number", required: true}
      paid:    {label: "Amount paid", type: decimal, clean: [trim, money]}
      message: {label: "Message"}
    findings:
      - id: unbalanced
        title: Does not balance
        sentence: "{label} is not what was billed and adjusted."
        how_to_fix: Compare it with the report.
      - id: mended
        title: Mended
        sentence: "{label} was put together."
        how_to_fix: Nothing.
        severity: info
        on_fail: repair
"""
TOLD = [
    (1, "paid", "unbalanced", "2.00", "1.00"),
    (2, "paid", "unbalanced", None, None),
    (2, "message", "mended", None, None),
    (3, "paid", "unbalanced", None, "x"),
]


def claims(engine: Engine, told: list[tuple]):
    amounts = ["($1.00)", "2", "x", "4"]
    records = [{"claim": {"id": number, "paid": paid, "message": "m"}} for number, paid in enumerate(amounts, 1)]
    return judge(CLAIMS, engine, *records, told={"claim": told} if told else None)


def test_a_finding_keeps_its_row_and_is_told_with_its_cell_as_delivered(engine: Engine):
    judged = claims(engine, TOLD)
    assert [row["id"] for row in judged.accepted["claim"]] == ["1", "2", "4"]
    told = {(row["_row_no"], row["rule"]): row for row in judged.verdicts["claim"]}
    assert {place: (row["outcome"], row["column"], row["value"], row["message"]) for place, row in told.items()} == {
        (1, "money"): (
            *("repaired", "paid", "($1.00)"),
            "Amount paid was written in parentheses, and was read as a negative amount.",
        ),
        (1, "unbalanced"): (
            *("flagged", "paid", "($1.00)"),
            "Amount paid is not what was billed and adjusted. (expected 2.00, found 1.00)",
        ),
        (2, "unbalanced"): ("flagged", "paid", "2", "Amount paid is not what was billed and adjusted."),
        (2, "mended"): ("repaired", "message", "m", "Message was put together."),
        (3, "type"): ("quarantined", "paid", "x", "Amount paid is not an amount, written like $1,234.50."),
    }
    assert told[2, "mended"]["key"] == "2"


def test_a_finding_has_its_place_on_the_scorecard(engine: Engine):
    rules = claims(engine, TOLD).rules
    mended = rules["claim.message.mended"]
    assert (mended.title, mended.message, mended.broken) == ("Mended", "Message was put together.", 1)
    assert (mended.judgement.severity, mended.judgement.value) == ("info", 75.0)
    assert rules["claim.paid.unbalanced"].broken == 2, "the row that is rejected has its own reason"


def test_rows_of_which_nothing_is_said_have_no_findings(engine: Engine):
    assert {row["rule"] for row in claims(engine, []).verdicts["claim"]} == {"type", "money"}
