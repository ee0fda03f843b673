"""Thumbnails of every clip for the contact sheet, kept on disk so that 1,500 shots cost no more memory than 15."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn.functional import interpolate

from lutnet.export.contact_sheet import Thumbnails
from lutnet.grade import Grade

WIDTH = 400
"""Pixels; a contact sheet shows three across."""

Picture = npt.NDArray[np.uint8]


def thumbnail(frame: Tensor) -> Picture:
    """``frame [3, H, W]`` in 0..1 as ``[h, w, 3]`` 8 bit, at most WIDTH wide."""
    scale = min(1.0, WIDTH / frame.shape[-1])
    small = interpolate(frame[None], scale_factor=scale, mode="area") if scale < 1.0 else frame[None]
    picture: Picture = (small[0].clamp(0, 1) * 255.0).round().byte().movedim(0, -1).contiguous().numpy()
    return picture


class ThumbnailSpool(Mapping[str, Thumbnails]):
    """Thumbnails by shot id, written to a temporary folder and read back one clip at a time."""

    def __init__(self, reference: Tensor | None = None) -> None:
        """``reference``: a frame ``[3, H, W]`` that every clip shows beside it."""
        self._folder = TemporaryDirectory(prefix="lutnet-")
        self._reference = None if reference is None else thumbnail(reference)
        self._names: dict[str, str] = {}

    def add(self, shot_id: str, frame: Tensor, grade: Grade) -> None:
        """Keep ``frame [3, H, W]`` before and after ``grade``."""
        before = thumbnail(frame)
        after = thumbnail(grade.apply(frame))
        name = f"{len(self._names)}.npy"
        np.save(Path(self._folder.name) / name, np.stack([before, after]), allow_pickle=False)
        self._names[shot_id] = name

    def __getitem__(self, shot_id: str) -> Thumbnails:
        before, after = np.load(Path(self._folder.name) / self._names[shot_id], allow_pickle=False)
        return Thumbnails(before, after, self._reference)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()
