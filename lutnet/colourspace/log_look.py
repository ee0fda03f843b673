"""Whether a picture looks like undeclared log footage: flat, and as colourful in its shadows as in its lights.

A display's encoding holds more colour where it is brighter, whatever the contrast; log holds ratios, and so about the
same everywhere. What is learned of it is in ``log_look.json`` (``python -m lutnet.training.log_look``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lutnet.shot import LogDoubt

if TYPE_CHECKING:
    from torch import Tensor

COLOURS = 6000
WHITE = 0.985
"""Of the brightest hundredth, from which on a picture reaches a display's white: of the log recordings that are neither
clearly log nor clearly not, 4 % do, of those that are clearly log none (held-out sources)."""

BRIGHTEST = 10
"""Its place among the features."""
_PARTS = 4
_ONE_COLOUR = 0.01
"""Deviation of the values of every channel up to which a picture is one flat colour."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class LogLook:
    """The score of features ``x``: ``bias + sum(linear z + square z^2)`` of ``z = (x - mean) / deviation``.

    refuse, suspect: scores from which on a shot is taken for log, or the user is told that it may be.
    refuse_one: refuse, of what has a single frame: no other picture that was held out from training reached it.
    """

    mean: Values
    deviation: Values
    linear: Values
    square: Values
    bias: float
    refuse: float
    refuse_one: float
    suspect: float

    def score(self, features: Values) -> Values:
        """``[..., F]`` to ``[...]``."""
        z = (features - self.mean) / self.deviation
        return np.asarray(self.bias + z @ self.linear + z**2 @ self.square)

    def judged(self, pixels: Tensor, taken_for: str) -> LogDoubt:
        """What frames ``[N, 3, H, W]`` of one shot look like. Of one frame, which may be smoke, fog or a fade, more is
        asked; a picture that reaches a display's white is none."""
        colours = _colours(pixels)
        if len(colours) < _PARTS or float(colours.std(0).max()) < _ONE_COLOUR:
            return LogDoubt(0.0, False, False, taken_for)  # one flat colour has no shadows and lights
        features = features_of(colours)
        score = float(self.score(features))
        flat = bool(features[BRIGHTEST] < WHITE)
        limit = self.refuse if len(pixels) > 1 else self.refuse_one
        return LogDoubt(
            score if flat else min(score, 0.0),
            flat and score > limit,
            flat and score > self.suspect,
            taken_for,
        )

    def refused(self, pixels: Tensor) -> bool:
        """Whether frames ``[N, 3, H, W]`` of one shot are taken for log where nothing else speaks."""
        return self.judged(pixels, "").looks

    def suspected(self, pixels: Tensor) -> bool:
        """Whether the user is to be told that frames ``[N, 3, H, W]`` may be log."""
        return self.judged(pixels, "").may


@cache
def log_look() -> LogLook:
    """What ships with lutnet."""
    stored = json.loads(files("lutnet.colourspace").joinpath("log_look.json").read_text(encoding="utf-8"))
    arrays = {name: np.asarray(stored[name]) for name in ("mean", "deviation", "linear", "square")}
    limits = {name: float(stored[name]) for name in ("bias", "refuse", "refuse_one", "suspect")}
    return LogLook(arrays["mean"], arrays["deviation"], arrays["linear"], arrays["square"], **limits)


def score_of(pixels: Tensor) -> float:
    """How much frames ``[N, 3, H, W]`` look like log; see ``LogLook``."""
    return float(log_look().score(features_of(_colours(pixels))))


def _colours(pixels: Tensor) -> Values:
    colours = pixels.detach().movedim(1, -1).reshape(-1, 3)[:: max(1, pixels.numel() // 3 // COLOURS)]
    return np.asarray(colours.double().cpu().numpy())


def features_of(colours: Values) -> Values:
    """Eighteen numbers of colours ``[P, 3]`` (0..1): spread of luma and channels, and chroma by luma."""
    from lutnet.ops.weights import LUMA_WEIGHTS

    colours = colours.clip(0.0, 1.0)
    luma = colours @ np.asarray(LUMA_WEIGHTS)
    most, least = colours.max(-1), colours.min(-1)
    chroma = most - least
    low, dark, middle, light, high = np.quantile(luma, (0.005, 0.05, 0.5, 0.95, 0.995))
    by_luma = [chroma[part].mean() for part in np.array_split(np.argsort(luma, kind="stable"), _PARTS)]
    normal = (luma - luma.mean()) / (luma.std() + 0.01)
    return np.asarray(
        [
            low, dark, middle, light, high,
            chroma.mean(),
            np.quantile(chroma, 0.95),
            *np.quantile(least, (0.01, 0.99)),
            *np.quantile(most, (0.01, 0.99)),
            *(mean / (chroma.mean() + 0.01) for mean in by_luma),
            np.clip((normal**3).mean(), -3.0, 3.0),
            (middle - dark) / (light - dark + 0.01),
            luma.std(),
        ]
    )  # fmt: skip
