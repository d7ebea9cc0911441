import pytest

from shared.contracts.load import load_contract
from shared.errors import ContractError

TEXT = """\
dataset: shop
version: 1
tables:
  - name: customer
    label: Customer
    key: [id]
    dedupe: {latest: joined}
    columns:
      id:     {label: "Customer number", required: true}
      joined: {label: "Joined", type: timestamp, formats: [iso, us]}
      email:  {label: "E-mail", normalise: email, on_fail: null}
      points: {label: "Points", type: integer, range: {min: 0, max: 10}}
  - name: sale
    label: Sale
    source: {path: purchase}
    key: [id]
    columns:
      id:          {label: "Sale number", required: true}
      customer_id: {label: "Customer of the sale", from: [customer_id, customer]}
    rules:
      - {column: customer_id, references: customer.id}
gold: [customers]
files: all_tables
"""


def test_a_contract_says_what_its_text_says():
    contract = load_contract(TEXT)
    customer, sale = contract.tables
    assert customer.columns["email"].on_fail == "null"
    assert customer.columns["id"].clean == ("trim",)
    assert (customer.path, sale.path) == ("customer", "purchase")
    assert sale.columns["customer_id"].names == ("customer_id", "customer")
    assert sale.rules[0].target == ("customer", "id")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("normalise: email", "normalize: email", "did you mean 'normalise'"),
        ("type: integer", "type: intger", "did you mean 'integer'"),
        ("latest: joined", "latest: joind", "'joind'"),
        ("latest: joined", "latest: email", "is no timestamp"),
        ("references: customer.id", "references: customr.id", "must stand above"),
        ("references: customer.id", "references: customer.email", "not the key"),
        ("version: 1", "version: 0", "greater than or equal to 1"),
        ("{min: 0, max: 10}", "{}", "a range needs at least one"),
        ("{min: 0, max: 10}", "{min: 0.5}", "whole numbers"),
        ("required: true}\n      joined", "required: maybe}\n      joined", "boolean"),
        ("required: true}\n      joined", "required: false}\n      joined", "is a key"),
        ("on_fail: null", "on_fail: flag", "left empty"),
        ("type: timestamp, ", "type: text, range: {min: 1}, ", "'range' needs type decimal or integer"),
        ("type: timestamp, ", "type: text, plausible_years: {min: 1}, ", "'plausible_years' needs type date or"),
        ("type: timestamp, ", "type: timestamp, plausible_years: {min: 0.5}, ", "years are whole numbers"),
        ("from: [customer_id, customer]", "pii: secret", "must not reach silver"),
        ("from: [customer_id, customer]", 'pattern: "["', "no regular expression"),
        ("from: [customer_id, customer]", "type: integer", "different types"),
        ("type: integer, range", "formats: [us], type: integer, range", "'formats' needs type date or timestamp"),
        ("type: integer, range", "scale: 3, type: integer, range", "'scale' needs type decimal"),
        ("path: purchase", "formats: csv", "'formats' has no effect with 'files: all_tables'"),
        ("path: purchase", "header: maybe", "none of auto, yes, no"),
        ("path: purchase", "unknown_header: skip", "needs 'header: yes' and csv as the only format"),
        ('label: "Points"', 'label: "Points", added: true', "'added' has no effect without 'own'"),
        ("path: purchase", "sheet: -1", "greater than or equal to 0"),
        ("path: purchase", "formats: csv, sheet: 0", "'sheet' needs xlsx"),
        ("version: 1", "version: 1\nversion: 2", "said twice"),
        ("dataset: shop", "dataset: My Shop", "pattern"),
    ],
)
def test_a_mistake_is_reported_with_its_line_and_what_was_expected(right, wrong, said):
    before, found, _ = TEXT.partition(right)
    assert found
    with pytest.raises(ContractError) as refused:
        load_contract(TEXT.replace(right, wrong, 1), origin="shop.yaml")
    line = refused.value.details["line"]
    nearest = before.count("\n") + 1
    assert abs(line - nearest) <= 2
    assert refused.value.message.startswith(f"shop.yaml, line {line}:")
    assert said in refused.value.message


def test_without_gold_silver_is_published_and_referred_to_by_its_own_values():
    text = TEXT.replace("gold: [customers]\n", "")
    assert load_contract(text).publishes_silver
    assert not load_contract(TEXT).publishes_silver
    with pytest.raises(ContractError, match=r"line 21: .*customer\.id is published as a token"):
        load_contract(text.replace('"Customer number", ', '"Customer number", pii: identifier, '))


def test_a_file_of_one_table_has_a_format_a_sheet_and_a_header_but_no_path():
    text = TEXT.replace("all_tables", "per_table")
    with pytest.raises(ContractError, match=r"line 15: tables.1.source.path: 'path' has no effect"):
        load_contract(text)
    contract = load_contract(text.replace("path: purchase", "formats: [csv, xlsx], sheet: Sales, header: no"))
    customer, sale = (table.source for table in contract.tables)
    assert (customer.formats, customer.sheet, customer.header) == (("csv", "xlsx", "json"), None, "auto")
    assert (sale.formats, sale.sheet, sale.header) == (("csv", "xlsx"), "Sales", "no")


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b\n", "a: &x 1\nb: *x\n", "x" * 1_000_001])
def test_what_is_no_contract_at_all_is_refused(text):
    with pytest.raises(ContractError):
        load_contract(text)
