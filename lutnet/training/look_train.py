"""Teach the network that tells looks from graded stills: shows are made up of photographs and known grades.

    python -m lutnet.training.look_train --photos photos/train --luts luts [--shows 2000] [--seed 1] -o look.safetensors

A show is 5 to 35 photographs, of all publishers or of few, under one grade: a detune, a CDL or a film LUT in turn. Its
evidence is what the network reads, the colours of other photographs under the grade what it is to say. Shows of
publishers that are held out, and LUTs whose names hold ``--blind``, only score it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lutnet import weights
from lutnet.diagnosis.model import default_model
from lutnet.grade import LUT3D
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement.look_evidence import FEATURES, look_evidence
from lutnet.refinement.look_network import MEMBERS, LookNetwork, look_of
from lutnet.training.card import write_card
from lutnet.training.grades import GradeKind, is_for_testing, random_grade, read_luts
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet, load_photos, sample_crop, split_by_source

FEWEST, MOST = 5, 35
FEW_PUBLISHERS = 40
"""Photographs of which a show of few publishers is drawn."""

COLOURS, COLOURS_A_STEP, BATCH = 384, 64, 48
STEPS, RATE, DECAY, JITTER = 600, 2e-3, 0.1, 0.1
WHOLE = (0.0, 0.0, 1.0, 1.0)
LIMITS = (
    "Taught on documentary and press photographs: a show of nights or of faces alone lies apart from them, and its"
    " content is then partly taken for its look.",
    "Mild film looks can hardly be told from what 20 photographs differ by.",
    "It says a CDL: what of a look bends single hues is not found.",
)


@dataclass(frozen=True, eq=False, slots=True)
class Shows:
    """Made-up shows. features ``[S, FEATURES]``, amounts ``[S, 7]``: their evidence. graded ``[S, P, 3]``: the colours
    ``bank [P, 3]`` under their grades. kinds: ``[S]``, the place of each grade's kind in GradeKind."""

    features: Tensor
    amounts: Tensor
    graded: Tensor
    kinds: Tensor
    bank: Tensor


def bank_of(photos: PhotoSet) -> Tensor:
    """Colours ``[COLOURS, 3]`` of all photographs, on which looks are compared."""
    colours = torch.cat([sample_crop(image, WHOLE, 4).flatten(1).T for image in photos.images])
    order = torch.randperm(len(colours), generator=torch.Generator().manual_seed(0))
    return colours[order[:COLOURS]].float() / 255.0


def make_up(
    photos: PhotoSet, luts: Sequence[tuple[str, LUT3D]], bank: Tensor, count: int, *, seed: int
) -> Shows:
    """``count`` shows of ``photos``, diagnosed by the weights that ship; each depends on the seed and its number."""
    model, kinds = default_model(), list(GradeKind)
    grid = model.network.config.grid
    pixels = torch.stack([sample_crop(image, WHOLE, grid) for image in photos.images])
    evidence, graded = [], []
    for number in range(count):
        draw = torch.Generator().manual_seed(seed * 100_003 + number)
        grade = random_grade(kinds[number % len(kinds)], luts, draw)
        rows = _stills(photos, draw)
        evidence.append(look_evidence(stored(grade.apply(pixels[rows].float() / 255.0)), model))
        graded.append(grade.apply_colours(bank))
    return Shows(
        torch.stack([each.features for each in evidence]),
        torch.stack([each.amounts for each in evidence]),
        torch.stack(graded),
        torch.arange(count) % len(kinds),
        bank,
    )


def _stills(photos: PhotoSet, draw: torch.Generator) -> Tensor:
    """Rows of the photographs of one show."""
    count = int(torch.randint(FEWEST, MOST + 1, (), generator=draw))
    if float(torch.rand((), generator=draw)) < 0.5:
        return torch.randperm(len(photos), generator=draw)[:count]
    publishers = sorted(set(photos.sources))
    pool: list[int] = []
    for place in torch.randperm(len(publishers), generator=draw).tolist():
        pool += [row for row, source in enumerate(photos.sources) if source == publishers[place]]
        if len(pool) >= FEW_PUBLISHERS:
            break
    return torch.tensor(pool)[torch.randperm(len(pool), generator=draw)[:count]]


