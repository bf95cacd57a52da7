"""The unmodified SDKs of Ark and ModelArk, and the AI SDK's provider, against a real server with real workers."""

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


@pytest.mark.parametrize(
    ("environment", "module"),
    [("volcengine", "volcenginesdkarkruntime"), ("byteplus", "byteplussdkarkruntime"), ("arkruntime", "arkruntime")],
)
def test_an_ark_sdk_creates_polls_lists_downloads_cancels_deletes_and_raises_its_own_errors(
    environment: str, module: str, server: Served, tmp_path: Path
) -> None:
    seen = drive(server, tmp_path, environment, "ark.py", module)
    all_whole(seen["films"], "words", "references", "frames")
    with Image.open(seen["last_frame"]) as last:
        assert last.size == (864, 496)
    assert seen["shown"] == {
        "status": "succeeded", "seed": 11, "resolution": "480p", "ratio": "16:9", "duration": 4, "framespersecond": 24, "model": "test",
    }  # fmt: skip
    assert seen["tokens"] == 864 * 496 * 24 * 4 // 1024
    assert (seen["progress"], seen["cancelled"], seen["listed"], seen["awaited"]) == (100, "cancelled", True, "succeeded")
    raised(
        seen["errors"],
        _401=("ArkAuthenticationError", 401, "AuthenticationError"),
        _400=("ArkBadRequestError", 400, "InvalidParameter", "ratio"),
        _400_content=("ArkBadRequestError", 400, "InvalidParameter.Reference", "content[1].image_url.url"),
        _404=("ArkNotFoundError", 404, "ResourceNotFound"),
        _404_model=("ArkNotFoundError", 404, "InvalidEndpointOrModel.NotFound", "model"),
        _409=("ArkConflictError", 409, "InvalidTaskState", "id"),
        _429=("ArkRateLimitError", 429, "RateLimitExceeded"),
    )


def test_the_ai_sdk_makes_films_by_its_provider_for_bytedance(server: Served, tmp_path: Path) -> None:
    seen = drive(server, tmp_path, "node", "ai.mjs", "bytedance")
    all_whole(seen["films"], "words", "picture", "several")
    assert (seen["type"], seen["warnings"]) == ("video/mp4", [])
    raised(seen["errors"], _401=("APICallError", 401), _400=("APICallError", 400), _404=("APICallError", 404))
    assert "ratio is '7:3'" in seen["errors"]["400"]["message"]
