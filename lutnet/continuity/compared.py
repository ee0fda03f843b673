"""What is kept of a shot to lay it beside others: a few small pictures, as people see them, and their local features.

Made where the shot is graded, so that shots can be compared later without decoding them again; packed, so that
those of 1,500 shots fit into memory.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
import safetensors
import torch
from PIL import Image
from safetensors.numpy import load, save
from torch import Tensor

from lutnet.continuity.anchor import COLOURS, GUESSED, Anchor, anchor
from lutnet.errors import GradeFileError
from lutnet.frames.motion import Picture, equalised
from lutnet.grade import Diagnosis
from lutnet.ops.thin import thinned
from lutnet.refinement.features import LocalFeatures, Points, local_features
from lutnet.shot import Frames

if TYPE_CHECKING:
    from lutnet.refinement.fit import Refined

HEIGHT = 108
"""Shorter side of the pictures, pixels: features of larger ones find the same neighbours at several times the cost,
and colours are compared in patches."""

SMALL = 128
"""Longer side, pixels, below which features are looked for in a picture twice as large."""

FEATURES = 300
"""Features kept of a picture: more find the same neighbours."""

PAIRS = 512
"""Corresponding colours kept of a shot and its reference, evenly over all of them, to measure other grades on."""

_QUALITY = 95  # with full chroma: off by less than one code where it matters
_DESCRIPTOR = 400.0  # of RootSIFT, so that its largest values fit into a byte
_PARTS = ("picture", "points", "descriptors")
_OF_BEFORE = np.array([1.0, 0.0, 0.0])  # packages that say nothing of it
_HALVES = ("graded", "as_meant", "source", "target")


@dataclass(frozen=True, eq=False)
class Kept:
    """One picture as JPEG, ``points [P, 2]`` and ``descriptors [P, 128]`` of its features, a byte a value."""

    picture: bytes
    points: Points
    descriptors: npt.NDArray[np.uint8]

    @cached_property
    def features(self) -> LocalFeatures:
        """All of them: asked for by every neighbour, and so made once."""
        return self.clearest(len(self.points))

    def clearest(self, most: int) -> LocalFeatures:
        """The first ``most`` features."""
        values = self.descriptors[:most].astype(np.float32)
        lengths = np.linalg.norm(values, axis=1, keepdims=True)
        return LocalFeatures(self.points[:most], values / np.maximum(lengths, 1e-6))

    @property
    def shown(self) -> Picture:
        return _decoded(self.picture)

    def colours(self) -> Tensor:
        """``[H * W, 3]``, 0..1."""
        return torch.from_numpy(_decoded(self.picture).reshape(-1, 3))


@dataclass(frozen=True, eq=False, slots=True)
class Matched:
    """What brings a shot to its reference, before a look, all as people see it.

    graded: what it makes of ``Compared.colours(COLOURS)``, ``[P, 3]``; as_meant: what it would make of them if all that
    is unusual about the shot were meant. pixels: of the reference that were found in the shot; 0: it is a guess.
    source, target: colours ``[Q, 3]`` of some of them, of the shot and at full strength.
    """

    graded: Tensor
    as_meant: Tensor
    pixels: int = 0
    source: Tensor = field(default_factory=lambda: torch.zeros(0, 3))
    target: Tensor = field(default_factory=lambda: torch.zeros(0, 3))

    @classmethod
    def of(cls, refined: Refined, colours: Tensor) -> Matched:
        shared, graded = refined.shared, refined.grade.apply_colours(colours)
        if shared is None:
            return cls(graded, colours if refined.guessed is None else refined.guessed.as_meant(colours))
        sides = thinned(shared.source, PAIRS), thinned(shared.target, PAIRS)
        return cls(graded, graded, len(shared), *sides)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        found: dict[str, npt.NDArray[Any]] = {
            f"matched_{name}": getattr(self, name).numpy().astype(np.float16) for name in _HALVES
        }
        return found | {"matched_pixels": np.array([self.pixels])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Matched | None:
        """None where none was kept. Raises KeyError where a part of it is missing."""
        if "matched_pixels" not in arrays:
            return None
        known = {"matched_as_meant": arrays["matched_graded"]} | dict(
            arrays
        )  # packages of before have one guess
        graded, as_meant, source, target = (
            torch.from_numpy(known[f"matched_{name}"].astype(np.float32)) for name in _HALVES
        )
        return cls(graded, as_meant, int(arrays["matched_pixels"][0]), source, target)


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """kept: of the first and the last analysed frame, one where there is only one. guess: by the shot's diagnosis.
    matched: beside a reference, where there was one. faulty: 0..1, how probably what is unusual about it is a fault.
    led: a reference was followed. holds_skin: one that shows no skin, so that its hue stays."""

    kept: tuple[Kept, ...]
    guess: Anchor
    matched: Matched | None = None
    faulty: float = 1.0
    led: bool = False
    holds_skin: bool = False

    @property
    def key(self) -> bytes:
        """Of what is kept: the same for the same shot, wherever it stands."""
        return hashlib.sha256(b"".join(each.picture for each in self.kept)).digest()

    def colours(self, count: int) -> Tensor:
        """``[count, 3]`` at most: colours of the pictures, evenly over them, 0..1."""
        return _colours(self.kept, count)

    def to_bytes(self) -> bytes:
        """A safetensors file."""
        tensors: dict[str, npt.NDArray[Any]] = {}
        for number, each in enumerate(self.kept):
            tensors[f"picture{number}"] = np.frombuffer(each.picture, np.uint8)
            tensors[f"points{number}"] = each.points
            tensors[f"descriptors{number}"] = each.descriptors
        tensors["balance"], tensors["precision"] = self.guess.balance.numpy(), self.guess.precision.numpy()
        tensors["told"] = np.array([self.faulty, self.led, self.holds_skin])
        return save(tensors | ({} if self.matched is None else self.matched.to_arrays()))

    @classmethod
    def from_bytes(cls, data: bytes) -> Compared:
        """Raises GradeFileError where ``data`` is damaged."""
        try:
            tensors = load(data)
            numbers = range(sum(name.startswith("picture") for name in tensors))
            parts = [[tensors[f"{name}{number}"] for name in _PARTS] for number in numbers]
            guess = Anchor(torch.from_numpy(tensors["balance"]), torch.from_numpy(tensors["precision"]))
            matched = Matched.from_arrays(tensors)
            faulty, led, holds_skin = tensors.get("told", _OF_BEFORE).tolist()
        except (safetensors.SafetensorError, KeyError) as error:
            raise GradeFileError(f"what was kept of a shot to compare it is damaged ({error})") from error
        kept = tuple(Kept(picture.tobytes(), *features) for picture, *features in parts)
        return cls(kept, guess, matched, faulty, bool(led), bool(holds_skin))


def compared_of(
    frames: Frames, diagnosis: Diagnosis | None = None, matched: Refined | None = None
) -> Compared:
    """frames: of one shot, as people see them. diagnosis: what is wrong with it; None where nobody asks. matched: what
    brings it to a reference, before a look."""
    ends = frames.pixels[[0, -1]] if len(frames) > 1 else frames.pixels
    kept = tuple(_kept(frame) for frame in ends)
    colours = _colours(kept, COLOURS)
    graded = colours if diagnosis is None else diagnosis.grade.apply_colours(colours)
    guess = anchor(colours, graded, GUESSED)
    faulty = 1.0 if diagnosis is None or diagnosis.faulty is None else diagnosis.faulty
    if matched is None:
        return Compared(kept, guess, None, faulty)
    look = matched.guessed
    led, holds_skin = matched.shared is not None or look is not None, look is not None and look.holds_skin
    return Compared(kept, guess, Matched.of(matched, colours), faulty, led, holds_skin)


def _kept(frame: Tensor) -> Kept:
    picture = _small(frame.movedim(0, -1).float().clamp(0.0, 1.0).cpu().numpy(), HEIGHT)
    features = local_features(equalised(picture), FEATURES, small=SMALL)
    descriptors = np.rint(features.descriptors * _DESCRIPTOR).clip(0, 255).astype(np.uint8)
    return Kept(_jpeg(picture), features.points, descriptors)


def _colours(kept: Sequence[Kept], count: int) -> Tensor:
    return thinned(torch.cat([each.colours() for each in kept]), count)


def _small(picture: Picture, side: int) -> Picture:
    height, width = picture.shape[:2]
    scale = side / min(height, width)
    if scale >= 1.0:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _jpeg(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    codes = np.rint(picture * 255.0).clip(0, 255).astype(np.uint8)
    Image.fromarray(codes).save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
    return buffer.getvalue()


@lru_cache(maxsize=48)
def _decoded(data: bytes) -> Picture:
    """Kept for a while: a shot meets several neighbours one after the other."""
    return np.asarray(Image.open(io.BytesIO(data)), np.float32) / np.float32(255.0)
