"""The unmodified SDKs of OpenRouter, and its provider for the AI SDK, against a real server with real workers."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from sdk import all_whole, drive, locked, raised
from serving import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with locked(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_the_openrouter_sdk_makes_polls_downloads_and_raises_its_own_errors(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "openrouter", "openrouter_sdk.py")
    all_whole(seen["films"], "content", "words", "references", "frames")
    assert seen["created"][0] == "pending" and seen["created"][1].startswith(f"{server.url}/api/v1/videos/cgt-")
    assert (seen["statuses"], seen["cost"]) == (["completed"] * 3, 0)
    assert seen["models"]["bytedance/seedance-2.0"] == list(range(4, 16))
    raised(
        seen["errors"],
        _401=("UnauthorizedResponseError", 401),
        _400=("BadRequestResponseError", 400),
        _404=("NotFoundResponseError", 404),
        _404_model=("NotFoundResponseError", 404),
        _429=("TooManyRequestsResponseError", 429),
    )


def test_the_openrouter_sdk_for_node_does_the_same(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "node", "openrouter.mjs")
    all_whole(seen["films"], "content", "words", "references")
    assert seen["created"][0] == "pending" and seen["statuses"] == ["completed"] * 2
    assert "phonofilm" in seen["models"]
    raised(
        seen["errors"],
        _401=("UnauthorizedResponseError", 401),
        _400=("BadRequestResponseError", 400),
        _404=("NotFoundResponseError", 404),
        _429=("TooManyRequestsResponseError", 429),
    )


def test_the_ai_sdk_makes_films_by_the_provider_of_openrouter(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "node", "ai.mjs", "openrouter")
    all_whole(seen["films"], "words", "picture", "several")
    assert (seen["type"], seen["warnings"]) == ("video/mp4", [])
    raised(seen["errors"], _401=("APICallError", 401), _400=("APICallError", 400), _404=("APICallError", 404))