def taught(shows: Shows, seed: int, steps: int = STEPS) -> LookNetwork:
    """A network that says the looks of ``shows``, in evaluation mode."""
    torch.manual_seed(seed)
    network = LookNetwork().train()
    network.mean.copy_(shows.features.mean(0))
    network.scale.copy_(shows.features.std(0, correction=0) + 1e-3)
    features = network.normalised(shows.features)
    for member in network.members:
        optimiser = torch.optim.AdamW(member.parameters(), lr=RATE, weight_decay=DECAY)
        for step in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = RATE * (1.0 - step / steps)
            rows = torch.randint(len(features), (BATCH,))
            places = torch.randint(len(shows.bank), (COLOURS_A_STEP,))
            answers = member(features[rows] + JITTER * torch.randn(BATCH, FEATURES))
            looks = look_of(answers, shows.amounts[rows], shows.bank[places].expand(BATCH, -1, -1))
            loss = delta_e_rgb(looks, shows.graded[rows][:, places]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return network.eval()


@torch.inference_mode()
def errors(network: LookNetwork, shows: Shows) -> Tensor:
    """``[S, 2]``: mean DE2000 on the bank of no look and of the network's, to the true one."""
    answers = torch.stack([member(network.normalised(shows.features)) for member in network.members]).mean(0)
    bank = shows.bank.expand(len(answers), -1, -1)
    looks = (bank, look_of(answers, shows.amounts, bank))
    return torch.stack([delta_e_rgb(look, shows.graded).mean(-1) for look in looks], dim=1)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Teach the network that tells looks from graded stills.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--luts", type=Path, required=True)
    parser.add_argument(
        "--blind", nargs="*", default=[], help="LUTs that only score, by parts of their names"
    )
    parser.add_argument("--shows", type=int, default=2000)
    parser.add_argument("--judged", type=int, default=150, help="shows that score")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    photos, held_out = split_by_source(load_photos(options.photos), 0.08, 1)
    luts = [lut for lut in read_luts(options.luts) if not is_for_testing(lut[0])]
    blind = [lut for lut in luts if any(part in lut[0] for part in options.blind)]
    known = [lut for lut in luts if lut not in blind]
    bank = bank_of(photos)
    network = taught(make_up(photos, known, bank, options.shows, seed=options.seed), options.seed)
    judged = make_up(held_out, blind or known, bank, options.judged, seed=options.seed)
    save(network, options.output, card_of(photos, held_out, scores_of(network, judged), options))


def scores_of(network: LookNetwork, judged: Shows) -> dict[str, dict[str, float]]:
    """By kind of grade, mean DE2000 to it without a look and with the network's."""
    found = errors(network, judged)
    means = {kind: found[judged.kinds == place].mean(0).tolist() for place, kind in enumerate(GradeKind)}
    return {kind: {"without": round(none, 3), "with": round(look, 3)} for kind, (none, look) in means.items()}


def card_of(
    photos: PhotoSet, held_out: PhotoSet, scores: dict[str, dict[str, float]], options: argparse.Namespace
) -> dict[str, Any]:
    """The card as JSON values, but for the file's hash."""
    told = {"shows": options.shows, "judged": options.judged, "blind": options.blind}
    return {
        "name": "look",
        "data": {
            "photographs": len(photos),
            "names_sha256": photos.digest,
            "held_out_photographs": len(held_out),
            "held_out_sources": sorted(set(held_out.sources)),
            **told,
        },
        "seed": options.seed,
        "command": _command(options),
        "scores": {"held_out": scores},
        "limits": list(LIMITS),
    }


def _command(options: argparse.Namespace) -> str:
    blind = "".join(f" {part}" for part in ["--blind", *options.blind]) if options.blind else ""
    counts = f"--shows {options.shows} --judged {options.judged} --seed {options.seed}"
    return f"python -m lutnet.training.look_train --photos photos/train --luts luts{blind} {counts} -o look.safetensors"


def save(network: LookNetwork, path: Path, card: dict[str, Any]) -> None:
    """Write the weights, and the card beside them."""
    config = {"look_network": {"features": FEATURES, "members": MEMBERS}}
    digest = weights.save_network(path, dict(network.state_dict()), config)
    write_card(path.with_suffix(".json"), {"sha256": digest, **card})


if __name__ == "__main__":
    main()
