"""A show's graded stills, with the ungraded ones where they are known: what a show model learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.diagnosis.network import sample_grid
from lutnet.errors import InputError, MediaError
from lutnet.frames import read_frames, read_shot
from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Pixels, Span
from lutnet.reference import IMAGE_SUFFIXES
from lutnet.timeline import Timeline
from lutnet.timeline.clip_cdl import clip_cdl

GRID = 128
HEIGHT = 256


@dataclass(frozen=True, eq=False, slots=True)
class Still:
    """graded: ``[3, GRID, GRID]`` in 0..1, unmixed pixels. ungraded: the same places, or None if unknown."""

    name: str
    graded: Tensor
    ungraded: Tensor | None = None


def graded_stills(folder: Path) -> tuple[Still, ...]:
    """Every image of ``folder``. Raises InputError where it holds none, MediaError for one that is damaged."""
    return tuple(
        Still(path.name, sample_grid(read_frames(path, count=1, height=HEIGHT).pixels, GRID)[0])
        for path in _images(folder).values()
    )


def paired_stills(ungraded: Path, graded: Path) -> tuple[Still, ...]:
    """Images of the same name in two folders; the kind of file may differ.

    Raises InputError that lists what has no partner, or names a pair of different shapes.
    """
    before, after = _images(ungraded), _images(graded)
    alone = [f"{before[stem].name} (ungraded only)" for stem in before if stem not in after]
    alone += [f"{after[stem].name} (graded only)" for stem in after if stem not in before]
    if alone:
        raise InputError(
            "stills have no partner of the same name",
            value=len(alone),
            allowed="the same file names, but for the suffix, in both folders",
            where=f"{ungraded} and {graded}",
            fix=f"Without partner: {', '.join(alone)}.",
        )
    return tuple(_pair(before[stem], after[stem]) for stem in before)


def timeline_stills(timeline: Timeline) -> tuple[Still, ...]:
    """A frame of every clip that carries a CDL and has its media: before, and as the CDL makes it.

    Raises InputError where no clip does.
    """
    stills = tuple(_of_timeline(timeline))
    if not stills:
        raise InputError(
            "no clip of the timeline carries a CDL and has its media",
            where=timeline.path,
            fix="Export the CDLs with the timeline; say where the media is with --media-root.",
        )
    return stills


def _of_timeline(timeline: Timeline) -> Iterator[Still]:
    for shot in timeline.shots:
        cdl = clip_cdl(timeline.clips[shot.id])
        if cdl is None or shot.skipped is not None:
            continue
        try:
            pixels = read_shot(shot, count=1, height=HEIGHT).pixels
        except MediaError:
            continue  # offline or damaged: the others still say what the show looks like
        before = sample_grid(pixels, GRID)[0]
        yield Still(shot.name, cdl.apply(before.movedim(0, -1)).movedim(-1, 0), before)


def _images(folder: Path) -> dict[str, Path]:
    """The images of ``folder`` by stem, in order."""
    if not folder.is_dir():
        raise InputError("no such folder of stills", value=folder)
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        if path.stem in found:
            raise InputError(
                "two stills have the same name", value=[found[path.stem].name, path.name], where=folder
            )
        found[path.stem] = path
    if not found:
        raise InputError("the folder holds no still", where=folder, allowed=", ".join(IMAGE_SUFFIXES))
    return found


def _pair(ungraded: Path, graded: Path) -> Still:
    before, after = _picture(ungraded), _picture(graded)
    if abs(before.shape[1] / before.shape[0] - after.shape[1] / after.shape[0]) > 0.01:
        raise InputError(
            "a pair of stills is not one picture",
            value=(before.shape[:2], after.shape[:2]),
            allowed="pictures of one shape",
            where=f"{ungraded} and {graded}",
        )
    if before.shape == after.shape:
        # Bars are found where they are black for certain; a grade may have lifted them.
        box = active_box([before])
        before, after = box.crop(before), box.crop(after)
    return Still(ungraded.stem, _on_grid(after), _on_grid(before))


def _picture(path: Path) -> Pixels:
    return next(iter(reader_of(path).read(path, Span(0, 1), 1, HEIGHT))).pixels


def _on_grid(picture: Pixels) -> Tensor:
    return sample_grid(torch.from_numpy(np.ascontiguousarray(picture)).movedim(-1, 0)[None], GRID)[0]
