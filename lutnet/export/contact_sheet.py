"""The contact sheet: every clip before, after and beside its reference, with what was found.

Pages of PNG for the eye; nothing reads them back. The surround is a dark neutral grey, so that it does not
bias the judgement of the pictures.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from lutnet.export.caption import (
    WARNING_LINE,
    Describe,
    described,
    draw_caption,
    draw_warnings,
    warnings_below,
)
from lutnet.export.lettering import BRIGHT, DIM, PLAIN, put, wrapped
from lutnet.export.manifest import skip_reason
from lutnet.export.png import png_bytes
from lutnet.result import ClipResult

ROWS_PER_PAGE = 8
CELL = (400, 225)
"""Largest picture, in pixels: three across are read at 100 % on a laptop's screen."""

_SURROUND = (38, 38, 38)
_EMPTY = (46, 46, 46)
_RULE = (58, 58, 58)
_MARGIN = 40
_CAPTION = 316
_GAP = 16
_ROW_GAP = 33
_HEADER = 122
_FOOTER = 40
_BELOW = 8  # between a row and its warnings
_COLUMNS = ("before", "after", "reference")

Pixels = npt.NDArray[np.float32] | npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """The pictures of one clip: ``[H, W, 3]``, float 0..1 or uint8, encoded for the display."""

    before: Pixels
    after: Pixels
    reference: Pixels | None = None


class Gallery(Mapping[str, Thumbnails]):
    """Thumbnails by shot id that know what they are made from, without being looked at."""

    @abstractmethod
    def key(self, shot_id: str) -> str:
        """Another one for other pictures."""


