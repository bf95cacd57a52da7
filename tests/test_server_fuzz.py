"""Whatever is sent to any path of the OpenAPI document, the answer is one that the document knows and never a fault of the server."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, not_a_server_error

from serving import Served, served

#: streams do not end, and a film made while one waits takes its time
LEFT_OUT = ("/api/v3/contents/generations/tasks/{task_id}/events", "/v1/videos/sync")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("fuzz") / "data", "--workers", "0", "--max-queued", "20000") as running:
        yield running


def fuzz(server: Served, examples: int) -> int:
    """Every operation with so many bodies, paths and headers; how many operations there are."""
    document: dict[str, Any] = server.http.get("/openapi.json").json()
    for path in LEFT_OUT:
        document["paths"].pop(path, None)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    checks = [not_a_server_error, *CHECKS.get_by_names(["status_code_conformance", "content_type_conformance", "response_schema_conformance"])]
    operations = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        operations += 1

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=checks, timeout=20)

        ask()
    return operations


def test_every_operation_answers_as_its_document_says(server: Served) -> None:
    assert fuzz(server, 4) >= 18
    assert not [line for line in server.lines() if line["level"] == "error"]


@pytest.mark.slow
def test_every_operation_answers_many_kinds_of_requests_as_its_document_says(server: Served) -> None:
    assert fuzz(server, 200) >= 18
    assert not [line for line in server.lines() if line["level"] == "error"]


def test_the_document_names_every_path(server: Served) -> None:
    document = server.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) >= 18
