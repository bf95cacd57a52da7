"""The Python client of a Phonofilm server, for plain code and for asyncio. START HERE: ``Client.make``."""

from phonofilm.client.aio import AsyncClient
from phonofilm.client.faults import (
    ApiError,
    Conflict,
    NotAllowed,
    NotFound,
    ServerTrouble,
    TaskCancelled,
    TaskExpired,
    TaskFailed,
    TooMany,
    Unreachable,
)
from phonofilm.client.results import Asset, Happening, Page, Task
from phonofilm.client.sync import Client

__all__ = [
    "ApiError", "Asset", "AsyncClient", "Client", "Conflict", "Happening", "NotAllowed", "NotFound", "Page", "ServerTrouble", "Task",
    "TaskCancelled", "TaskExpired", "TaskFailed", "TooMany", "Unreachable",
]  # fmt: skip
