"""Keys: who may ask for films, and how much. Of a key's secret the store knows the sha256 alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import insert, select, update

from phonofilm.jobs import tables
from phonofilm.jobs.codec import Columns
from phonofilm.jobs.database import Database

_table = tables.keys


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many jobs of one owner may wait and run at a time; 0: any number."""

    max_queued: int = 0
    max_running: int = 0


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key. ``max_queued``, ``max_running`` and ``per_minute`` (requests) bound its use, 0: not at all. ``revoked``: when, or None."""

    id: str
    name: str
    scopes: tuple[str, ...]
    max_queued: int = 0
    max_running: int = 0
    per_minute: int = 0
    created: float = 0.0
    revoked: float | None = None


class Keys:
    """The keys of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: Key, sha256: str) -> Key:
        """Store a key with the sha256 of its secret, in hexadecimal."""
        with self._database.write() as connection:
            connection.execute(insert(_table), {**_columns(key), "hash": sha256})
        return key

    def all(self) -> tuple[Key, ...]:
        """Every key, the oldest first, revoked ones too."""
        with self._database.read() as connection:
            return tuple(map(_key, connection.execute(select(_table).order_by(_table.c.created)).mappings()))

    def find(self, sha256: str) -> Key | None:
        """The key whose secret has this sha256, unless it is revoked."""
        with self._database.read() as connection:
            row = connection.execute(select(_table).where(_table.c.hash == sha256, _table.c.revoked.is_(None))).mappings().first()
        return _key(row) if row else None

    def revoke(self, id: str) -> bool:
        """End a key. False where there is none of that id, or it was ended before."""
        with self._database.write() as connection:
            return connection.execute(update(_table).where(_table.c.id == id, _table.c.revoked.is_(None)).values(revoked=time.time())).rowcount == 1


def _columns(key: Key) -> dict[str, Any]:
    return {**vars(key), "scopes": list(key.scopes)}


def _key(row: Columns) -> Key:
    return Key(**{f.name: row[f.name] for f in fields(Key) if f.name != "scopes"}, scopes=tuple(row["scopes"]))
