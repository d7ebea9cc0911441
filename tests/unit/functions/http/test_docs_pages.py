from __future__ import annotations

import re
from pathlib import Path

import pytest

from functions.http import docs
from shared import __version__

ASSETS = Path(docs.__file__).parent / "assets"


@pytest.fixture
def document(stranger):
    return stranger.get("/api/openapi.json").json()


def operations(document):
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")


def test_the_document_has_the_version_of_the_product(document):
    assert document["info"]["version"] == __version__


def test_the_document_has_every_route_of_the_api_and_no_page(document):
    assert {(method.upper(), path) for method, path, _ in operations(document)} == {
        ("POST", "/api/jobs"),
        ("GET", "/api/jobs"),
        ("GET", "/api/jobs/{jobId}"),
        ("GET", "/api/jobs/{jobId}/quality"),
        ("GET", "/api/jobs/{jobId}/exports"),
        ("GET", "/api/jobs/{jobId}/exports/{name}"),
        ("GET", "/api/jobs/{jobId}/rejects"),
        ("GET", "/api/jobs/{jobId}/answers"),
        ("GET", "/api/jobs/{jobId}/rejections.xlsx"),
        ("POST", "/api/jobs/{jobId}/corrections"),
        ("DELETE", "/api/jobs/{jobId}"),
        ("POST", "/api/jobs/{jobId}/retry"),
        ("POST", "/api/jobs/{jobId}/replay"),
        ("POST", "/api/jobs/{jobId}/stop"),
        ("POST", "/api/jobs/{jobId}/run-now"),
        ("POST", "/api/adf/claims"),
        ("POST", "/api/adf/sweep"),
        ("POST", "/api/adf/jobs/{jobId}/steps"),
        ("GET", "/api/adf/jobs/{jobId}/sharding"),
        ("POST", "/api/adf/jobs/{jobId}/publication"),
        ("POST", "/api/adf/jobs/{jobId}/merge"),
        ("POST", "/api/adf/jobs/{jobId}/complete"),
        ("GET", "/api/adf/jobs/{jobId}/conclusion"),
        ("POST", "/api/adf/jobs/{jobId}/copied"),
        ("POST", "/api/adf/jobs/{jobId}/release"),
        ("POST", "/api/ingest/{table_name}"),
        ("POST", "/api/upload"),
        ("POST", "/api/upload_csv"),
        ("POST", "/api/process"),
        ("POST", "/api/uploads"),
        ("POST", "/api/uploads/{jobId}/complete"),
        ("POST", "/api/clean_data"),
        ("GET", "/api/routing_config/{path_type}"),
        ("GET", "/api/metrics/quarterly-hires"),
        ("GET", "/api/metrics/quarterly-hires-2021"),
        ("GET", "/api/metrics/departments-above-mean"),
        ("GET", "/api/metrics/departments-above-mean-2021"),
        ("GET", "/api/tables"),
        ("GET", "/api/tables/{table}"),
        ("GET", "/api/passport"),
        ("GET", "/api/queries"),
        ("GET", "/api/queries/{name}"),
        ("GET", "/api/health"),
    }


def test_every_operation_has_a_name_a_summary_and_a_description(document):
    for _, _, operation in operations(document):
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"])
        assert operation["summary"]
        assert operation["description"]


def test_every_error_is_described_as_a_problem(document):
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith("2") or (path, status) == ("/api/health", "503"):
                continue
            assert answer["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
    assert {"status", "detail", "code", "advice"} <= document["components"]["schemas"]["Problem"]["properties"].keys()


def test_every_closed_operation_says_that_it_answers_401(document):
    for _, path, operation in operations(document):
        assert ("401" in operation["responses"]) == (path != "/api/health")


def test_no_parameter_is_said_to_take_null(document):
    schemas = [one["schema"] for _, _, operation in operations(document) for one in operation.get("parameters", ())]

    assert schemas
    assert "null" not in str(schemas)


def test_every_reference_of_the_document_resolves(document):
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document)))

    assert names <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_document_says_how_to_authenticate(document):
    assert document["security"] == [{"token": []}, {"key": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["components"]["securitySchemes"]["key"]["name"] == "x-functions-key"
    assert document["paths"]["/api/health"]["get"]["security"] == []


def test_the_upload_is_described_as_a_form_and_as_a_body(document):
    operation = document["paths"]["/api/jobs"]["post"]

    assert {"multipart/form-data", "application/json"} <= operation["requestBody"]["content"].keys()
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "dataset",
        "asOf",
        "force",
        "jobName",
        "parentJobId",
        "filename",
    }


@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
def test_a_page_names_nothing_from_elsewhere_and_forbids_it(stranger, page):
    answer = stranger.get(page)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "//" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy


@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
def test_everything_a_page_names_is_served(stranger, page):
    addresses = re.findall(r'(?:src|href|spec-url)="([^"]+)"', stranger.get(page).text)

    assert len(addresses) >= 3
    for address in addresses:
        assert stranger.get(f"/api/{address}").status_code == 200


def test_an_asset_is_kept_for_a_day_and_then_asked_for_by_its_tag(stranger):
    first = stranger.get("/api/docs/assets/swagger-ui.css")
    again = stranger.get("/api/docs/assets/swagger-ui.css", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=86400"
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["LICENSE", "../docs.py", "..%2Fdocs.py", "unknown.js"])
def test_nothing_else_of_the_folder_is_served(client, name):
    assert client.get(f"/api/docs/assets/{name}").status_code == 404


def test_each_vendored_package_has_its_licence():
    assert (ASSETS / "swagger-ui" / "LICENSE").read_text().lstrip().startswith("Apache License")
    assert (ASSETS / "redoc" / "LICENSE").read_text().startswith("The MIT License")


def test_the_vendored_reference_page_loads_no_logo_from_elsewhere():
    assert "cdn.redoc.ly" not in (ASSETS / "redoc" / "redoc.standalone.js").read_text()
