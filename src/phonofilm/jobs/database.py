"""One database: short transactions from many threads and processes.

SQLite by default, in WAL mode: readers never wait, writers wait for each other. A write begins with the lock (BEGIN IMMEDIATE), so what it read
still holds when it writes, and it is on the disk when it ends (synchronous FULL), so neither a killed process nor a power cut takes it back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from phonofilm.errors import StoreError
from phonofilm.jobs import tables

PATIENCE = 10.0  # seconds to wait for another process's write
_PRAGMAS = (f"busy_timeout={int(PATIENCE * 1000)}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")


class Database:
    """Transactions on the database at ``url`` (that of SQLAlchemy), its tables made where they are missing. Raises ``StoreError``."""

    def __init__(self, url: str) -> None:
        engine = create_engine(url, pool_size=8, max_overflow=56, pool_timeout=PATIENCE)
        if make_url(url).get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        self._engine = engine
        self._reader = engine.execution_options(writing=False)
        self._writer = engine.execution_options(writing=True)
        self._lock = threading.Lock()  # threads of one process queue here rather than in SQLite, whose waiters sleep
        with self.write() as connection:
            tables.metadata.create_all(connection)
            found = connection.execute(select(tables.versions.c.version)).scalar()
            if found is None:
                connection.execute(insert(tables.versions).values(version=tables.VERSION))
        if found not in (None, tables.VERSION):
            self.close()
            raise StoreError(f"The job store is of version {found}, and version {tables.VERSION} is read here. Use the Phonofilm that made it.")

    @contextmanager
    def read(self) -> Generator[Connection, None, None]:
        """A transaction that sees one moment and writes nothing."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except SQLAlchemyError as e:
            raise _mapped(e) from e

    @contextmanager
    def write(self) -> Generator[Connection, None, None]:
        """A transaction that is alone with what it changes; an exception undoes it."""
        try:
            with self._lock, self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as e:
            raise _mapped(e) from e

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in _PRAGMAS:
        _run(connection, f"PRAGMA {pragma}")


def _run(connection: sqlite3.Connection, statement: str) -> None:
    for wait in (0.02, 0.1, 0.5):  # the change to WAL does not wait for a lock as other statements do
        try:
            connection.execute(statement).close()
            return
        except sqlite3.OperationalError:
            time.sleep(wait)
    connection.execute(statement).close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


def _mapped(error: SQLAlchemyError) -> StoreError:
    cause = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
    hint = "Is its disk full or read-only, or does another program hold it?" if isinstance(error, OperationalError) else "This should not happen."
    return StoreError(f"The job store: {cause}. {hint}")
