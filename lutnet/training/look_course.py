"""What the networks that tell looks from stills are taught with and judged by, and the card that says so."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lutnet.training.card import write_card
from lutnet.training.grades import is_for_testing, read_luts
from lutnet.training.looks import as_pool, look_pool
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.scene_train import HELD_OUT, SPLIT_SEED
from lutnet.training.still_material import Stills, make_up

FILM_LOOKS = 600
"""Film looks that LUTs are mixed and made up to."""

JUDGED, JUDGE_SEED = 6144, 2


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """stills: under known grades. pool: the film looks that they count (see GradeBatch)."""

    stills: Stills
    pool: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """taught: of ``photos``. judged: of ``held_out``, publishers that the diagnosis was not trained with, under film
    looks that are not taught where some are kept from it."""

    photos: PhotoSet
    held_out: PhotoSet
    taught: Lesson
    judged: Lesson
    options: Namespace

    def write_card(self, name: str, digest: str, scores: Mapping[str, Any], limits: Sequence[str]) -> None:
        """Write the card of the network ``name``, whose file has the SHA-256 ``digest``, beside its weights."""
        blind = "".join(f" {part}" for part in ["--blind", *self.options.blind]) if self.options.blind else ""
        counts = f"--stills {self.options.stills} --steps {self.options.steps} --seed {self.options.seed}"
        card = {
            "sha256": digest,
            "name": name,
            "data": {
                "photographs": len(self.photos),
                "names_sha256": self.photos.digest,
                "held_out_photographs": len(self.held_out),
                "held_out_sources": sorted(set(self.held_out.sources)),
                "stills": self.options.stills,
                "blind": self.options.blind,
            },
            "seed": self.options.seed,
            "command": f"python -m lutnet.training.{name}_train --photos photos/train --luts luts{blind} {counts}"
            f" -o {name}.safetensors",
            "scores": {"held_out": scores},
            "limits": list(limits),
        }
        write_card(self.options.output.with_suffix(".json"), card)


def options_of(description: str, steps: int, arguments: Sequence[str] | None) -> Namespace:
    """The options that every such command has."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--luts", type=Path, required=True)
    parser.add_argument(
        "--blind", nargs="*", default=[], help="LUTs that only score, by parts of their names"
    )
    parser.add_argument("--stills", type=int, default=98304)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for what the diagnosis says of the stills")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return options


def course_of(options: Namespace) -> Course:
    """Make up, or take from ``--keep``, what ``options`` ask for."""
    photos, held_out = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    luts = [lut for lut in read_luts(options.luts) if not is_for_testing(lut[0])]
    blind = [lut for lut in luts if any(part in lut[0] for part in options.blind)]
    known = [lut for lut in luts if lut not in blind]
    pool = look_pool(known, FILM_LOOKS, torch.Generator().manual_seed(options.seed))
    unseen = as_pool(blind or luts)
    stills = make_up(photos, pool, options.stills, seed=options.seed, keep=options.keep)
    judged = make_up(held_out, unseen, JUDGED, seed=JUDGE_SEED, worn=0.0, keep=options.keep)
    return Course(photos, held_out, Lesson(stills, pool), Lesson(judged, unseen), options)
