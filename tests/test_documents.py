"""The OpenAPI documents say what the server does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phonofilm.server.documents import DIALECTS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", params=DIALECTS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads((ROOT / f"docs/reference/openapi-{request.param}.json").read_text("utf-8"))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def test_the_documents_in_the_repository_are_those_of_the_code() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts/openapi.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_schema_that_is_named_is_there_and_none_is_left_over(document: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert named == set(document["components"]["schemas"])
    assert document["openapi"].startswith("3.1")


def test_every_operation_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)) > 3
    for path, verb, operation in operations(document):
        assert operation["description"].strip(), (verb, path)
        assert {"4XX", "5XX"} <= set(operation["responses"]), (verb, path)
        assert any(code.startswith("2") for code in operation["responses"]), (verb, path)


def test_each_interface_has_the_paths_that_its_sdks_ask_for() -> None:
    paths = {name: set(json.loads((ROOT / f"docs/reference/openapi-{name}.json").read_text("utf-8"))["paths"]) for name in DIALECTS}
    assert {"/api/v3/contents/generations/tasks", "/api/v3/contents/generations/tasks/{task_id}"} <= paths["ark"]
    assert {"/v1/videos", "/v1/videos/{video_id}", "/v1/videos/{video_id}/content", "/v1/videos/{video_id}/remix", "/v1/videos/sync"} <= paths[
        "openai"
    ]
    assert {"/api/v1/videos", "/api/v1/videos/{job_id}", "/api/v1/videos/{job_id}/content", "/api/v1/videos/models"} <= paths["openrouter"]
    assert not paths["ark"] & paths["openai"] and not paths["openai"] & paths["openrouter"]
