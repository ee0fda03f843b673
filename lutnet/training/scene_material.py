"""Made-up scenes whose fault is known: photographs under one detune, and what the diagnosis says of each.

Half of the detunes are of protocol M, half of the training mix; in a fifth of the scenes the shots show one to three
photographs only, cropped anew each time, because shots that are alike are worth less than many; the frames of a quarter
are worn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import DiagnosisNetwork, Verdict
from lutnet.diagnosis.scene_network import Shots
from lutnet.diagnosis.shipped import fingerprint
from lutnet.training.kept import in_parts
from lutnet.training.photos import PhotoSet
from lutnet.training.precision import quick_look
from lutnet.training.sampling import (
    Mix,
    Views,
    detune_bytes,
    draw_faults,
    draw_views,
    draw_wear,
    quantised,
    seven_amounts,
    take_views,
    wear_out,
)

SHOTS = 8
AT_ONCE = 8
"""Scenes that are drawn together: their number and the seed say all of them."""

PER_FILE = 400
COLOURS = 48
ALIKE, FEW = 0.2, 3
"""Share of scenes whose shots show at most FEW photographs."""

WHOLE, WORN, WORN_SHARE = 0.5, 0.25, 0.8
_STRIDE = 6


@dataclass(frozen=True, eq=False, slots=True)
class Material:
    """S scenes of SHOTS shots. amounts: ``[S, 7]``. alike: ``[S]`` bool. The diagnosis' answers: hidden ``[S, N, H]``,
    levels ``[S, N, 7, 7]``, repair ``[S, N, 7]``, clean ``[S, N]``. spoiled and right: uint8 ``[S, N, COLOURS, 3]``."""

    amounts: Tensor
    alike: Tensor
    hidden: Tensor
    levels: Tensor
    repair: Tensor
    clean: Tensor
    spoiled: Tensor
    right: Tensor

    def __len__(self) -> int:
        return len(self.amounts)

    def shots(self, scenes: Tensor, chosen: Tensor) -> Shots:
        """Shots ``chosen [B, N]`` of ``scenes [B, 1]``."""
        said = (self.hidden, self.levels, self.repair, self.clean)
        return Shots(*(each[scenes, chosen].float() for each in said))


def make_up(photos: PhotoSet, count: int, *, seed: int, keep: Path | None = None) -> Material:
    """At least ``count`` scenes of ``photos``, diagnosed by the weights that ship.

    keep: a folder where finished parts are left, and taken from where those of this diagnosis are there already.
    """
    name = f"{photos.digest[:12]}_{fingerprint(default_model().network)[:12]}_{seed}"

    def made(first: int, last: int) -> dict[str, Tensor]:
        whole = _joined(_groups(photos, first, last, seed))
        return {part.name: getattr(whole, part.name) for part in fields(Material)}

    return _joined(Material(**part) for part in in_parts(made, count, PER_FILE, name, keep))


def _joined(parts: Iterable[Material]) -> Material:
    whole = list(parts)
    return Material(
        **{part.name: torch.cat([getattr(each, part.name) for each in whole]) for part in fields(Material)}
    )


def _groups(photos: PhotoSet, first: int, last: int, seed: int) -> Iterator[Material]:
    for start in range(first, last, AT_ONCE):
        yield _group(
            photos, torch.Generator().manual_seed(seed * 1_000_003 + start // AT_ONCE), default_model()
        )


@torch.inference_mode()
def _group(photos: PhotoSet, draw: torch.Generator, model: DiagnosisModel) -> Material:
    """AT_ONCE scenes."""
    half = AT_ONCE // 2
    amounts = torch.cat((seven_amounts(half, draw), draw_faults(AT_ONCE - half, Mix(), draw).amounts))
    alike, views = _views(photos, draw)
    clean = take_views(photos, views, model.network.config.grid)
    spoiled = detune_bytes(clean, amounts.repeat_interleave(SHOTS, 0))
    seen = quantised(spoiled)
    worn = (torch.rand(AT_ONCE, generator=draw) < WORN).repeat_interleave(SHOTS)
    if bool(worn.any()):
        seen[worn] = wear_out(spoiled[worn], draw_wear(int(worn.sum()), WORN_SHARE, draw))
    verdict = judged(seen, model.network)
    calibration = model.calibration
    temperatures = torch.tensor(calibration.level_temperatures).view(-1, 1)
    places = torch.randperm(len(range(_STRIDE // 2, clean.shape[-1], _STRIDE)) ** 2, generator=draw)[:COLOURS]
    said = (
        verdict.hidden.half(),
        (verdict.levels / temperatures).log_softmax(-1).half(),
        verdict.repair * calibration.strength,
        (verdict.fault / calibration.fault_temperature).softmax(-1)[:, CLEAN],
        (colours(spoiled, places) * 255.0).round().byte(),
        colours(clean, places),
    )
    return Material(amounts, alike, *(each.view(AT_ONCE, SHOTS, *each.shape[1:]) for each in said))


def _views(photos: PhotoSet, draw: torch.Generator) -> tuple[Tensor, Views]:
    """Which scenes are of few photographs ``[AT_ONCE]``, and what all shots show, scene by scene."""
    alike = torch.rand(AT_ONCE, generator=draw) < ALIKE
    shown = torch.stack([torch.randperm(len(photos), generator=draw)[:SHOTS] for _ in range(AT_ONCE)])
    few = torch.randint(1, FEW + 1, (AT_ONCE,), generator=draw)
    for scene in alike.nonzero().flatten().tolist():
        shown[scene] = shown[scene][torch.randint(int(few[scene]), (SHOTS,), generator=draw)]
    drawn = draw_views(AT_ONCE * SHOTS, len(photos), 0.0, draw)
    corners, sides = torch.split(drawn.boxes.view(AT_ONCE, SHOTS, 4), 2, dim=-1)
    larger = torch.where(alike.view(-1, 1, 1), 0.5 + 0.5 * sides, sides)
    boxes = torch.cat((corners / (1.0 - sides + 1e-6) * (1.0 - larger), larger), dim=-1)
    boxes[~alike & (torch.rand(AT_ONCE, generator=draw) < WHOLE)] = torch.tensor([0.0, 0.0, 1.0, 1.0])
    mirrored = drawn.mirrored & ~alike.repeat_interleave(SHOTS)
    return alike, Views(shown.flatten(), boxes.flatten(0, 1), mirrored, drawn.joined)


def judged(frames: Tensor, network: DiagnosisNetwork) -> Verdict:
    with quick_look(frames.device.type):
        features = network.trunk(frames)
    return network.judge(features)


def colours(frames: Tensor, places: Tensor) -> Tensor:
    """Colours ``[B, COLOURS, 3]`` of ``frames [B, 3, H, W]``."""
    thin = frames[:, :, _STRIDE // 2 :: _STRIDE, _STRIDE // 2 :: _STRIDE]
    return thin.movedim(1, -1).flatten(1, 2)[:, places]
