"""Stability: grades from two disjoint sets of frames of one shot, compared on the shot's own frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.diagnosis import diagnose
from lutnet.diagnosis.model import DiagnosisModel
from lutnet.frames.bars import active_box
from lutnet.frames.readers import is_readable, reader_of
from lutnet.frames.record import Span
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.report import Report
from lutnet.training.scoring import Spread
from lutnet.training.seen_scenes import EDITED

FRAMES, ASKED, HEIGHT = 72, 6, 256
"""Frames of a shot, and how many of them the reader is asked for: it gives up to twice as many, so that each of the two
sets has about six, as many as a shot that is graded is judged by."""

AIM = 0.5


def differences(folder: Path, model: DiagnosisModel) -> Iterator[tuple[str, float]]:
    """Per shot of ``folder`` (the beginning and the middle of every clip that is one take) its name and the mean
    DE2000 between the grades of its even and of its odd candidate frames."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv" or path.name.startswith(EDITED) or not is_readable(path):
            continue
        length = reader_of(path).probe(path).frame_count
        for start in (0, length // 2) if length >= 2 * FRAMES else (0,):
            frames = _candidates(path, Span(start, min(start + FRAMES, length)))
            if len(frames) < 2:
                continue
            yield f"{path.name} {start}", _apart(frames, model)


def protocol(folder: Path, model: DiagnosisModel) -> Report:
    """The report of ``differences``."""
    found = list(differences(folder, model))
    spread = Spread.of([value for _, value in found])
    worst = sorted(found, key=lambda pair: -pair[1])[:5]
    return Report(
        f"Stability  grades from two disjoint sets of frames, {len(found)} shots: mean DE2000 between them",
        ("shots", "mean", "median", "95 %"),
        (("all", f"{spread.mean:.2f}", f"{spread.median:.2f}", f"{spread.p95:.2f}"),),
        (
            f"Aim: {AIM} at 95 %. Each set holds about six frames, as many as a shot is graded by.",
            "Farthest apart: " + ", ".join(f"{name} {value:.2f}" for name, value in worst) + ".",
        ),
    )


def _apart(frames: Tensor, model: DiagnosisModel) -> float:
    one, other = (diagnose(part, model=model).grade for part in (frames[::2], frames[1::2]))
    colours = frames.movedim(1, -1)[:, ::4, ::4].reshape(-1, 3)
    return float(delta_e_rgb(one.apply_colours(colours), other.apply_colours(colours)).mean())


def _candidates(path: Path, span: Span) -> Tensor:
    pictures = list(reader_of(path).read(path, span, ASKED, HEIGHT))
    box = active_box([picture.pixels for picture in pictures])
    return torch.from_numpy(np.stack([box.crop(picture.pixels) for picture in pictures])).movedim(-1, 1)
