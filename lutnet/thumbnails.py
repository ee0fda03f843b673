"""Thumbnails for the contact sheet: made where a shot is graded, kept in the store, read one clip at a time."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from lutnet.colourspace import View
from lutnet.export.contact_sheet import Gallery, Thumbnails
from lutnet.export.package import exported_grade
from lutnet.frames.record import Pixels
from lutnet.grade import Grade
from lutnet.result import ClipResult, Status
from lutnet.store import Store, StoredPictures

if TYPE_CHECKING:
    from torch import Tensor

WIDTH = 400
"""Pixels; a contact sheet shows three across."""
QUALITY = 95
"""Of JPEG, with full chroma: off by less than one code value where it matters, a third of the bytes of PNG."""

Picture = npt.NDArray[np.uint8]


def pictures_of(frame: Pixels, grade: Grade, view: View, compared: bytes = b"") -> StoredPictures:
    """The pictures of a shot: ``frame [H, W, 3]`` in the grading space, its grade, and how people see that space.

    compared: what other shots are laid beside.
    """
    small = _small(frame)
    if view.identity:
        before = _eight_bit(small)
        return StoredPictures(_encoded(before), _encoded(_graded(before, grade)), compared=compared)
    # Eight bits are enough for what is seen, not for what is still to be shown through a view.
    recorded = small.astype(np.float16)
    buffer = io.BytesIO()
    np.save(buffer, recorded, allow_pickle=False)
    seen, corrected = (_encoded(_shown(recorded, each, view)) for each in (Grade(), grade))
    return StoredPictures(seen, corrected, zlib.compress(buffer.getvalue()), compared)


def recorded_of(pictures: StoredPictures) -> npt.NDArray[np.float16]:
    """The picture ``[h, w, 3]`` in the grading space that ``pictures`` keep where it is not what people see."""
    found: npt.NDArray[np.float16] = np.load(
        io.BytesIO(zlib.decompress(pictures.recorded)), allow_pickle=False
    )
    return found


def thumbnail(frame: Pixels) -> Picture:
    """``frame [H, W, 3]`` in 0..1 as ``[h, w, 3]`` 8 bit, at most WIDTH wide."""
    return _eight_bit(_small(frame))


def reference_png(frame: Tensor) -> bytes:
    """The reference ``[3, H, W]`` as the package's ``reference.png``, from which it is shown ever after."""
    content = io.BytesIO()
    Image.fromarray(_eight_bit(frame.movedim(0, -1).numpy())).save(content, "PNG")
    return content.getvalue()


def reference_thumbnail(png: bytes | None) -> Picture | None:
    """What contact sheets show of a package's ``reference.png``."""
    if png is None:
        return None
    with Image.open(io.BytesIO(png)) as image:
        return thumbnail(np.array(image.convert("RGB")).astype(np.float32) / np.float32(255))


def _small(frame: Pixels) -> Pixels:
    import cv2

    height, width = frame.shape[:2]
    if width <= WIDTH:
        return frame
    size = (WIDTH, max(1, height * WIDTH // width))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.float32)


def _eight_bit(frame: Pixels) -> Picture:
    return np.asarray(np.rint(frame.clip(0, 1) * 255), np.uint8)


def _graded(picture: Picture, grade: Grade) -> Picture:
    import torch

    if grade.is_identity:
        return picture
    colours = torch.from_numpy(picture.astype(np.float32) / 255)
    return _eight_bit(grade.apply_colours(colours).numpy())


def _shown(recorded: npt.NDArray[np.float16], grade: Grade, view: View) -> Picture:
    """A picture of the grading space, graded, as people see it."""
    import torch

    colours = torch.from_numpy(recorded.astype(np.float32))
    return _eight_bit(view.show(colours if grade.is_identity else grade.apply_colours(colours)).numpy())


def _encoded(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


def _decoded(data: bytes) -> Picture:
    return np.asarray(Image.open(io.BytesIO(data)), np.uint8)


class StoredThumbnails(Gallery):
    """Thumbnails by shot id, of the finished jobs that made them, graded as people decided where they did."""

    def __init__(
        self,
        store: Store,
        results: Sequence[ClipResult],
        jobs: Mapping[str, str],
        reference: Picture | None,
        view: View,
    ) -> None:
        """jobs: hash by shot id. reference: a picture that every clip shows beside it. view: of the grading space."""
        finished = store.finished(jobs.values())
        self._store = store
        self._jobs = jobs
        self._reference = reference
        self._view = view
        self._results = {
            result.shot.id: result
            for result in results
            if result.grade is not None and jobs.get(result.shot.id) in finished
        }

    def __getitem__(self, shot_id: str) -> Thumbnails:
        result = self._results[shot_id]
        pictures = self._store.pictures_of(self._jobs[shot_id])
        if not pictures.before:
            raise KeyError(shot_id)
        before = _decoded(pictures.before)
        if result.is_joined or result.status in (Status.CHANGED, Status.REJECTED):
            grade = exported_grade(result) or Grade()
            recorded = recorded_of(pictures) if pictures.recorded else None
            after = _graded(before, grade) if recorded is None else _shown(recorded, grade, self._view)
        else:
            after = _decoded(pictures.after)
        return Thumbnails(before, after, self._reference)

    def __contains__(self, shot_id: object) -> bool:
        return shot_id in self._results  # Mapping's own would grade the picture to find out

    def key(self, shot_id: str) -> str:
        # The grade is part of what a page follows from anyway.
        reference = b"" if self._reference is None else self._reference.tobytes()
        return f"{self._jobs[shot_id]} {hashlib.sha256(reference).hexdigest()}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)
