"""Every error that Phonofilm raises on purpose.

    PhonofilmError
    ├── InputError (ValueError)      what a person got wrong; exit 2
    │   ├── RequestError             length, ratio, resolution, counts, unknown options
    │   │   ├── LimitError           a reference breaks a rule of the limits profile
    │   │   ├── ConsentMissing       a face or a voice without the statement that the operator asks for
    │   │   └── JobError             a job that is not there, or not as the wish needs it
    │   │       ├── UnknownJob       no job has that id
    │   │       ├── JobBusy          it is still wanted: cancel it first
    │   │       ├── QueueFull        as many of this key's jobs wait as may
    │   │       └── IdempotencyMismatch  the same idempotency key with another request
    │   ├── ReferenceError_          a reference that cannot be read (missing, truncated, not media)
    │   ├── PromptError              the prompt cannot be acted on
    │   │   └── UnknownMention       @name names no reference
    │   └── ScoreError               a score document that does not hold together
    ├── MissingError                 something that must be installed or given; exit 3
    │   ├── ModelMissing             a model file is not in the cache
    │   ├── MissingMaterial          a score names a file that nobody gave
    │   └── EngineMissing            no such engine, or its extra is not installed
    ├── WorkError                    the work failed; exit 1
    │   ├── EncodeError              the film could not be written
    │   └── StoreError               the store of jobs cannot be read or written
    └── Cancelled                    the person stopped it; exit 130

Each has a stable ``code`` and says what, where, and one next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import ClassVar


def shown_name(name: str) -> str:
    """A file's name as a message may show it: one line, no control characters, at most 80 long."""
    plain = "".join(c if c.isprintable() or c == "\u200d" else "\ufffd" for c in name)
    return plain if len(plain) <= 80 else f"{plain[:60]}…{plain[-19:]}"


class PhonofilmError(Exception):
    """Root of the tree."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1


class InputError(PhonofilmError, ValueError):
    """What a person got wrong."""

    code = "input"
    exit_status = 2


class RequestError(InputError):
    """A request that cannot be met: length, ratio, resolution, counts, options."""

    code = "request"


class LimitError(RequestError):
    """A reference breaks a rule of the limits profile."""

    code = "limit"

    def __init__(self, file: str, rule: str, *, found: str, allowed: str, hint: str) -> None:
        self.file, self.rule = file, rule
        super().__init__(f"{shown_name(file)}: {rule} is {found}, allowed {allowed}. {hint}")


class ConsentMissing(RequestError):
    """A face or a voice without the statement of consent that the operator of this installation asks for."""

    code = "consent_missing"

    def __init__(self, file: str, tag: str, what: str) -> None:
        self.file, self.tag = file, tag
        super().__init__(
            f"{shown_name(file)} (@{tag}) holds {what}, and a statement of consent is asked for here. "
            f'Say who agreed, and to what: --consent {tag}="…"; it is written into the film.'
        )


class JobError(RequestError):
    """A job that is not there, or not as the wish needs it."""

    code = "job"


class UnknownJob(JobError):
    """No job has that id."""

    code = "unknown_job"

    def __init__(self, job: str) -> None:
        super().__init__(f"There is no job {shown_name(job)}. Finished jobs are kept for some days only: list those that are here.")


class JobBusy(JobError):
    """The job waits or runs, and what is wished needs it finished."""

    code = "job_busy"

    def __init__(self, job: str, status: str) -> None:
        super().__init__(f"The job {job} is {status}. Cancel it first, or wait until it is finished.")


class QueueFull(JobError):
    """As many jobs of this key wait as may."""

    code = "queue_full"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} jobs wait already, and no more may. Try again when one of them has begun.")


class IdempotencyMismatch(JobError):
    """The same idempotency key came with another request."""

    code = "idempotency_mismatch"

    def __init__(self, key: str) -> None:
        super().__init__(f"The idempotency key {shown_name(key)} was used with another request. Send a new key with a new request.")


class ReferenceError_(InputError):
    """A reference that cannot be read."""

    code = "reference"

    def __init__(self, file: str, problem: str, hint: str) -> None:
        self.file, self.problem, self.hint = file, problem, hint
        super().__init__(f"{shown_name(file)}: {problem}. {hint}")


class PromptError(InputError):
    """The prompt cannot be acted on."""

    code = "prompt"


class UnknownMention(PromptError):
    """An @name that names no reference."""

    code = "unknown_mention"

    def __init__(self, name: str, *, known: Sequence[str], at: int) -> None:
        near = get_close_matches(name, known, n=1)
        given = ", ".join(f"@{k}" for k in known) or "no references"
        hint = f"Did you mean @{near[0]}?" if near else f"Given: {given}."
        super().__init__(f"@{name} (character {at}) names no reference. {hint}")


class ScoreError(InputError):
    """A score document that does not hold together."""

    code = "score"


class MissingError(PhonofilmError):
    """Something that must be installed or given first."""

    code = "missing"
    exit_status = 3


class ModelMissing(MissingError):
    """A model file is not in the cache."""

    code = "model_missing"

    def __init__(self, name: str) -> None:
        self.model = name
        super().__init__(f"The model {name!r} is not on this machine. Get it with: phonofilm models pull {name}")


class MissingMaterial(MissingError):
    """A score names a file that nobody gave."""

    code = "missing_material"

    def __init__(self, name: str, sha256: str) -> None:
        super().__init__(
            f"The score needs {name} (sha256 {sha256[:12]}…), which is not here. "
            "Give the folder that holds it with --materials, or render from a bundle."
        )


class EngineMissing(MissingError):
    """No such engine, or its extra is not installed."""

    code = "engine_missing"

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        super().__init__(f"There is no engine {name!r} here. Engines: {', '.join(known)}.")


class WorkError(PhonofilmError):
    """The work itself failed."""

    code = "work"


class EncodeError(WorkError):
    """The film could not be written."""

    code = "encode"


class StoreError(WorkError):
    """The store of jobs cannot be read or written."""

    code = "store"


class Cancelled(PhonofilmError):
    """The person stopped the work."""

    code = "cancelled"
    exit_status = 130
