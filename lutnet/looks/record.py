"""A look as a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from lutnet.errors import InputError
from lutnet.grade import LUT3D, Grade
from lutnet.shot import REC709

LONGEST_NAME, LONGEST_CAPTION = 80, 400
"""Signs."""


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """``grade`` (CDL, then LUT) of encoded colours, for pictures that are balanced already.

    name, caption: one line each; the caption says what the look does or rests on. space: OpenColorIO's name of
    the encoding that it takes and gives: that of the display on which people see the picture.
    """

    name: str
    grade: Grade = field(default_factory=Grade)
    caption: str = ""
    space: str = REC709

    def __post_init__(self) -> None:
        for what, text, longest in (
            ("name", self.name, LONGEST_NAME),
            ("caption", self.caption, LONGEST_CAPTION),
            ("space", self.space, LONGEST_NAME),
        ):
            if len(text) > longest or not text.isprintable() or not (text.strip() or what == "caption"):
                raise InputError(
                    f"a look's {what} cannot be this",
                    value=text,
                    allowed=f"one line of up to {longest} printable signs",
                )

    def lut(self, strength: float = 1.0, size: int = 33) -> LUT3D:
        """CDL and LUT at ``strength`` (0 nothing, 1 the look) as one LUT of ``size`` points, values in 0..1.

        Raises InputError for a strength that is negative or above 4.
        """
        import torch

        from lutnet.ops.lut3d import identity_lattice

        if not 0.0 <= strength <= 4.0:
            raise InputError("strength is out of range", value=strength, allowed="0 to 4, 1 is the look")
        still = identity_lattice(size)
        return LUT3D(torch.lerp(still, self.grade.apply_colours(still), strength).clamp(0.0, 1.0).numpy())
