"""Whether the light stays the same inside one shot: a shot has one grade, so a change of light stays in it.

Frames are laid over each other by optical flow on luma that hardly knows the exposure, and the light of the same
places is compared in stops. People and cameras move; light that changes, changes everywhere alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import torch

from lutnet.ops.detune import lin, scene
from lutnet.refinement.features import Picture, equalised
from lutnet.result import LightChange
from lutnet.shot import Frames

LINES = 128
"""Height at which frames are compared."""

LEAST_CHANGE = 0.12
"""Stops between analysed frames that are reported where all places agree (three frames of a shot see about two
thirds of a ramp)."""

DISAGREEMENT = 0.3
"""Further stops it takes for each stop by which the middle half of the places disagree: light that changes,
changes everywhere alike; what moves, glitters or is found wrongly does not."""

_SMALLEST_SHARE = 0.10  # of the frame that must be found again
_RETURN_PIXELS = 1.5
_DARKEST, _BRIGHTEST = 0.06, 0.94  # encoded: what is clipped or nearly so says nothing of the light
_BLUR = 1.5  # pixels: flow is never exact

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LightCourse:
    """light: stops of every frame to the first. numbers: of the frames. disagreement: stops by which the middle
    half of the places disagree from frame to frame, on average."""

    light: tuple[float, ...]
    numbers: tuple[int, ...]
    disagreement: float

    @property
    def _extremes(self) -> tuple[int, int]:
        low, high = sorted((int(np.argmin(self.light)), int(np.argmax(self.light))))
        return low, high

    @property
    def stops(self) -> float:
        """Of the last to the first of the two frames that differ most, below 0 darker."""
        low, high = self._extremes
        return self.light[high] - self.light[low]

    @property
    def frame(self) -> int:
        """Where half of ``stops`` is passed."""
        low, high = self._extremes
        return round(float(np.interp(abs(self.stops) / 2, self._passed, self.numbers[low : high + 1])))

    @property
    def bracket(self) -> tuple[int, int]:
        """Numbers of the two frames after another between which half of ``stops`` is passed."""
        after = int(np.argmax(self._passed >= abs(self.stops) / 2))
        low = self._extremes[0]
        return self.numbers[low + max(after - 1, 0)], self.numbers[low + max(after, 1)]

    def change_at(self, frame: int) -> LightChange:
        """The change of a shot whose second part begins with ``frame``."""
        light, later = np.array(self.light) - np.mean(self.light), np.array(self.numbers) >= frame
        parts = [float(light[part].mean()) if part.any() else 0.0 for part in (~later, later)]
        return LightChange(self.stops, frame, parts[0], parts[1])

    @property
    def is_change(self) -> bool:
        """Whether it is more than what moves, glitters or was found wrongly."""
        return abs(self.stops) >= LEAST_CHANGE + DISAGREEMENT * self.disagreement

    @property
    def _passed(self) -> npt.NDArray[np.float64]:
        """Stops that the light has gone by each frame from the one extreme to the other, never falling."""
        low, high = self._extremes
        way = np.abs(np.array(self.light[low : high + 1]) - self.light[low])
        return np.asarray(np.maximum.accumulate(way))


def light_course(frames: Frames) -> LightCourse | None:
    """How the light goes from frame to frame; None for one frame, or where too few places are found again."""
    numbers = frames.indices or tuple(range(len(frames)))
    pictures = [_small(frame.movedim(0, -1).float().cpu().numpy()) for frame in frames.pixels]
    light, spreads = [0.0], []
    for first, second in pairwise(pictures):
        step = _brighter_by(first, second)
        if step is None:
            return None
        light.append(light[-1] + step[0])
        spreads.append(step[1])
    return LightCourse(tuple(light), numbers, float(np.mean(spreads))) if spreads else None


def light_change(frames: Frames) -> LightChange | None:
    """The change of light inside a shot; None where it is steady, or nothing can be compared."""
    course = light_course(frames)
    return course.change_at(course.frame) if course is not None and course.is_change else None


def _brighter_by(first: Picture, second: Picture) -> tuple[float, float] | None:
    """Stops by which the places that both frames show became brighter (the median), and by which the middle half
    of them disagree; None where too few are found."""
    one, two = equalised(first), equalised(second)
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    there, back = flow.calc(one, two, None), flow.calc(two, one, None)
    height, width = one.shape
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32) + there
    lost = np.linalg.norm(there + _at(back, places), axis=-1)
    inside = ((places >= 0) & (places <= (width - 1, height - 1))).all(-1)
    before, after = _blurred(first), _at(_blurred(second), places)
    telling = (np.minimum(before, after) > _DARKEST) & (np.maximum(before, after) < _BRIGHTEST)
    kept = telling.all(-1) & inside & (lost < _RETURN_PIXELS)
    if kept.mean() < _SMALLEST_SHARE:
        return None
    lower, median, upper = np.quantile(_stops(after[kept]) - _stops(before[kept]), (0.25, 0.5, 0.75))
    return float(median), float(upper - lower)


def _stops(colours: Plane) -> Plane:
    """Scene light of colours ``[P, 3]`` in stops, mean of the channels."""
    return np.asarray(scene(lin(torch.from_numpy(colours))).log2().mean(-1).numpy())


def _small(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = LINES / min(height, width)
    if scale >= 1.0:
        return np.ascontiguousarray(picture)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), _BLUR))


def _at(values: Plane, places: Plane) -> Plane:
    return np.asarray(cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