def pages(
    title: str,
    results: Sequence[ClipResult],
    thumbnails: Mapping[str, Thumbnails],
    describe: Describe = described,
    *,
    said: str = "",
) -> Iterator[Page]:
    """The pages, one at a time; thumbnails are asked for when their page is drawn.

    thumbnails: by shot id; a clip without is shown without pictures. describe: the findings of a diagnosis.
    said: what the run was asked for, in a few words.
    """
    count = ceil(len(results) / ROWS_PER_PAGE)
    for page in range(count):
        first = page * ROWS_PER_PAGE
        here = results[first : first + ROWS_PER_PAGE]
        yield Page(title, said, f"{page + 1} / {count}", first, here, thumbnails, describe)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, not yet drawn."""

    title: str
    said: str
    folio: str
    first: int
    results: Sequence[ClipResult]
    thumbnails: Mapping[str, Thumbnails]
    describe: Describe

    @property
    def facts(self) -> str:
        """All that the page shows, as text: equal for equal pages."""
        return repr(
            (self.title, self.said, self.folio, self.first, [self._facts(result) for result in self.results])
        )

    def to_png(self) -> bytes:
        rows = [
            _Row(self.first + index + 1, result, self.thumbnails.get(result.shot.id))
            for index, result in enumerate(self.results)
        ]
        return png_bytes(np.asarray(_Drawing(self.title, self.said, self.folio, rows, self.describe).drawn()))

    def _facts(self, result: ClipResult) -> object:
        grade, found, shot_id = result.grade, result.diagnosis, result.shot.id
        return (
            result.shot,
            result.status,
            None if found is None else (dict(found.corrections), found.fault, found.warnings),
            None if grade is None else (grade.cdl, None if grade.lut is None else grade.lut.digest),
            result.delta_e,
            result.told,
            self._picture_key(shot_id) if shot_id in self.thumbnails else None,
        )

    def _picture_key(self, shot_id: str) -> str:
        if isinstance(self.thumbnails, Gallery):
            return self.thumbnails.key(shot_id)
        shown = self.thumbnails[shot_id]
        digest = hashlib.sha256()
        for picture in (shown.before, shown.after, shown.reference):
            digest.update(b"" if picture is None else repr(picture.shape).encode() + picture.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    result: ClipResult
    thumbnails: Thumbnails | None

    def picture(self, column: str) -> Pixels | None:
        found: Pixels | None = getattr(self.thumbnails, column, None)
        return found


@dataclass(frozen=True, slots=True)
class _Drawing:
    title: str
    said: str
    folio: str
    rows: Sequence[_Row]
    describe: Describe

    def drawn(self) -> Image.Image:
        columns = [name for name in _COLUMNS if name != "reference" or self._has_reference()]
        width = _MARGIN + _CAPTION + _GAP + len(columns) * (CELL[0] + _GAP) - _GAP + _MARGIN
        room = width - 2 * _MARGIN
        below = [warnings_below(row.result, room) for row in self.rows]
        heights = [CELL[1] + _below(len(lines)) for lines in below]
        height = _HEADER + sum(heights) + (len(heights) - 1) * _ROW_GAP + _FOOTER
        sheet = Image.new("RGB", (width, height), _SURROUND)
        draw = ImageDraw.Draw(sheet)
        self._draw_header(draw, width, columns)
        top = _HEADER
        for row, lines, taken in zip(self.rows, below, heights, strict=True):
            if top > _HEADER:
                rule = top - (_ROW_GAP + 1) // 2
                draw.line((_MARGIN, rule, width - _MARGIN - 1, rule), fill=_RULE)
            self._draw_row(sheet, draw, row, top, columns)
            draw_warnings(draw, (_MARGIN, top + CELL[1] + _BELOW), lines, room)
            top += taken + _ROW_GAP
        return sheet

    def _draw_header(self, draw: ImageDraw.ImageDraw, width: int, columns: Sequence[str]) -> None:
        put(draw, (_MARGIN, 50), self.title, 26, BRIGHT, room=width - 2 * _MARGIN - 160, anchor="ls")
        put(draw, (_MARGIN, 72), self.said, 13, DIM, room=width - 2 * _MARGIN, anchor="ls")
        put(draw, (width - _MARGIN, 50), f"lutnet   {self.folio}", 15, DIM, anchor="rs")
        put(draw, (_MARGIN, 106), "Found", 15, PLAIN, anchor="ls")
        put(draw, (_MARGIN + _CAPTION - _GAP, 106), "confidence", 15, DIM, anchor="rs")
        for index, name in enumerate(columns):
            put(draw, (_column_left(index), 106), name.capitalize(), 15, PLAIN, anchor="ls")

    def _draw_row(
        self, sheet: Image.Image, draw: ImageDraw.ImageDraw, row: _Row, top: int, columns: Sequence[str]
    ) -> None:
        box = (_MARGIN, top, _CAPTION - _GAP, CELL[1])
        draw_caption(draw, box, row.number, row.result, self.describe)
        for index, name in enumerate(columns):
            picture, left = row.picture(name), _column_left(index)
            if picture is None:
                _draw_empty(draw, left, top, skip_reason(row.result) if index == 0 else None)
            else:
                sheet.paste(_fitted(picture), (left, top))

    def _has_reference(self) -> bool:
        return any(row.picture("reference") is not None for row in self.rows)


def _below(lines: int) -> int:
    """Pixels that so many lines of warnings take below a row."""
    return _BELOW + WARNING_LINE * lines if lines else 0


def _column_left(index: int) -> int:
    return _MARGIN + _CAPTION + _GAP + index * (CELL[0] + _GAP)


def _draw_empty(draw: ImageDraw.ImageDraw, left: int, top: int, reason: str | None) -> None:
    draw.rectangle((left, top, left + CELL[0] - 1, top + CELL[1] - 1), fill=_EMPTY)
    if reason is not None:
        room = CELL[0] - 40
        for index, line in enumerate(wrapped(reason, 15, room, 4)):
            put(draw, (left + 20, top + 20 + 22 * index), line, 15, PLAIN, room=room)


def _fitted(pixels: Pixels) -> Image.Image:
    """The picture in CELL without distortion, top left; never enlarged beyond it."""
    picture = Image.fromarray(_bytes(pixels))
    scale = min(CELL[0] / picture.width, CELL[1] / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _bytes(pixels: Pixels) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    levels = np.clip(pixels.astype(np.float32), 0.0, 1.0) * 255.0
    return np.asarray(np.rint(levels), dtype=np.uint8)
