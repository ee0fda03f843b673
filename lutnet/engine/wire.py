"""What parent and worker say to each other, over the worker's standard input and output.

To the worker go lines of JSON: first ``{"recipe", "memory"}``, then one job each. From it come frames::

    kind     1 byte: R ready, F the recipe cannot be followed, O an outcome, M an outcome for want of memory
    length   8 bytes, little endian
    payload  nothing; UTF-8 text; a safetensors file (see Outcome); the same
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import Enum
from typing import IO

from lutnet.job import Job, Recipe

_HEAD = struct.Struct("<cQ")


class Kind(Enum):
    """M is O by a worker that ends with it: after a failed allocation nothing in it can be trusted."""

    READY = b"R"
    FAILED = b"F"
    OUTCOME = b"O"
    LAST_OUTCOME = b"M"


@dataclass(frozen=True, slots=True)
class Frame:
    kind: Kind
    payload: bytes = b""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    stream.write(_HEAD.pack(frame.kind.value, len(frame.payload)) + frame.payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """None where the worker has ended, in the middle of a frame too."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return None if len(payload) < length else Frame(Kind(kind), payload)


def opening_line(recipe: Recipe, memory: int) -> bytes:
    return _line({"recipe": recipe.to_plain(), "memory": memory})


def read_opening(line: bytes) -> tuple[Recipe, int]:
    plain = json.loads(line)
    return Recipe.from_plain(plain["recipe"]), plain["memory"]


def job_line(job: Job) -> bytes:
    return _line(job.to_plain())


def read_job(line: bytes) -> Job:
    return Job.from_plain(json.loads(line))


def _line(plain: object) -> bytes:
    return json.dumps(plain).encode() + b"\n"
