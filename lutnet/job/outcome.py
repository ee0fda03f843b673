"""What a job leaves: a result and the pictures that show it, also as one file's content."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

import numpy as np
import safetensors
from safetensors.numpy import load, save

from lutnet.errors import InputError
from lutnet.result import ClipResult, Status
from lutnet.shot import Shot
from lutnet.store.pictures import NO_PICTURES, StoredPictures
from lutnet.store.rows import result_from_row, result_to_row

_KEY = "lutnet.result"


@dataclass(frozen=True, slots=True)
class Outcome:
    """result: as proposed or skipped. pictures: for the contact sheet; none of a skipped shot."""

    result: ClipResult
    pictures: StoredPictures = NO_PICTURES

    @classmethod
    def skipped(cls, shot: Shot, reason: str) -> Outcome:
        """Of a shot that could not be graded."""
        return cls(ClipResult(shot, Status.SKIPPED, warnings=(reason,)))

    def to_bytes(self) -> bytes:
        """The outcome as a safetensors file: JSON in its header, LUTs and pictures as tensors of bytes."""
        text, lut, diagnosis_lut = result_to_row(self.result)
        parts = {"lut": lut, "diagnosis_lut": diagnosis_lut, **asdict(self.pictures)}
        tensors = {name: np.frombuffer(part, np.uint8) for name, part in parts.items() if part}
        return save(tensors, metadata={_KEY: text})

    @classmethod
    def from_bytes(cls, data: bytes) -> Outcome:
        """Raises InputError where ``data`` is damaged or something else."""
        try:
            parts = {name: tensor.tobytes() for name, tensor in load(data).items()}
            header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
            result = result_from_row(
                header["__metadata__"][_KEY],
                lambda: parts.get("lut"),
                lambda: parts.get("diagnosis_lut"),
            )
        except (safetensors.SafetensorError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"not the outcome of a job ({error})") from error
        pictures = (parts.get(part.name, b"") for part in fields(StoredPictures))
        return cls(result, StoredPictures(*pictures))
