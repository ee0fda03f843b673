"""Thumbnails of every clip for the contact sheet, kept on disk so that 1,500 shots cost no more memory than 15."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from lutnet.colourspace import View
from lutnet.export.atomic import write_bytes
from lutnet.export.contact_sheet import Thumbnails
from lutnet.export.package import CACHE, exported_grade
from lutnet.grade import Grade
from lutnet.result import ClipResult

WIDTH = 400
"""Pixels; a contact sheet shows three across."""
REFERENCE = "reference.png"

Picture = npt.NDArray[np.uint8]


def thumbnail(frame: Tensor) -> Picture:
    """``frame [3, H, W]`` in 0..1 as ``[h, w, 3]`` 8 bit, at most WIDTH wide."""
    picture: Picture = (_small(frame).clamp(0, 1) * 255.0).round().byte().movedim(0, -1).contiguous().numpy()
    return picture


def _small(frame: Tensor) -> Tensor:
    scale = min(1.0, WIDTH / frame.shape[-1])
    return interpolate(frame[None], scale_factor=scale, mode="area")[0] if scale < 1.0 else frame


def fitted(picture: Picture) -> Picture:
    """``picture [H, W, 3]`` 8 bit at most WIDTH wide."""
    return thumbnail(torch.from_numpy(picture).movedim(-1, 0).float() / 255.0)


def keep_reference(folder: Path, frame: Tensor | None) -> None:
    """Keep the reference ``[3, H, W]`` of a package beside it, so that later contact sheets and the review show it."""
    path = folder / CACHE / REFERENCE
    if frame is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    content = io.BytesIO()
    pixels = (frame.clamp(0, 1) * 255.0).round().byte().movedim(0, -1).contiguous().numpy()
    Image.fromarray(pixels).save(content, "PNG")
    write_bytes(path, content.getvalue())


def read_reference_picture(folder: Path) -> Picture | None:
    """The thumbnail of a package's reference; None where none was kept."""
    path = folder / CACHE / REFERENCE
    if not path.is_file():
        return None
    with Image.open(path) as image:
        return fitted(np.array(image.convert("RGB")))


class ThumbnailSpool(Mapping[str, Thumbnails]):
    """Thumbnails by shot id, written to a temporary folder and read back, and graded, one clip at a time."""

    def __init__(self, reference: Tensor | None = None, view: View | None = None) -> None:
        """``reference``: a frame ``[3, H, W]`` that every clip shows beside it. view: of the space of the frames."""
        self._view = None if view is None or view.identity else view
        self._folder = TemporaryDirectory(prefix="lutnet-")
        self._reference = None if reference is None else thumbnail(reference)
        self._files: dict[str, Path] = {}
        self._grades: dict[str, Grade] = {}

    def add(self, shot_id: str, frame: Tensor) -> None:
        """Keep ``frame [3, H, W]`` of a shot as it was before grading."""
        path = Path(self._folder.name) / f"{len(self._files)}.npy"
        # Eight bits are enough for what is seen, not for what is still to be shown through a view.
        kept = thumbnail(frame) if self._view is None else _small(frame).numpy()
        np.save(path, kept, allow_pickle=False)
        self._files[shot_id] = path

    def show(self, results: Iterable[ClipResult]) -> Self:
        """Grade the pictures as ``results`` are exported: as people decided, where they did."""
        self._grades = {result.shot.id: exported_grade(result) or Grade() for result in results}
        return self

    def __getitem__(self, shot_id: str) -> Thumbnails:
        before = np.load(self._files[shot_id], allow_pickle=False)
        grade = self._grades.get(shot_id, Grade())
        if self._view is not None:
            recorded = torch.from_numpy(before).movedim(0, -1)
            seen, graded = (self._view.show(each) for each in (recorded, grade.apply_colours(recorded)))
            return Thumbnails(
                thumbnail(seen.movedim(-1, 0)), thumbnail(graded.movedim(-1, 0)), self._reference
            )
        pixels = torch.from_numpy(before).movedim(-1, 0).float() / 255.0
        return Thumbnails(before, thumbnail(grade.apply(pixels)), self._reference)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()
