"""Learn what log footage looks like: ``python -m lutnet.training.log_look PHOTOS [-o FILE]``.

Photographs as they are and with faults, against the same as cameras would record them in log, at several exposures.
A third of the sources is held out; the thresholds are chosen on it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression

from lutnet.colourspace import ColourConfig, View
from lutnet.colourspace.log_look import LogLook, Values, features_of
from lutnet.colourspace.pixels import converted
from lutnet.ops.detune import detune
from lutnet.training.photos import load_photos

SPACES = (
    "ARRI LogC3 (EI800)", "ARRI LogC4", "S-Log3 S-Gamut3.Cine", "V-Log V-Gamut", "CanonLog2 CinemaGamut D55",
    "CanonLog3 CinemaGamut D55", "Log3G10 REDWideGamutRGB", "DaVinci Intermediate WideGamut", "ACEScct",
    "Apple Log", "BMDFilm WideGamut Gen5",
)  # fmt: skip
CLEAN, ONE_FAULT, SEVEN_FAULTS = "clean", "one fault", "seven faults"
STOPS = (-2.0, 1.5)
COLOURS = 2000
REFUSED_SHARE, SUSPECTED_SHARE = 0.003, 0.02
"""Of photographs with one fault, as far as it goes, in the held-out sources."""


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """features ``[S, F]``; kind (a log space, or none) and source of each."""

    features: Values
    kinds: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]

    @property
    def is_log(self) -> npt.NDArray[np.bool_]:
        return np.isin(self.kinds, SPACES)


def samples_of(folder: Path, seed: int) -> Samples:
    """Every photograph of ``folder``, as five pictures."""
    random = np.random.default_rng(seed)
    features, kinds, sources = [], [], []
    cameras = _Cameras()
    photos = load_photos(folder)
    for image, source in zip(photos.images, photos.sources, strict=True):
        colours = image.flatten(1).T
        seen = colours[random.integers(0, len(colours), COLOURS)].float() / 255.0
        for kind, values in _recordings(seen, cameras, random):
            features.append(features_of(values.double().numpy()))
            kinds.append(kind)
            sources.append(source)
    return Samples(np.stack(features), np.asarray(kinds), np.asarray(sources))


def _recordings(
    seen: torch.Tensor, cameras: _Cameras, random: np.random.Generator
) -> Iterator[tuple[str, torch.Tensor]]:
    one = torch.zeros(7)
    one[int(random.integers(7))] = float(random.choice((-1.0, 1.0)))
    yield CLEAN, seen
    yield ONE_FAULT, detune(seen, one).clamp(0, 1)
    yield SEVEN_FAULTS, detune(seen, torch.from_numpy(random.uniform(-1, 1, 7)).float()).clamp(0, 1)
    for space in random.choice(SPACES, 2, replace=False):
        yield str(space), cameras.record(seen, str(space), float(2 ** random.uniform(*STOPS)))


class _Cameras:
    """What cameras record of a scene that is seen as a photograph through the ACES view."""

    def __init__(self) -> None:
        config = ColourConfig()
        scene = config.space("ACEScct")
        view = View.of(config, scene)
        linear = config.space("ACEScg")
        self._into_scene = config.shower(scene, view.display, view.view, inverse=True)
        self._into_light = config.converter(scene, linear)
        self._into_log = {name: config.converter(linear, config.space(name)) for name in SPACES}

    def record(self, seen: torch.Tensor, space: str, exposure: float) -> torch.Tensor:
        light = converted(self._into_light, converted(self._into_scene, seen)) * exposure
        return converted(self._into_log[space], light).clamp(0, 1)


def learn(samples: Samples) -> LogLook:
    held = np.isin(samples.sources, sorted(set(samples.sources))[::3])
    mean, deviation = samples.features[~held].mean(0), samples.features[~held].std(0)
    z = (samples.features - mean) / deviation
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(np.hstack([z, z**2])[~held], samples.is_log[~held])
    linear, square = np.split(model.coef_[0], 2)
    look = LogLook(mean, deviation, linear, square, float(model.intercept_[0]), 0.0, 0.0, 0.0)
    one = look.score(samples.features[held & (samples.kinds == ONE_FAULT)])
    refuse, suspect = (float(np.quantile(one, 1 - share)) for share in (REFUSED_SHARE, SUSPECTED_SHARE))
    refuse_one = float(look.score(samples.features[held & ~samples.is_log]).max())
    return LogLook(mean, deviation, linear, square, look.bias, refuse, refuse_one, suspect)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("lutnet/colourspace/log_look.json"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    look = learn(samples_of(options.photos, options.seed))
    stored = {name: np.round(getattr(look, name), 5).tolist() for name in LogLook.__slots__}
    written = options.output.with_suffix(".part")
    written.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    written.replace(options.output)


if __name__ == "__main__":
    main()
