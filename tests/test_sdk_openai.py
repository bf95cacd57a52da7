"""The unmodified SDKs of OpenAI and LiteLLM against a real server with real workers."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from PIL import Image

from sdk import all_whole, drive, locked, raised
from serving import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with locked(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.parametrize("environment", ["openai", "openai-2"])
def test_the_openai_sdk_makes_remixes_lists_downloads_deletes_and_raises_its_own_errors(environment: str, server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, environment, "openai_sdk.py")
    films = seen["films"]
    with Image.open(films.pop("words.jpg")) as poster, Image.open(films.pop("sheet.jpg")) as sheet:
        assert poster.format == "JPEG" and poster.size == (864, 496)
        assert sheet.format == "JPEG" and sheet.width == 6 * 192 and sheet.height == 2 * 110
    all_whole(films, "words.mp4", "picture.mp4", "several.mp4")
    assert seen["shown"] == {
        "object": "video", "status": "completed", "progress": 100, "seconds": "4", "size": "864x496", "model": "test",
        "prompt": "A quiet sea at dusk.", "error": None,
    }  # fmt: skip
    created, completed = seen["times"]
    assert created <= completed <= created + 600
    assert seen["statuses"] == ["completed"] * 6
    assert seen["warnings"]["words"] == ["num_inference_steps changes nothing here."]
    assert "fps is 30; films have 24 frames a second." in seen["warnings"]["extended"]
    assert (seen["remixed_from"], seen["listed"], seen["deleted"], seen["awaited"]) == (True, True, [True, "video.deleted"], "completed")
    raised(
        seen["errors"],
        _401=("AuthenticationError", 401, "AuthenticationError"),
        _400=("BadRequestError", 400, "InvalidParameter", "seconds"),
        _400_size=("BadRequestError", 400, "InvalidParameter", "size"),
        _400_file=("BadRequestError", 400, "InvalidParameter.Reference", "input_reference"),
        _404=("NotFoundError", 404, "ResourceNotFound"),
        _429=("RateLimitError", 429, "RateLimitExceeded"),
    )
    if environment == "openai":
        raised(seen["errors"], _501=("InternalServerError", 501, "NotImplemented"))


def test_the_openai_sdk_for_node_does_the_same(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "node", "openai.mjs")
    all_whole(seen["films"], "words", "picture", "several", "extended")
    with Image.open(seen["thumbnail"]) as poster:
        assert poster.size == (864, 496)
    assert (seen["statuses"], seen["listed"], seen["deleted"]) == (["completed"] * 5, True, True)
    raised(
        seen["errors"],
        _401=("AuthenticationError", 401, "AuthenticationError"),
        _400=("BadRequestError", 400, "InvalidParameter", "seconds"),
        _404=("NotFoundError", 404, "ResourceNotFound"),
        _429=("RateLimitError", 429, "RateLimitExceeded"),
    )


def test_litellm_makes_films_by_its_openai_way_and_by_its_vllm_omni_way(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "litellm", "litellm_sdk.py")
    all_whole(seen["films"], "words", "picture", "extended")
    assert (seen["statuses"], seen["seconds"], seen["listed"]) == (["completed"] * 4, "4", 3)
    raised(
        seen["errors"],
        _401=("AuthenticationError", 401),
        _400=("BadRequestError", 400),
        _404=("NotFoundError", 404),
        _429=("RateLimitError", 429),
    )
