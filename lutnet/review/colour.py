"""The colours of a package: its grading space, the way into it, and the view through which people judge."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lutnet.colourspace import BUILTIN, ColourManagement, ColourSettings, colour_management
from lutnet.errors import InputError
from lutnet.export.run import RunSettings
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Picture as Decoded
from lutnet.frames.record import Pixels
from lutnet.grade import Grade
from lutnet.ops.shaped_lattice import ShapedLattice
from lutnet.shot import LOGARITHMIC, REC709, SCENE_LINEAR, Shot

Picture = npt.NDArray[np.uint8]

VIEW = "view"
"""Name of the lattice of the view; those of clips have the names of their spaces."""


class Colours:
    """What a package was graded under.

    config: the OpenColorIO configuration, where it was not the built-in one: no path in a package is followed.
    Raises InputError where another one is needed, or the space or the view is unknown in it.
    """

    def __init__(self, settings: RunSettings, config: Path | None = None) -> None:
        self.management = _management(settings, config)

    @property
    def view_lattice(self) -> ShapedLattice | None:
        """The view; None where the values of the grading space are what people see."""
        view = self.management.view
        return None if view.identity else view.lattice

    def converts(self, space: str | None) -> bool:
        """Whether media in ``space`` (None: as the grading node gets it) is not in the grading space already."""
        return space is not None and space != self.management.space.name

    def developed(self, colours: Tensor, space: str | None) -> Tensor:
        """Colours ``[..., 3]`` of media in ``space``, in the grading space, 0..1."""
        if space is None or not self.converts(space):
            return colours
        return self.management.developed_colours(colours, space).clamp(0.0, 1.0)

    def made_for(self, shot: Shot) -> tuple[str, ...]:
        """What pictures of ``shot`` depend on beside its media."""
        return () if is_film(shot) else (repr(shot.space), repr(self.management.settings.facts))

    def graded_as(self, shot: Shot, decoded: Decoded) -> Pixels:
        """Pixels of a still in the grading space, 0..1: from the space that ``shot`` names, else that the file does.

        Eight bits and a table do for what was made for a screen; what holds light as it was has to be converted first.
        """
        stated = None if decoded.space in (REC709, SCENE_LINEAR, LOGARITHMIC) else decoded.space
        pixels: Pixels = self.developed(torch.from_numpy(decoded.pixels), shot.space or stated).numpy()
        return pixels.clip(0.0, 1.0)

    def picture(self, picture: Picture, grade: Grade, space: str | None) -> Picture:
        """``picture [H, W, 3]`` of media in ``space`` through ``grade``, as people see it."""
        pixels = self.developed(torch.from_numpy(picture).float() / 255.0, space)
        seen = self.management.view.show(grade.apply_colours(pixels))
        shown: Picture = (seen.clamp(0.0, 1.0) * 255.0).round().byte().numpy()
        return shown

    def lattice_bytes(self, name: str) -> bytes:
        """A shaped lattice for the page: points of the curve, points a side, curve, ``[b, g, r, 3]``; float32.

        name: VIEW, or the space of a clip. Raises InputError for one that is unknown or does nothing.
        """
        lattice = self.view_lattice if name == VIEW else self._into(name)
        if lattice is None:
            raise InputError("no such transform", value=name)
        curve, table = lattice.curve[:, 0].numpy(), lattice.lattice.permute(2, 1, 0, 3).numpy()
        head = np.array([len(curve), table.shape[0]], "<f4")
        return head.tobytes() + curve.astype("<f4").tobytes() + table.astype("<f4").tobytes()

    def _into(self, space: str) -> ShapedLattice | None:
        return _sampled(self, space) if self.converts(space) else None


def is_film(shot: Shot) -> bool:
    """Whether the media of ``shot`` is a film: no still and no image sequence."""
    return shot.media is not None and reader_of(Path(shot.media)).name == "video"


@lru_cache(maxsize=8)
def _sampled(colours: Colours, space: str) -> ShapedLattice:
    return ShapedLattice.sampled(partial(colours.developed, space=space))


def _management(settings: RunSettings, config: Path | None) -> ColourManagement:
    view = settings.view
    if view is None:
        return colour_management(ColourSettings(space=settings.space, config=config))
    if view.config != BUILTIN and config is None:
        raise InputError(
            "the package was graded under another OpenColorIO configuration",
            value=view.config,
            fix="Name it with --ocio FILE.",
        )
    return colour_management(
        ColourSettings(space=settings.space, display=view.display, view=view.view, config=config)
    )
