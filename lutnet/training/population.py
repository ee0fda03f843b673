"""What right photographs look like as a population, and the grade that sets a show's stills apart from it.

One photograph may be dark, blue or pale because that is what it shows; twenty together hardly are. So the statistics
of all graded stills are compared with those of right photographs: where the mean of that many lies, and how far
it strays, is known from the training photographs. Made again by

    python -m lutnet.training.population --photos photos/train -o population.safetensors
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from lutnet import weights
from lutnet.errors import WeightsError
from lutnet.ops.cdl import luma, saturate
from lutnet.training.photos import load_photos, sample_crop, split_by_source

SIDE = 21
"""Photographs are sampled at so many rows and columns."""

RANKS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
STATISTICS = 3 * len(RANKS) + len(RANKS) + len(RANKS) - 2 + 9
_CAST_WEIGHT = 2.0
_FEWEST_OF_SOURCE = 8
_RIDGE = 1e-5
_SPREAD = (0.15, 0.15, 0.15, 0.04, 0.04, 0.04, 0.15, 0.15, 0.15, 0.25)
"""Of a look: logarithms of slope, offset, logarithms of power and of saturation."""
_PULL = 0.3
_STEPS, _RATE = 80, 0.02


@dataclass(frozen=True, eq=False, slots=True)
class Population:
    """mean ``[F]`` of ``statistics``; their covariance ``[F, F]`` among photographs, and that of publishers' means."""

    mean: Tensor
    among: Tensor
    between: Tensor

    def precision(self, count: int) -> Tensor:
        """``[F, F]``, of the mean of ``count`` stills of one show."""
        # A show's stills belong together, as those of a publisher do: more of them do not bring them nearer.
        spread = self.among / count + self.between + _RIDGE * torch.eye(len(self.mean))
        precision: Tensor = torch.linalg.inv(spread)
        return precision


@cache
def shipped_population() -> Population:
    """The population that ships. Raises WeightsError when its file was changed."""
    stored = weights.shipped("population")
    try:
        return Population(*(stored.tensors[name] for name in ("mean", "among", "between")))
    except KeyError as error:
        raise WeightsError("not the statistics of photographs", where=stored.source) from error


def statistics(colours: Tensor) -> Tensor:
    """``[N, STATISTICS]`` of colours ``[N, P, 3]`` (encoded, 0..1): percentiles of R, G, B, luma and saturation,
    and the mean cast of the dark, middle and bright third. Differentiable."""
    places = (torch.tensor(RANKS) * (colours.shape[1] - 1)).round().long()
    grey = luma(colours)
    strength = colours.amax(-1) - colours.amin(-1)
    cast = (colours - grey).gather(1, grey.argsort(1).expand_as(colours))
    third = colours.shape[1] // 3
    casts = torch.cat([cast[:, third * part : third * (part + 1)].mean(1) for part in range(3)], dim=1)
    channels = colours.sort(1).values[:, places].flatten(1)
    tones = grey.squeeze(-1).sort(1).values[:, places]
    strengths = strength.sort(1).values[:, places[2:]]
    return torch.cat((channels, tones, strengths, _CAST_WEIGHT * casts), dim=1)


def population_of(colours: Tensor, sources: Sequence[str]) -> Population:
    """The population of right photographs ``[N, P, 3]``; ``sources`` names the publisher of each."""
    values = statistics(colours)
    mean = values.mean(0)
    publishers = [source for source in sorted(set(sources)) if sources.count(source) >= _FEWEST_OF_SOURCE]
    means = torch.stack([
        values[torch.tensor([source == publisher for source in sources])].mean(0) for publisher in publishers
    ])  # fmt: skip
    return Population(mean, _covariance(values), _covariance(means))


def neutral_of(graded: Tensor, guess: Tensor, trust: float, population: Population) -> Tensor:
    """Colours ``[N, P, 3]`` of graded stills without the look they share.

    The look is taken off by one CDL, so that the stills' statistics become likely in ``population`` and their
    colours stay near ``guess [N, P, 3]``; trust: what a mean difference of 0.01 to the guess costs, in units of half
    a squared deviation.
    """
    numbers = torch.zeros(len(_SPREAD), requires_grad=True)
    optimiser = torch.optim.Adam([numbers], lr=_RATE)
    precision, spread = population.precision(len(graded)), torch.tensor(_SPREAD)
    for step in range(_STEPS):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (1.0 - step / _STEPS)
        neutral = _taken_off(numbers, graded)
        off = statistics(neutral).mean(0) - population.mean
        cost = off @ precision @ off + _PULL * (numbers / spread).square().sum()
        cost = cost + trust * 100.0 * (neutral - guess).abs().mean()
        optimiser.zero_grad()
        cost.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return _taken_off(numbers.detach(), graded).clamp(0.0, 1.0)


def _taken_off(numbers: Tensor, colours: Tensor) -> Tensor:
    slope, offset, power, saturation = numbers[:3], numbers[3:6], numbers[6:9], numbers[9:]
    toned = (colours * slope.exp() + offset).clamp(1e-4, 1.0) ** power.exp()
    return saturate(toned, saturation.exp())


def _covariance(values: Tensor) -> Tensor:
    apart = values - values.mean(0)
    return apart.T @ apart / len(values)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Statistics of right photographs.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument(
        "--held-out", type=float, default=0.08, help="share of the photographs left out, by source"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    photos, _ = split_by_source(load_photos(options.photos), options.held_out, options.seed)
    whole = (0.0, 0.0, 1.0, 1.0)
    colours = torch.stack([sample_crop(image, whole, SIDE).flatten(1).T for image in photos.images])
    found = population_of(colours.float() / 255.0, photos.sources)
    tensors = {"mean": found.mean, "among": found.among, "between": found.between}
    weights.save_network(options.output, tensors, {"population": {"side": SIDE, "ranks": RANKS}})


if __name__ == "__main__":
    main()
