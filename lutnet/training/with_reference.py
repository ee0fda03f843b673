"""Protocol U-ref: one fault of 43 classes beside an untouched reference, another camera's view of the scene."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.heads import CLEAN, FAULTS, class_amounts
from lutnet.errors import InputError
from lutnet.grade import Fault
from lutnet.ops.detune import detune
from lutnet.refinement.beside import diagnose_by
from lutnet.refinement.correspond import correspond
from lutnet.shot import Frames
from lutnet.training.pairs import VIEW_COLUMNS, second_camera, stored
from lutnet.training.photos import load_photos
from lutnet.training.report import Report, percent
from lutnet.training.scoring import FaultScore, fault_score

SIDE = 160


@dataclass(frozen=True, slots=True)
class ReferenceScore:
    """score: of all frames. named: of those whose pixels were found in the reference. found: their share."""

    score: FaultScore
    named: FaultScore
    found: float
    frames: int


def score_beside(folder: Path, per_photo: int, seed: int, every: int = 1) -> ReferenceScore:
    """Score ``per_photo`` classes, drawn without repetition, on every ``every``-th photograph of ``folder``.

    Raises InputError for a folder without photographs, or an ``every`` below 1.
    """
    if every < 1:
        raise InputError("cannot take every so many photographs", value=every, allowed="1 and above")
    photos = load_photos(folder)
    draw = torch.Generator().manual_seed(seed)
    amounts = class_amounts()
    answers, truths, found = [], [], []
    for image in photos.images[::every]:
        picture = middle(image)
        columns = round(SIDE * VIEW_COLUMNS)
        reference = Frames(second_camera(picture, draw)[None, ..., -columns:])
        for number in torch.randperm(CLEAN + 1, generator=draw)[:per_photo].tolist():
            source = picture[..., :columns]
            spoiled = stored(detune(source.movedim(0, -1), amounts[number]).movedim(-1, 0))
            frames = Frames(spoiled[None])
            shared = correspond(frames, (reference,))
            answers.append(diagnose_by(shared, frames, reference).fault)
            truths.append(None if number == CLEAN else Fault(*FAULTS[number]))
            found.append(shared is not None)
    named = [(answer, truth) for answer, truth, seen in zip(answers, truths, found, strict=True) if seen]
    return ReferenceScore(
        fault_score(answers, truths),
        fault_score(*zip(*named, strict=True)) if named else FaultScore(0.0, 0.0),
        sum(found) / len(found),
        len(found),
    )


def protocol(folder: Path, per_photo: int, seed: int, every: int = 1) -> Report:
    """The report of ``score_beside``."""
    result = score_beside(folder, per_photo, seed, every)
    rows = (
        ("all", percent(1.0), percent(result.score.exact), percent(result.score.neighbour)),
        ("pixels found", percent(result.found), percent(result.named.exact), percent(result.named.neighbour)),
    )
    return Report(
        f"U-ref  one fault of 43 classes beside another view of the scene, {result.frames} frames",
        ("frames", "share", "exact", "or neighbouring level"),
        rows,
        ("Aims: 97 % exact, 99.8 % exact or neighbouring level.",),
    )


def middle(image: Tensor) -> Tensor:
    """The middle square of ``image [3, H, W]`` uint8, ``[3, SIDE, SIDE]`` in 0..1."""
    height, width = image.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = image[None, :, top : top + side, left : left + side].float() / 255.0
    return stored(torch.nn.functional.interpolate(square, (SIDE, SIDE), mode="bicubic", antialias=True)[0])
