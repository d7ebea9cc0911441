import pytest

from shared.contracts.load import load_contract
from shared.errors import ContractError

TEXT = """\
dataset: shop
version: 1
title: Shop
tables:
  - name: customer
    label: Customer
    source: {formats: [json]}
    key: [id]
    dedupe: {latest: joined}
    columns:
      id:     {label: "Customer number", required: true}
      joined: {label: "Joined", type: timestamp, formats: [iso, us]}
      email:  {label: "E-mail", normalise: email, on_fail: null}
      points: {label: "Points", type: integer, range: {min: 0, max: 10}}
  - name: sale
    label: Sale
    source: {formats: [json], path: purchase}
    key: [id]
    columns:
      id:          {label: "Sale number"}
      customer_id: {label: "Customer of the sale", from: [customer_id, customer]}
    rules:
      - {id: customer-exists, column: customer_id, references: customer.id}
gold: []
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
    ("right", "wrong", "line", "said"),
    [
        ("normalise: email", "normalize: email", 13, "did you mean 'normalise'"),
        ("type: integer", "type: intger", 14, "did you mean 'integer'"),
        ("key: [id]\n    dedupe", "dedupe", 5, "is missing"),
        ("latest: joined", "latest: joind", 9, "'joind'"),
        ("references: customer.id", "references: customr.id", 23, "must stand above"),
        ("references: customer.id", "references: customer.email", 23, "not the key"),
        ("version: 1", "version: 0", 2, "greater than or equal to 1"),
        ("{min: 0, max: 10}", "{}", 14, "a range needs at least one"),
        ("required: true", "required: maybe", 11, "boolean"),
        ("{formats: [json]}", "{formats: [jsn]}", 7, "'json'"),
        ("dataset: shop", "dataset: [shop", 2, "expected"),
        ("dataset: shop", "dataset: My Shop", 1, "pattern"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_line_and_what_was_expected(right, wrong, line, said):
    assert right in TEXT
    with pytest.raises(ContractError) as refused:
        load_contract(TEXT.replace(right, wrong, 1), origin="shop.yaml")
    assert refused.value.details["line"] == line
    assert refused.value.message.startswith(f"shop.yaml, line {line}:")
    assert said in refused.value.message


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b\n", "a: &x 1\nb: *x\n", "x" * 1_000_001])
def test_what_is_no_contract_at_all_is_refused(text):
    with pytest.raises(ContractError):
        load_contract(text)
