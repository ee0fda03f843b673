"""What people see of a grading space: a display and a view of OpenColorIO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PyOpenColorIO import CPUProcessor

from lutnet.colourspace.config import UNTONED, ColourConfig, Space
from lutnet.colourspace.pixels import converted
from lutnet.errors import InputError
from lutnet.shot import REC709, ViewName

if TYPE_CHECKING:
    from torch import Tensor

    from lutnet.ops.shaped_lattice import ShapedLattice

LATTICE_POINTS = 65


@dataclass(frozen=True)
class View:
    """``space`` as ``view`` of ``config`` shows it on ``display``.

    identity: the space is that of the display itself, so its values are what people see.
    """

    config: ColourConfig
    space: Space
    display: str
    view: str
    identity: bool

    @classmethod
    def of(
        cls, config: ColourConfig, space: Space, display: str | None = None, view: str | None = None
    ) -> View:
        """The view named, or the usual one.

        A space of a display of standard dynamic range is shown on that display as it is; its ``view`` is then the
        one through which clips of other kinds come into it. Other spaces are shown on Rec.1886 Rec.709.
        Raises InputError for names that are unknown, and displays that do not suit.
        """
        if space.is_seen and space.name in config.displays:
            chosen = space.name if display is None else config.display(display, "--display")
            if chosen != space.name:
                raise InputError(
                    "the grading space is that of a display, and is shown there alone",
                    value=display,
                    allowed=space.name,
                    where="--display",
                )
        else:
            usual = REC709 if REC709 in config.displays else next(iter(config.displays))
            chosen = usual if display is None else config.display(display, "--display")
        named = config.default_view(chosen) if view is None else config.view(chosen, view, "--view")
        if (
            view is None
            and space.encoding == "sdr-video"
            and UNTONED in config.displays[chosen]
            and not space.display
        ):
            named = UNTONED  # a picture already: a tone curve for scenes would be its second
        if config.display_space(chosen, named).encoding == "hdr-video":
            raise InputError(
                "pictures are judged as a display of standard dynamic range shows them",
                value=chosen,
                where="--display",
                fix=f"Name one such as {REC709!r}; the grading space may be of high dynamic range.",
            )
        return cls(config, space, chosen, named, identity=space.name == chosen)

    @property
    def name(self) -> ViewName:
        return ViewName(self.display, self.view, self.config.name)

    def show(self, colours: Tensor) -> Tensor:
        """Colours ``[..., 3]`` of the space as the display gets them, 0..1; OpenColorIO's own arithmetic."""
        return colours if self.identity else converted(self._forward, colours).clamp(0.0, 1.0)

    @cached_property
    def lattice(self) -> ShapedLattice:
        """The view for gradients, which OpenColorIO has not: 65 points a side behind a shaper."""
        from lutnet.ops.shaped_lattice import ShapedLattice

        return ShapedLattice.sampled(self.show, LATTICE_POINTS)

    @cached_property
    def _forward(self) -> CPUProcessor:
        return self.config.shower(self.space, self.display, self.view)
