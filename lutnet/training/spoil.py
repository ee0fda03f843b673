"""Labelled spoiled frames in files, as the paper had them: every right frame with known faults, 8-bit PNG."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lutnet.diagnosis.heads import HEADS, LEVELS
from lutnet.errors import InputError
from lutnet.export.atomic import cannot_write
from lutnet.export.naming import portable_stem
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Pixels, Span
from lutnet.frames.select import most_different
from lutnet.ops.detune import detune
from lutnet.reference import IMAGE_SUFFIXES

NAMES = tuple(head.name for head in HEADS)
LEVELS_PERCENT = (-100, -66, -33, 33, 66, 100)
PAPER_DIRECTIONS = (
    *(("temperature", 1), ("temperature", -1), ("tint", 1), ("contrast", 1)),
    *(("black_point", 1), ("black_point", -1), ("white_point", -1), ("saturation", -1)),
)
PAPER_CLASSES = tuple((name, sign * level) for name, sign in PAPER_DIRECTIONS for level in (33, 66, 100))
"""The paper's 24 classes as far as it names them: eight directions at three levels."""

LABELS_CSV, LABELS_JSON = "labels.csv", "labels.json"


@dataclass(frozen=True, slots=True)
class SpoilSettings:
    """What is wrong with the frames.

    classes: single faults, a correction's name and a level in per cent (one of LEVELS_PERCENT). faults: how
    many at once; 1 writes every class of every frame. per_frame: how many spoiled frames of each where there
    are several faults. strength: with several faults, lowest and highest amount in per cent, drawn between;
    None draws from the levels of the classes. clean: the right frame, too. frames: per video.
    """

    classes: tuple[tuple[str, int], ...] = tuple((name, level) for name in NAMES for level in LEVELS_PERCENT)
    faults: int = 1
    per_frame: int = 8
    strength: tuple[int, int] | None = None
    clean: bool = True
    frames: int = 3
    seed: int = 1

    def __post_init__(self) -> None:
        names = {name for name, _ in self.classes}
        if not 1 <= self.faults <= max(len(names), 1):
            raise InputError(
                "too few or too many faults at once",
                value=self.faults,
                allowed=f"1 to {len(names)} corrections",
            )
        if self.strength is not None and not 0 < self.strength[0] <= self.strength[1] <= 100:
            raise InputError(
                "strengths are out of range", value=self.strength, allowed="above 0 to 100, low first"
            )
        if min(self.per_frame, self.frames) < 1:
            raise InputError("a number of frames is not positive", value=(self.per_frame, self.frames))


@dataclass(frozen=True, slots=True)
class Label:
    """One written frame. fault: ``temperature +66``, ``clean`` or ``several``. amounts: seven, -1..1."""

    file: str
    source: str
    frame: int
    fault: str
    amounts: tuple[float, ...]


def parse_class(text: str) -> tuple[tuple[str, int], ...]:
    """``tint``, ``tint+66`` or ``tint-100`` as classes; ``paper`` is the paper's 24. Raises InputError."""
    if text == "paper":
        return PAPER_CLASSES
    name = text.rstrip("+-0123456789")
    level = text[len(name) :]
    levels = [each for each in LEVELS_PERCENT if not level or level == f"{each:+d}"]
    if name not in NAMES or not levels:
        signs = ", ".join(f"{each:+d}" for each in LEVELS_PERCENT)
        raise InputError(
            "no such fault class",
            value=text,
            allowed=f"paper, or one of {', '.join(NAMES)}, alone or followed by one of {signs}",
        )
    return tuple((name, each) for each in levels)


