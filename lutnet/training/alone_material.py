"""Frames whose fault is known, each with its own, and what the diagnosis says of them at both looks.

Half of the detunes are of protocol M, half of the training mix; a quarter of the frames are worn. Half have twice as
many pixels a side as the sampling grid, so that the mirrored view sees other ones, and half have none to spare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.alone_network import Alone, Glance
from lutnet.diagnosis.content import content_of
from lutnet.diagnosis.evidence import Evidence, pooled
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.network import Verdict, sample_grid
from lutnet.diagnosis.predict import views_of
from lutnet.diagnosis.shipped import fingerprint
from lutnet.ops.detune import undo
from lutnet.training.kept import in_parts
from lutnet.training.photos import PhotoSet
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
from lutnet.training.scene_material import COLOURS, WORN, WORN_SHARE, colours, judged

AT_ONCE = 16
"""Frames that are drawn together: their number and the seed say all of them."""

PER_FILE = 512
WHOLE = 0.6
"""Share of frames that show a photograph whole; the others show at least 60 % of each side."""

_PLACES = 21**2


@dataclass(frozen=True, eq=False, slots=True)
class Material:
    """S frames. amounts: ``[S, 7]``. alone: what the diagnosis says of each, in half precision. spoiled and right:
    uint8 ``[S, COLOURS, 3]``."""

    amounts: Tensor
    alone: Alone
    spoiled: Tensor
    right: Tensor

    def __len__(self) -> int:
        return len(self.amounts)

    def said(self, rows: Tensor) -> Alone:
        """What the diagnosis says of ``rows``."""
        return _mapped(self.alone, lambda every: every[rows].float())


def make_up(photos: PhotoSet, count: int, *, seed: int, keep: Path | None = None) -> Material:
    """``count`` frames of ``photos`` (less those of which nothing can be told), diagnosed by the weights that ship.

    keep: a folder where finished parts are left, and taken from where those of this diagnosis are there already.
    """
    name = f"alone_{photos.digest[:12]}_{fingerprint(default_model().network)[:12]}_{seed}"

    def made(first: int, last: int) -> Mapping[str, Tensor]:
        return _as_tensors(joined(_groups(photos, first, last, seed)))

    return joined(_of_tensors(part) for part in in_parts(made, count, PER_FILE, name, keep))


def spoiled_by(photos: PhotoSet, amounts: Tensor, draw: torch.Generator) -> Material:
    """Every photograph, whole and flawless, spoiled by its row of ``amounts [len(photos), 7]``: to judge by."""
    boxes = torch.tensor([0.0, 0.0, 1.0, 1.0]).expand(len(photos), 4)
    straight = torch.zeros(len(photos), dtype=torch.bool)
    views = Views(torch.arange(len(photos)), boxes, straight, torch.ones(len(photos)))
    grid = default_model().network.config.grid
    return joined(
        _diagnosed(take_views(photos, _some(views, rows), grid), amounts[rows], None, draw)
        for rows in torch.split(torch.arange(len(photos)), AT_ONCE)
    )


def joined(parts: Iterable[Material]) -> Material:
    whole = [_as_tensors(part) for part in parts]
    return _of_tensors({name: torch.cat([part[name] for part in whole]) for name in whole[0]})


def _groups(photos: PhotoSet, first: int, last: int, seed: int) -> Iterator[Material]:
    for start in range(first, last, AT_ONCE):
        yield _group(photos, start // AT_ONCE, seed)


def _group(photos: PhotoSet, number: int, seed: int) -> Material:
    """AT_ONCE frames."""
    draw = torch.Generator().manual_seed(seed * 1_000_003 + number)
    half = AT_ONCE // 2
    amounts = torch.cat((seven_amounts(half, draw), draw_faults(AT_ONCE - half, Mix(), draw).amounts))
    views = draw_views(AT_ONCE, len(photos), 0.0, draw)
    boxes = views.boxes.clone()
    boxes[torch.rand(AT_ONCE, generator=draw) < WHOLE] = torch.tensor([0.0, 0.0, 1.0, 1.0])
    size = default_model().network.config.grid * (1 + number % 2)
    worn = torch.rand(AT_ONCE, generator=draw) < WORN
    return _diagnosed(take_views(photos, replace(views, boxes=boxes), size), amounts, worn, draw)


@torch.inference_mode()
def _diagnosed(clean: Tensor, amounts: Tensor, worn: Tensor | None, draw: torch.Generator) -> Material:
    """``clean`` uint8 ``[B, 3, S, S]`` spoiled by ``amounts``, and where ``worn [B]``, worn."""
    model = default_model()
    spoiled = detune_bytes(clean, amounts)
    frames = quantised(spoiled)
    if worn is not None and bool(worn.any()):
        frames[worn] = wear_out(spoiled[worn], draw_wear(int(worn.sum()), WORN_SHARE, draw))
    straight, mirrored = views_of(frames, model)
    content = content_of(straight)
    tell = content.telling & content.coloured
    alone = both_looks_each(straight[tell], mirrored[tell], model)
    places = torch.randperm(_PLACES, generator=draw)[:COLOURS]
    grid = model.network.config.grid
    shown = (sample_grid(spoiled, grid) * 255.0).round().byte(), sample_grid(clean, grid)
    return Material(
        amounts[tell], _mapped(alone, Tensor.half), *(colours(each[tell], places) for each in shown)
    )


@torch.inference_mode()
def both_looks_each(straight: Tensor, mirrored: Tensor, model: DiagnosisModel) -> Alone:
    """What ``predict.both_looks`` says of each of the frames ``[B, 3, G, G]``, all at once, in half precision."""
    count = len(straight)
    verdict = judged(torch.cat((straight, mirrored)), model.network)
    views = [_part(verdict, [row, count + row]) for row in range(count)]
    first = [pooled([each], model.calibration) for each in views]
    repair = torch.stack([each.repair for each in first])
    pixels = straight.movedim(1, -1).flatten(1, 2)
    repaired = undo(pixels, repair.unsqueeze(1)).view_as(straight.movedim(1, -1)).movedim(-1, 1)
    again = judged(repaired.contiguous(), model.network)
    second = [pooled([_part(again, [row])], model.calibration) for row in range(count)]
    return Alone(_glance(views, first), _glance([_part(again, [row]) for row in range(count)], second))


def _glance(views: list[Verdict], said: list[Evidence]) -> Glance:
    return Glance(
        torch.stack([each.vector.mean(0) for each in views]),
        torch.stack([each.hidden.mean(0) for each in views]),
        torch.stack([each.levels for each in said]),
        torch.stack([each.repair for each in said]),
        torch.tensor([each.clean for each in said]),
    )


def _part(verdict: Verdict, rows: list[int]) -> Verdict:
    return Verdict(*(getattr(verdict, part.name)[rows] for part in fields(Verdict)))


def _some(views: Views, rows: Tensor) -> Views:
    return Views(*(getattr(views, part.name)[rows] for part in fields(Views)))


def _mapped(alone: Alone, done: Callable[[Tensor], Tensor]) -> Alone:
    """``alone`` with every tensor ``done``."""
    looks = (alone.first, alone.second)
    return Alone(*(Glance(*(done(getattr(look, part.name)) for part in fields(Glance))) for look in looks))


def _as_tensors(frames: Material) -> dict[str, Tensor]:
    said = {
        f"{look.name}.{part.name}": getattr(getattr(frames.alone, look.name), part.name)
        for look in fields(Alone)
        for part in fields(Glance)
    }
    return {"amounts": frames.amounts, "spoiled": frames.spoiled, "right": frames.right, **said}


def _of_tensors(tensors: Mapping[str, Tensor]) -> Material:
    looks = (
        Glance(*(tensors[f"{look.name}.{part.name}"] for part in fields(Glance))) for look in fields(Alone)
    )
    return Material(tensors["amounts"], Alone(*looks), tensors["spoiled"], tensors["right"])
