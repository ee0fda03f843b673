"""Teach the network that says what to undo of a shot that stands alone, on photographs and known detunes.

    python -m lutnet.training.alone_train --photos photos/train [--frames 29696] [--seed 1] -o alone.safetensors

The diagnosis that ships stays as it is; what it says of every frame is computed once and kept in ``--keep``. Publishers
that it was not trained with only score.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.alone_network import AloneConfig, AloneNetwork, Answer, stored_config
from lutnet.diagnosis.evidence import SECOND_LOOK
from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.pooling import expected
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.detune import undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.alone_material import Material, joined, make_up, spoiled_by
from lutnet.training.card import write_card
from lutnet.training.descent import descend_each
from lutnet.training.evaluate import SEVERE
from lutnet.training.halved import save_halved
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.sampling import seven_amounts, soft_levels, some_amounts
from lutnet.training.scene_train import HELD_OUT, SPLIT_SEED

STEPS, BATCH, RATE, DECAY = 1500, 192, 1.2e-3, 0.1
COLOUR_WEIGHT = 0.6
COLOURS_SEEN = 20
"""Of a frame, in the colour loss of a step."""

TYPICAL = 2048
"""Frames that say how large the features are."""

DRAWS, JUDGE_SEED = 4, 9
"""Detunes per held-out photograph and kind."""

LIMITS = (
    "For the answers of the diagnosis whose fingerprint it carries, and no other.",
    "For shots judged by themselves: what scenes share and looks are told from the diagnosis' own answers.",
    "Corrects the amounts to undo only: levels, names and confidences are those of the diagnosis.",
)


@dataclass(frozen=True, slots=True)
class Score:
    """Mean DE2000 of frames: as spoiled, undone by the diagnosis' two looks, and as this network corrects them."""

    frames: int
    before: float
    diagnosis: float
    corrected: float


def taught(
    material: Material, config: AloneConfig, *, seed: int, steps: int = STEPS, batch: int = BATCH
) -> AloneNetwork:
    """A network that says what to undo of ``material``, in evaluation mode; every member has draws of its own."""
    torch.manual_seed(seed)
    network = AloneNetwork(config).train()
    typical = material.said(torch.arange(min(len(material), TYPICAL))).features
    network.mean.copy_(typical.mean(0))
    network.scale.copy_(typical.std(0) + 1e-2)
    descend_each(
        network.members,
        partial(_loss, network, material, batch),
        seed=seed,
        steps=steps,
        rate=RATE,
        decay=DECAY,
    )
    return network.eval()


def _loss(
    network: AloneNetwork, material: Material, batch: int, member: nn.Module, draw: torch.Generator
) -> Tensor:
    """Cross entropy and error of the levels, and DE2000 of what the repair makes of the frames."""
    rows = torch.randint(len(material), (batch,), generator=draw)
    said, truth = material.said(rows), material.amounts[rows]
    answer: Answer = member(network.normalised(said), said.first)
    entropy = -(soft_levels(truth) * answer.levels).sum(-1).mean()
    error = (expected(answer.levels) - truth).abs().mean()
    places = torch.randint(material.right.shape[1], (COLOURS_SEEN,), generator=draw)
    amounts = answer.repair * (1.0 - said.first.clean.unsqueeze(1))
    colour = _differences(material, rows, amounts, places).mean()
    loss: Tensor = entropy + error + COLOUR_WEIGHT * colour
    return loss


def _differences(material: Material, rows: Tensor, amounts: Tensor, places: Tensor) -> Tensor:
    """DE2000 ``[len(rows), len(places)]`` to what is right, with ``amounts [len(rows), 7]`` undone."""
    spoiled, right = (part[rows][:, places].float() / 255.0 for part in (material.spoiled, material.right))
    return delta_e_rgb(undo(spoiled, amounts.unsqueeze(1)), right)


@torch.inference_mode()
def score_of(network: AloneNetwork, judged: Material) -> Score:
    """How well ``network`` corrects the diagnosis on ``judged``, before a CDL is fitted."""
    rows, places = torch.arange(len(judged)), torch.arange(judged.right.shape[1])
    said = judged.said(rows)
    wrong = 1.0 - said.first.clean.unsqueeze(1)
    twice = (said.first.repair + SECOND_LOOK * said.second.repair).clamp(-1.0, 1.0)
    corrected = torch.cat([network(judged.said(some)) for some in torch.split(rows, BATCH)])
    amounts = (torch.zeros(len(rows), len(HEADS)), twice * wrong, corrected * wrong)
    means = (float(_differences(judged, rows, each, places).mean()) for each in amounts)
    return Score(len(rows), *(round(mean, 3) for mean in means))


def held_out_scores(network: AloneNetwork, photos: PhotoSet) -> dict[str, Score]:
    """Protocols M (seven faults, two of 66 % or more) and C on flawless ``photos``."""
    draw = torch.Generator().manual_seed(JUDGE_SEED)
    count = len(photos)
    kinds = {
        "seven": [seven_amounts(count, draw) for _ in range(DRAWS)],
        "two": [some_amounts(count, 2, SEVERE, draw) for _ in range(DRAWS)],
        "clean": [torch.zeros(count, len(HEADS))],
    }
    return {
        name: score_of(network, joined(spoiled_by(photos, each, draw) for each in amounts))
        for name, amounts in kinds.items()
    }


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Teach the network for shots that stand alone.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=29696)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for what the diagnosis says of the frames")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photos, held_out = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    material = make_up(photos, options.frames, seed=options.seed, keep=options.keep)
    features = material.said(torch.arange(1)).features.shape[1]
    config = AloneConfig(features=features, diagnosis=fingerprint(default_model().network))
    network = taught(material, config, seed=options.seed, steps=options.steps)
    digest = save_halved(options.output, network, stored_config(network))
    card = card_of(photos, held_out, held_out_scores(network, held_out), options)
    write_card(options.output.with_suffix(".json"), {"sha256": digest, **card})


def card_of(
    photos: PhotoSet, held_out: PhotoSet, scores: dict[str, Score], options: argparse.Namespace
) -> dict[str, Any]:
    """The card as JSON values, but for the file's hash."""
    counts = f"--frames {options.frames} --steps {options.steps} --seed {options.seed}"
    return {
        "name": "alone",
        "data": {
            "photographs": len(photos),
            "names_sha256": photos.digest,
            "held_out_photographs": len(held_out),
            "held_out_sources": sorted(set(held_out.sources)),
            "frames": options.frames,
        },
        "seed": options.seed,
        "command": f"python -m lutnet.training.alone_train --photos photos/train {counts} -o alone.safetensors",
        "scores": {"held_out": {name: asdict(score) for name, score in scores.items()}},
        "limits": list(LIMITS),
    }


if __name__ == "__main__":
    main()
