"""Which part of a frame spoke for a correction: what the answer loses when that part is not seen.

Every part in turn is covered by another part of the same frame, so that histograms lose it as well as the trunk
does; by how much a correction's level then falls is what the part had said for it. It holds for whatever
network and features gave the answer.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from lutnet.diagnosis.heads import HEADS
from lutnet.diagnosis.model import DiagnosisModel, default_model
from lutnet.diagnosis.predict import levels_of
from lutnet.diagnosis.words import findings, sentence
from lutnet.errors import InputError
from lutnet.export.lettering import BRIGHT, PLAIN, put
from lutnet.grade import Diagnosis
from lutnet.shot import Frames

PARTS = 8
"""Rows and columns of parts."""

_AT_ONCE = 16
_PANEL = 360  # pixels wide
_MARGIN, _LINE = 16, 22
_SURROUND = (38, 38, 38)
_FOR = np.array([255, 150, 40], np.float32)
_AGAINST = np.array([60, 140, 255], np.float32)
_LEAST = 1e-3  # of a level: below it no part said anything


@dataclass(frozen=True, eq=False, slots=True)
class Explanation:
    """frame: ``[3, H, W]`` in 0..1. maps: by correction ``[PARTS, PARTS]``, top row first; how much of the
    level (signed as the level is) each part spoke for, above 0, or against, below."""

    frame: Tensor
    maps: dict[str, Tensor]


def explain(frames: Tensor | Frames, *, model: DiagnosisModel | None = None) -> Explanation:
    """The parts of the middle one of ``frames [N, 3, H, W]`` that spoke for each correction.

    Raises InputError for frames that ``diagnose`` would refuse, or that are smaller than the parts.
    """
    shot = frames if isinstance(frames, Frames) else Frames(frames)
    frame = shot.pixels[len(shot) // 2].float().clamp(0.0, 1.0)
    if min(frame.shape[-2:]) < 2 * PARTS:
        raise InputError(
            "the frame is too small to be explained", value=tuple(frame.shape), where=shot.source
        )
    model = model or default_model()
    whole = levels_of(frame[None], model)[0]
    covered = torch.cat([levels_of(part, model) for part in torch.split(_covered(frame), _AT_ONCE)])
    # Twice covered, from two other places: what the cover itself says is halved.
    lost = (whole - covered).view(2, PARTS, PARTS, len(HEADS)).mean(0) * whole.sign()
    return Explanation(frame, {head.name: lost[..., row] for row, head in enumerate(HEADS)})


def explanation_png(explanation: Explanation, diagnosis: Diagnosis) -> bytes:
    """The frame beside one copy of it for every finding, with the parts that spoke for it (orange) or against
    it (blue), as the content of a PNG file."""
    found = findings(diagnosis)
    height, width = explanation.frame.shape[-2:]
    size = (_PANEL, max(16, round(height * _PANEL / width)))
    frame = Image.fromarray((explanation.frame.movedim(0, -1).numpy() * 255.0).round().astype(np.uint8))
    panels = [(frame.resize(size), "the frame" if found else "the frame: leave alone")]
    panels += [
        (_overlaid(frame.resize(size), explanation.maps[head.name]), sentence(head, correction))
        for head, correction in found
    ]
    columns = min(len(panels), 4)
    rows = -(-len(panels) // columns)
    cell = (size[0] + _MARGIN, size[1] + _LINE + _MARGIN)
    sheet = Image.new("RGB", (_MARGIN + columns * cell[0], _MARGIN + rows * cell[1] + _LINE), _SURROUND)
    draw = ImageDraw.Draw(sheet)
    for number, (panel, words) in enumerate(panels):
        left, top = _MARGIN + number % columns * cell[0], _MARGIN + number // columns * cell[1]
        sheet.paste(panel, (left, top))
        put(draw, (left, top + size[1] + 4), words, 14, BRIGHT, room=size[0])
    words = (
        "orange: this part speaks for it, blue: against it; each panel is scaled to its own strongest part"
    )
    put(draw, (_MARGIN, sheet.height - _LINE), words, 12, PLAIN, room=sheet.width - 2 * _MARGIN)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _covered(frame: Tensor) -> Tensor:
    """The frame without each of its parts, ``[2 * PARTS * PARTS, 3, H, W]``."""
    height, width = frame.shape[-2:]
    rows = torch.arange(height) * PARTS // height
    columns = torch.arange(width) * PARTS // width
    part = rows.unsqueeze(1) * PARTS + columns
    covers = (frame.roll((height // 2, width // 2), (1, 2)), frame.roll(width // 2, 2))
    return torch.stack([
        torch.where(part == number, cover, frame) for cover in covers for number in range(PARTS * PARTS)
    ])  # fmt: skip


def _overlaid(frame: Image.Image, spoken: Tensor) -> Image.Image:
    strongest = max(float(spoken.abs().max()), _LEAST)
    shares = Image.fromarray((spoken / strongest).numpy().astype(np.float32)).resize(
        frame.size, Image.Resampling.BICUBIC
    )
    share = np.asarray(shares)[..., None].clip(-1.0, 1.0)
    grey = np.asarray(frame.convert("L").convert("RGB"), np.float32) * 0.6
    tint = np.where(share > 0, _FOR, _AGAINST)
    mixed = grey + np.abs(share) * 0.75 * (tint - grey)
    return Image.fromarray(mixed.round().clip(0, 255).astype(np.uint8))
