"""The looks in this folder, each as the few lines that make it.

    python luts/recipes.py          # writes <name>.cube beside this file, and <name>.look into lutnet

All are for display-encoded Rec.709, 17 points, 0..1. A look is a taste, not a correction: grade first.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from lutnet.export.cube import write_cube
from lutnet.grade import LUT3D, Grade
from lutnet.looks import SUFFIX, Look, write_look
from lutnet.looks.shelf import SHELF
from lutnet.ops.cdl import luma, saturate
from lutnet.ops.lut3d import identity_lattice

POINTS = 17


def identity(colours: Tensor) -> Tensor:
    """Changes nothing: put it where a LUT should be, and the picture must stay as it is."""
    return colours


def warm_print(colours: Tensor) -> Tensor:
    """A soft print: gentle shoulder and toe, warm highlights, shadows a touch cooler."""
    toned = _s_curve(colours, 0.35)
    return saturate(
        _split_tone(toned, highlights=(0.02, 0.0, -0.03), shadows=(-0.01, 0.0, 0.012)), _amount(0.95)
    )


def cool_night(colours: Tensor) -> Tensor:
    """Evening: darker middle tones, blue in the shadows, pale colours; lamps keep their warmth."""
    toned = colours**1.18
    return saturate(
        _split_tone(toned, highlights=(0.0, 0.0, 0.0), shadows=(-0.015, 0.0, 0.035)), _amount(0.82)
    )


def silver(colours: Tensor) -> Tensor:
    """Silver left in the print: hard, half-coloured."""
    return _s_curve(saturate(colours, _amount(0.5)), 0.6)


def matte(colours: Tensor) -> Tensor:
    """A faded page: blacks lifted, whites held back, colours a little paler."""
    return saturate(0.055 + 0.895 * colours, _amount(0.9))


LOOKS: dict[str, Callable[[Tensor], Tensor]] = {
    look.__name__: look for look in (identity, warm_print, cool_night, silver, matte)
}


def lattice(name: str) -> LUT3D:
    """The look ``name`` of LOOKS as a LUT."""
    return LUT3D(LOOKS[name](identity_lattice(POINTS)).clamp(0.0, 1.0).numpy())


def as_look(name: str) -> Look:
    """The look ``name`` of LOOKS for ``lutnet grade --look``."""
    return Look(name, Grade(lut=lattice(name)), _note(name))


def main() -> None:
    folder = Path(__file__).parent
    for name in LOOKS:
        note = _note(name)
        write_cube(folder / f"{name}.cube", lattice(name), title=f"lutnet {name}", comments=(note,))
        write_look(SHELF / f"{name}{SUFFIX}", as_look(name))


def _note(name: str) -> str:
    return (LOOKS[name].__doc__ or "").splitlines()[0]


def _amount(value: float) -> Tensor:
    return torch.tensor([value])


def _s_curve(colours: Tensor, strength: float) -> Tensor:
    """Blend toward smoothstep, which keeps black, white and their order."""
    return torch.lerp(colours, colours * colours * (3.0 - 2.0 * colours), strength)


def _split_tone(
    colours: Tensor, highlights: tuple[float, float, float], shadows: tuple[float, float, float]
) -> Tensor:
    """Add a tint where the picture is bright and another where it is dark; black and white keep theirs."""
    grey = luma(colours)
    bright, dark = grey * grey * (1.0 - grey) * 6.75, grey * (1.0 - grey) ** 2 * 6.75
    return colours + bright * colours.new_tensor(highlights) + dark * colours.new_tensor(shadows)


if __name__ == "__main__":
    main()
