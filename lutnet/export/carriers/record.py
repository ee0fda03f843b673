"""What every carrier gets, and what every carrier is: the two records between the table and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lutnet.errors import OutputError
from lutnet.grade import CDL, Grade
from lutnet.shot import Shot


@dataclass(frozen=True, slots=True)
class CarriedClip:
    """One clip to carry. stem: of its file names, unique. grade: as exported; None for a skipped clip."""

    shot: Shot
    stem: str
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The grades of one timeline, to be put into files.

    name: stem of the timeline's own files. space: the grading space. rate: of the timeline.
    """

    name: str
    version: str
    space: str
    rate: Fraction
    clips: tuple[CarriedClip, ...]

    @property
    def graded(self) -> tuple[tuple[CarriedClip, Grade], ...]:
        return tuple((clip, clip.grade) for clip in self.clips if clip.grade is not None)

    @property
    def tracks(self) -> tuple[tuple[str, tuple[CarriedClip, ...]], ...]:
        """Per video track the stem of its list (``cut``, then ``cut_V2``) and its clips."""
        numbers = sorted({clip.shot.track for clip in self.clips})
        return tuple(
            (
                self.name if number == numbers[0] else f"{self.name}_V{number}",
                tuple(clip for clip in self.clips if clip.shot.track == number),
            )
            for number in numbers
        )

    @property
    def note(self) -> str:
        """What every file says of itself, in one line."""
        return f"lutnet {self.version} ; input {self.space} ; output {self.space}"


@dataclass(frozen=True, slots=True)
class CarrierFile:
    """A file to write: its name, without folders, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way to hand grades over.

    name: as ``--carrier`` takes it. writes: names of its files. holds: what of a grade they carry.
    precision: of the numbers in them. files: makes the files. verify: re-reads those in a folder with a reader
    that is not their writer, and returns the largest difference; raises OutputError that names the file which says
    something else.
    """

    name: str
    writes: str
    holds: str
    precision: str
    files: Callable[[Delivery], Iterator[CarrierFile]]
    verify: Callable[[Path, Delivery], float]


CDL_ONLY = "CDL"
WHOLE_LUT = "CDL and LUT, in one LUT"
CDL_AND_LUT = "CDL and LUT, each by itself"
CDL_TOLERANCE = 1e-6


def misread(path: Path, difference: object, allowed: str) -> OutputError:
    """The OutputError of a file that another reader reads as something else."""
    return OutputError(
        "another reader reads the file as a different grade",
        value=difference,
        allowed=allowed,
        where=path,
        fix="Nothing was exported; choose another carrier.",
    )


def require_cdl(path: Path, found: CDL, expected: CDL) -> float:
    """The largest difference of a re-read CDL from the one that was written; OutputError above 1e-6."""
    pairs = zip(_numbers(found), _numbers(expected), strict=True)
    difference = max(abs(one - other) for one, other in pairs)
    if not difference <= CDL_TOLERANCE:
        raise misread(path, difference, f"{CDL_TOLERANCE:g}")
    return difference


def _numbers(cdl: CDL) -> tuple[float, ...]:
    return (*cdl.slope, *cdl.offset, *cdl.power, cdl.saturation)