def spoil_files(sources: Sequence[Path], folder: Path, settings: SpoilSettings) -> tuple[Label, ...]:
    """Write spoiled frames of ``sources`` (stills, videos, folders of stills) and their labels to ``folder``.

    ``folder`` is new or empty, and is written whole or not at all. Equal settings and sources give equal
    files. Raises InputError or MediaError for sources that cannot be used, OutputError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "the folder for spoiled frames is in use", value=folder, allowed="a new or empty folder"
        )
    paths = [path for source in sources for path in _expanded(source)]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", dir=folder.parent))
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        new.chmod(0o755)
        labels = tuple(_written(paths, new, settings))
        _write_labels(new, labels)
        new.replace(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return labels


def draw_amounts(settings: SpoilSettings, draw: torch.Generator) -> list[tuple[str, Tensor]]:
    """Faults of one frame: names as in ``Label.fault``, and amounts ``[7]``."""
    found = [("clean", torch.zeros(len(NAMES)))] if settings.clean else []
    if settings.faults == 1 and settings.strength is None:
        return found + [(f"{name} {level:+d}", _single(name, level)) for name, level in settings.classes]
    return found + [("several" if settings.faults > 1 else "single", _several(settings, draw))
                    for _ in range(settings.per_frame)]  # fmt: skip


def _written(paths: Sequence[Path], folder: Path, settings: SpoilSettings) -> Iterator[Label]:
    draw = torch.Generator().manual_seed(settings.seed)
    taken: set[str] = set()
    for path in paths:
        stem = _unused(portable_stem(path.stem), taken)
        for index, pixels in _pictures(path, settings.frames):
            colours = torch.from_numpy(pixels)
            for number, (fault, amounts) in enumerate(draw_amounts(settings, draw)):
                name = f"{stem}_{index:06d}_{number:03d}.png"
                spoiled = (detune(colours, amounts) if bool(amounts.any()) else colours).clamp(0.0, 1.0)
                codes = (spoiled * 255.0).round().to(torch.uint8).numpy()
                Image.fromarray(codes).save(folder / name)
                yield Label(name, path.name, index, fault, tuple(round(float(a), 6) for a in amounts))


def _pictures(path: Path, count: int) -> Iterator[tuple[int, Pixels]]:
    reader = reader_of(path)
    length = max(reader.probe(path).frame_count, 1)
    for picture in most_different(list(reader.read(path, Span(0, length), count, 1 << 16)), count):
        yield picture.index, np.ascontiguousarray(picture.pixels)


def _expanded(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(path for path in source.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    if not found:
        raise InputError("the folder holds no still", where=source, allowed=", ".join(IMAGE_SUFFIXES))
    return found


def _unused(stem: str, taken: set[str]) -> str:
    name, number = stem, 2
    while name.lower() in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name.lower())
    return name


def _single(name: str, percent: int) -> Tensor:
    amounts = torch.zeros(len(NAMES))
    # 33 and 66 are names of a third and two thirds.
    amounts[NAMES.index(name)] = min(LEVELS, key=lambda level: abs(level - percent / 100))
    return amounts


def _several(settings: SpoilSettings, draw: torch.Generator) -> Tensor:
    """``faults`` different corrections, each at one of its classes, or of any strength in its directions."""
    by_name: dict[str, list[int]] = {}
    for name, level in settings.classes:
        by_name.setdefault(name, []).append(level)
    names = list(by_name)
    amounts = torch.zeros(len(NAMES))
    for place in torch.randperm(len(names), generator=draw)[: settings.faults].tolist():
        levels = by_name[names[place]]
        level = levels[int(torch.randint(len(levels), (), generator=draw))]
        amount = float(_single(names[place], level)[NAMES.index(names[place])])
        if settings.strength is not None:
            low, high = (percent / 100 for percent in settings.strength)
            strength = low + (high - low) * float(torch.rand((), generator=draw))
            amount = strength if amount > 0 else -strength
        amounts[NAMES.index(names[place])] = amount
    return amounts


def _write_labels(folder: Path, labels: Sequence[Label]) -> None:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("file", "source", "frame", "fault", *NAMES))
    rows.writerows((each.file, each.source, each.frame, each.fault, *each.amounts) for each in labels)
    (folder / LABELS_CSV).write_text(text.getvalue(), encoding="utf-8", newline="")
    entries = [
        {
            "file": each.file,
            "source": each.source,
            "frame": each.frame,
            "fault": each.fault,
            "amounts": dict(zip(NAMES, each.amounts, strict=True)),
        }
        for each in labels
    ]
    (folder / LABELS_JSON).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
