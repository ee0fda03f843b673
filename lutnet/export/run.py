"""What a run was asked for, as the package states it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from lutnet.errors import GradeFileError
from lutnet.export.naming import safe_stem
from lutnet.result import LutPer
from lutnet.shot import REC709, ViewName

LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class UsedWeights:
    """Weights of the diagnosis that are not those which ship. name: of the file. sha256: of its content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class UsedLook:
    """The look that was put behind every clip's balance. name: its file's stem. content: of the file; sha256: of it."""

    name: str
    sha256: str
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, path: Path) -> UsedLook:
        """Raises GradeFileError where the file cannot be read."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise GradeFileError("look file cannot be read", value=error.strerror, where=path) from error
        return cls(path.stem, hashlib.sha256(content).hexdigest(), content)

    @property
    def path(self) -> str:
        """Where the package keeps it."""
        return f"{LOOKS}/{safe_stem(self.name)}.look"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run was asked for, as the package states it.

    version: of lutnet. space: OpenColorIO name of the grading space. strength: 0 and above.
    reference: what shots were matched to, in words or as a path; None for corrections alone.
    bake: one LUT holds CDL and LUT; every CDL is then written as the identity, so that none is applied twice.
    weights: of the diagnosis; None are those that ship.
    view: through which people see the grading space; None where it is that of a display itself.
    cdl_only: no LUT was fitted, each CDL stands alone. keep_brightness: each shot's mean luma was kept.
    look: behind every clip's balance, which was done at ``balance``; strength is then the look's.
    lut_per: which clips have one LUT together. split: clips were cut in two where their light changes.
    """

    version: str
    space: str = REC709
    strength: float = 1.0
    reference: str | None = None
    bake: bool = False
    weights: UsedWeights | None = None
    view: ViewName | None = None
    cdl_only: bool = False
    keep_brightness: bool = False
    look: UsedLook | None = None
    balance: float = 1.0
    lut_per: LutPer = LutPer.CLIP
    split: bool = False

    @property
    def said(self) -> str:
        """What was asked for, in a few words for people."""
        asked = [] if self.reference is None else [f"matched to {self.reference}"]
        if self.look is not None:
            balance = "" if self.balance == 1.0 else f", balance {self.balance:g}"
            asked.append(f"look {self.look.name}{balance}")
        if not asked:
            asked.append("faults corrected, no reference")
        if self.strength != 1.0:
            asked.append(f"strength {self.strength:g}")
        wishes = {"CDL only": self.cdl_only, "baked": self.bake, "brightness kept": self.keep_brightness}
        return "   ".join((*asked, *(word for word, wanted in wishes.items() if wanted)))
