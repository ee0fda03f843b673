"""Teach the network that hears the shots of a scene together: scenes are made up of photographs and known detunes.

    python -m lutnet.training.scene_train --photos photos/train [--scenes 12000] [--seed 1] -o scene.safetensors

The diagnosis that ships stays as it is; what it says of every shot is computed once and kept in ``--keep``. Scenes of
publishers that it was not trained with only score.
"""

from __future__ import annotations

import argparse
import logging
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.pooling import agreed, expected
from lutnet.diagnosis.scene_network import (
    SceneConfig,
    SceneNetwork,
    Shared,
    Shots,
    stored_config,
)
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.detune import undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.card import write_card
from lutnet.training.descent import descend_each
from lutnet.training.halved import save_halved
from lutnet.training.photos import PhotoSet, load_photos, split_by_source
from lutnet.training.sampling import soft_levels
from lutnet.training.scene_material import SHOTS, Material, make_up

HELD_OUT, SPLIT_SEED = 0.08, 1
"""The split with which the diagnosis was trained (see its card)."""

COUNTS = (2, 3, 4, 6, 8, 8, 8, 8)
STEPS, BATCH, RATE, DECAY = 2500, 64, 2e-3, 0.1
LEVEL_WEIGHT, COLOUR_WEIGHT = 3.0, 0.3
SHOTS_SEEN, COLOURS_SEEN = 2, 24
"""Of a scene, in the colour loss of a step."""

LIMITS = (
    "For the answers of the diagnosis whose fingerprint it carries, and no other.",
    "Taught with up to eight shots; more are pooled too, but gain little.",
    "Shots that show the same thing share its ambiguity: eight of them are hardly worth more than one.",
)


def likely(shots: Shots) -> Shared:
    """What adding the likelihoods of ``shots`` gives."""
    heard = torch.ones(shots.levels.shape[:-1], dtype=torch.bool)
    return Shared(*agreed(shots.levels, shots.repair, heard))


def taught(material: Material, config: SceneConfig, *, seed: int, steps: int = STEPS) -> SceneNetwork:
    """A network that says the faults of ``material``, in evaluation mode; every member has draws of its own."""
    torch.manual_seed(seed)
    network = SceneNetwork(config).train()
    features = _all_shots(material).features.flatten(0, 1)
    network.mean.copy_(features.mean(0))
    network.scale.copy_(features.std(0) + 1e-2)
    descend_each(
        network.members, partial(_loss, network, material), seed=seed, steps=steps, rate=RATE, decay=DECAY
    )
    return network.eval()


def _loss(network: SceneNetwork, material: Material, member: nn.Module, draw: torch.Generator) -> Tensor:
    """Cross entropy and error of the levels, and DE2000 of what the repair makes of some shots."""
    count = COUNTS[int(torch.randint(len(COUNTS), (), generator=draw))]
    scenes = torch.randint(len(material), (BATCH, 1), generator=draw)
    chosen = torch.rand(BATCH, SHOTS, generator=draw).argsort(1)[:, :count]
    shots = material.shots(scenes, chosen)
    said: Shared = member(network.normalised(shots), shots, likely(shots))
    truth = material.amounts[scenes[:, 0]]
    entropy = -(soft_levels(truth) * said.levels).sum(-1).mean()
    error = (expected(said.levels) - truth).abs().mean()
    some = chosen[:, :SHOTS_SEEN]
    places = torch.randint(material.right.shape[2], (COLOURS_SEEN,), generator=draw)
    spoiled, right = (
        part[scenes, some][:, :, places].flatten(1, 2).float() / 255.0
        for part in (material.spoiled, material.right)
    )
    colour = delta_e_rgb(undo(spoiled, said.repair.unsqueeze(1)), right).mean()
    loss: Tensor = entropy + LEVEL_WEIGHT * error + COLOUR_WEIGHT * colour
    return loss


@torch.inference_mode()
def scores_of(network: SceneNetwork, judged: Material) -> dict[str, dict[str, float]]:
    """Level error and DE2000 after undoing, eight shots together as shares of one by one; scenes of different
    photographs, and of few."""
    shots = _all_shots(judged)
    together = network(shots, likely(shots))
    spoiled, right = judged.spoiled.float() / 255.0, judged.right.float() / 255.0

    def difference(repair: Tensor) -> Tensor:
        undone = undo(spoiled.flatten(0, 1), repair.flatten(0, 1).unsqueeze(1))
        return delta_e_rgb(undone, right.flatten(0, 1)).view(len(judged), -1).mean(1)

    truth = judged.amounts
    alone = shots.repair * (1.0 - shots.clean.unsqueeze(-1))
    level = (expected(together.levels) - truth).abs().mean(-1)
    single_level = (expected(shots.levels) - truth.unsqueeze(1)).abs().mean((-1, -2))
    colour = difference(together.repair.unsqueeze(1).expand_as(alone))
    single_colour = difference(alone)
    return {
        name: {
            "scenes": int(kind.sum()),
            "level_error": round(float(level[kind].mean()), 4),
            "level_share": round(float(level[kind].mean() / single_level[kind].mean()), 3),
            "de": round(float(colour[kind].mean()), 3),
            "de_share": round(float(colour[kind].mean() / single_colour[kind].mean()), 3),
        }
        for name, kind in (("different", ~judged.alike), ("alike", judged.alike))
        if bool(kind.any())
    }


def _all_shots(material: Material) -> Shots:
    return material.shots(torch.arange(len(material)).unsqueeze(1), torch.arange(SHOTS).unsqueeze(0))


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Teach the network that hears shots together.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=12000)
    parser.add_argument("--judged", type=int, default=400, help="scenes that score")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for what the diagnosis says of the scenes")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    photos, held_out = split_by_source(load_photos(options.photos), HELD_OUT, SPLIT_SEED)
    material = make_up(photos, options.scenes, seed=options.seed, keep=options.keep)
    judged = make_up(held_out, options.judged, seed=options.seed, keep=options.keep)
    config = SceneConfig(
        features=_all_shots(judged).features.shape[-1], diagnosis=fingerprint(default_model().network)
    )
    network = taught(material, config, seed=options.seed, steps=options.steps)
    digest = save_halved(options.output, network, stored_config(network))
    card = card_of(photos, held_out, scores_of(network, judged), options)
    write_card(options.output.with_suffix(".json"), {"sha256": digest, **card})


def card_of(
    photos: PhotoSet, held_out: PhotoSet, scores: dict[str, dict[str, float]], options: argparse.Namespace
) -> dict[str, Any]:
    """The card as JSON values, but for the file's hash."""
    counts = (
        f"--scenes {options.scenes} --judged {options.judged} --steps {options.steps} --seed {options.seed}"
    )
    return {
        "name": "scene",
        "data": {
            "photographs": len(photos),
            "names_sha256": photos.digest,
            "held_out_photographs": len(held_out),
            "held_out_sources": sorted(set(held_out.sources)),
            "scenes": options.scenes,
            "judged": options.judged,
        },
        "seed": options.seed,
        "command": f"python -m lutnet.training.scene_train --photos photos/train {counts} -o scene.safetensors",
        "scores": {"held_out": scores},
        "limits": list(LIMITS),
    }


if __name__ == "__main__":
    main()
