"""Whether the light stays the same inside one shot: a shot has one grade, so a change of light stays in it.

Frames are laid over each other by optical flow on luma that hardly knows the exposure, and the light of the same
places is compared in stops. People and cameras move; light that changes, changes everywhere alike: so what most places
agree on counts (the mode), whatever the others do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import torch

from lutnet.frames.motion import Grey, Picture, Plane, equalised, motion_between, sampled
from lutnet.grade import Diagnosis
from lutnet.ops.detune import scene_stops
from lutnet.result import LightChange
from lutnet.shot import Frames

LINES = 128
"""Height at which frames are compared."""

LEAST_CHANGE = 0.15
"""Stops between the beginning and the end that are reported where all places agree (the frames of a shot see about
four fifths of a ramp)."""

DISAGREEMENT = 0.15
"""Further stops it takes where no place agrees: glitter, wings and focus change the light of places, but not of all."""

LEAST_PASSING = 0.45
"""Stops that are reported where the light goes and comes back. What passes the lens looks like less of that."""

_AGREES = 0.1  # stops: places this near to what most agree on do
_STEP, _LARGEST = 0.02, 2.0  # stops: what is told apart, and compared at all
_SOFT = 0.04  # stops: deviation within which places agree
_SMALLEST_SHARE = 0.05  # of the frame that must be found again and agree
_RETURN_PIXELS = 1.5
_DARKEST, _BRIGHTEST = 0.06, 0.94  # encoded: what is clipped or nearly so says nothing of the light
_BLUR = 1.5  # pixels: flow is never exact


@dataclass(frozen=True, slots=True)
class LightCourse:
    """light: stops of every frame to the first. numbers: of the frames. disagreement: 0..1, the share of places whose
    light did not change as that of most."""

    light: tuple[float, ...]
    numbers: tuple[int, ...]
    disagreement: float

    @property
    def lasting(self) -> float:
        """Stops of the last third of the frames to the first third."""
        third = max(1, len(self.light) // 3)
        return float(np.mean(self.light[-third:]) - np.mean(self.light[:third]))

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
        lasts = abs(self.lasting) >= LEAST_CHANGE + DISAGREEMENT * self.disagreement
        return lasts or abs(self.stops) >= LEAST_PASSING

    @property
    def _passed(self) -> npt.NDArray[np.float64]:
        """Stops that the light has gone by each frame from the one extreme to the other, never falling."""
        low, high = self._extremes
        way = np.abs(np.array(self.light[low : high + 1]) - self.light[low])
        return np.asarray(np.maximum.accumulate(way))


def light_course(frames: Frames) -> LightCourse | None:
    """How the light goes from frame to frame; None for one frame, or where too few places are found again."""
    numbers = frames.indices or tuple(range(len(frames)))
    sights = [_sight(frame.movedim(0, -1).float().cpu().numpy()) for frame in frames.pixels]
    light, agreeing, places = [0.0], 0, 0
    for first, second in pairwise(sights):
        changes = _changes(first, second)
        step = _mode(changes)
        agree = int((np.abs(changes - step) < _AGREES).sum())
        if agree < _SMALLEST_SHARE * first.grey.size:
            return None
        light.append(light[-1] + step)
        agreeing, places = agreeing + agree, places + changes.size
    return LightCourse(tuple(light), numbers, 1.0 - agreeing / places) if places else None


def light_change(frames: Frames) -> LightChange | None:
    """The change of light inside a shot; None where it is steady, or nothing can be compared."""
    course = light_course(frames)
    return course.change_at(course.frame) if course is not None and course.is_change else None


def told_of_light(found: Diagnosis, frames: Frames) -> Diagnosis:
    """``found``, with a warning where the light of ``frames`` changes, which are counted from 1 in it."""
    change = light_change(frames)
    if change is None:
        return found
    return replace(found, warnings=(*found.warnings, change.warning(f"frame {change.frame + 1}")))


@dataclass(frozen=True, eq=False, slots=True)
class _Sight:
    """A frame: luma ``[H, W]`` that hardly knows the exposure; scene light in stops ``[H, W]``, NaN where it is not
    known because the frame is nearly black or white."""

    grey: Grey
    light: Plane


def _sight(frame: Picture) -> _Sight:
    picture = _small(frame)
    colours = cv2.GaussianBlur(picture, (0, 0), _BLUR)
    light = scene_stops(torch.from_numpy(colours)).mean(-1).numpy()
    red, green, blue = cv2.split(
        colours
    )  # plane by plane: along an axis of three, extremes take ten times as long
    known = (cv2.min(cv2.min(red, green), blue) > _DARKEST) & (
        cv2.max(cv2.max(red, green), blue) < _BRIGHTEST
    )
    return _Sight(equalised(picture), np.where(known, light, np.float32(np.nan)))


def _changes(first: _Sight, second: _Sight) -> Plane:
    """Stops by which the places ``[P]`` that both frames show became brighter."""
    motion = motion_between(first.grey, second.grey)
    change = sampled(second.light, motion.places) - first.light
    found = motion.inside & np.isfinite(change) & (motion.astray < _RETURN_PIXELS)
    return np.asarray(change[found])


def _mode(changes: Plane) -> float:
    """The change, in stops, that most of ``changes [P]`` are near to."""
    edges = np.arange(-_LARGEST - _STEP / 2, _LARGEST + _STEP, _STEP)
    counts = np.histogram(changes, edges)[0].astype(np.float64)
    away = np.arange(-5, 6) * _STEP
    near = np.convolve(counts, np.exp(-0.5 * (away / _SOFT) ** 2), "same")
    return float((edges[:-1] + _STEP / 2)[near.argmax()])


def _small(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = LINES / min(height, width)
    if scale >= 1.0:
        return np.ascontiguousarray(picture)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
