"""What all carriers of one LUT per clip share: the whole grade sampled, written, re-read and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lutnet.errors import OutputError
from lutnet.export.carriers.record import (
    WHOLE_LUT,
    CarriedClip,
    Carrier,
    CarrierFile,
    Delivery,
    misread,
)
from lutnet.export.soundness import require_sound, summary
from lutnet.grade import LUT3D, Grade

Table = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class LutFormat:
    """A file format of 3D LUTs over 0..1.

    points: of a side. encode: the file's content, from a LUT, a title and comments.
    reread: the table ``[N, N, N, 3]`` (axes r, g, b) as a reader that is not the writer finds it in a file.
    step: the distance between two numbers that the format tells apart.
    """

    suffix: str
    points: int
    encode: Callable[[LUT3D, str, tuple[str, ...]], bytes]
    reread: Callable[[Path], Table]
    step: float

    def carrier(self, name: str, precision: str) -> Carrier:
        return Carrier(name, f"<clip>{self.suffix}", WHOLE_LUT, precision, self._files, self._verify)

    def _files(self, delivery: Delivery) -> Iterator[CarrierFile]:
        for clip, grade in delivery.graded:
            lut = self._sampled(grade)
            require_sound(lut, clip.shot.name, clips=True)
            comments = (delivery.note, "holds CDL and LUT: apply alone", summary(lut))
            content = self.encode(lut, f"{clip.shot.name} - lutnet", comments)
            yield CarrierFile(f"{clip.stem}{self.suffix}", content)

    def _verify(self, folder: Path, delivery: Delivery) -> float:
        return max((self._difference(folder, clip, grade) for clip, grade in delivery.graded), default=0.0)

    def _difference(self, folder: Path, clip: CarriedClip, grade: Grade) -> float:
        path = folder / f"{clip.stem}{self.suffix}"
        return require_table(path, self._reread(path), self._sampled(grade).table, 0.75 * self.step)

    def _reread(self, path: Path) -> Table:
        try:
            return self.reread(path)
        except OutputError:
            raise
        except Exception as error:  # whatever another program raises at a file, it cannot read the file
            raise OutputError(f"another reader cannot read the file back: {error}", where=path) from error

    def _sampled(self, grade: Grade) -> LUT3D:
        lut = grade.baked(self.points).lut
        assert lut is not None  # noqa: S101 - what baked() is for
        return lut


def require_table(path: Path, found: Table, expected: Table, tolerance: float) -> float:
    """The largest difference of a re-read table; OutputError for another size or one above ``tolerance``."""
    if found.shape != expected.shape:
        raise misread(path, found.shape, f"{expected.shape}")
    difference = float(np.abs(found - np.clip(expected, 0.0, 1.0)).max())
    if not difference <= tolerance:
        raise misread(path, difference, f"{tolerance:g}")
    return difference
