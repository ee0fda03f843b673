"""One look for a scene: what its shots' own grades do beyond bringing them to a common state."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from lutnet.grade import CDL
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.fit_lattice import fit_lattice
from lutnet.ops.lut3d import apply_lut3d

UNSEEN = 0.3
"""Mean DE below which a look is none."""

GENTLE = 0.1
"""Prior of the look's CDL: a lattice follows."""

SIZE = 17

Transform = Callable[[Tensor], Tensor]
"""Colours ``[..., 3]`` to colours, encoded as people see them."""


def shared_look(balanced: Tensor, graded: Tensor) -> Transform | None:
    """The one smooth transform that takes ``balanced [P, 3]`` nearest to ``graded [P, 3]``, of all shots of a scene.

    Shots disagree about a look that was guessed; what they agree on is kept. None where it would not be seen.
    """
    if float(delta_e_rgb(balanced, graded).mean()) < UNSEEN:
        return None
    cdl = CDL.fitted(balanced, graded, prior=GENTLE)
    lattice = fit_lattice(cdl.apply(balanced), graded, size=SIZE)
    return lambda colours: apply_lut3d(cdl.apply(colours), lattice)
