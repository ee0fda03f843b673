"""The records that travel: a shot of a timeline, and the frames that speak for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from lutnet.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

REC709 = "Rec.1886 Rec.709 - Display"
"""OpenColorIO's name (studio-config-v2.2.0_aces-v1.3_ocio-v2.4) of the default grading space."""

SCENE_LINEAR, LOGARITHMIC = "scene-linear", "logarithmic"
"""In place of a space's name: what the media says of itself where that is not enough to show it."""


@dataclass(frozen=True, slots=True)
class ViewName:
    """Through what people see a grading space: a display, a view of it, the OpenColorIO configuration of both."""

    display: str
    view: str
    config: str


@dataclass(frozen=True, slots=True)
class FrameRange:
    """A half-open range in frames: ``start``, ``duration`` (both in frames of ``rate``), ``rate`` per second.

    Rational throughout: 23.976 is 24000/1001, and 10 hours in, no frame is lost to rounding.
    """

    start: Fraction
    duration: Fraction
    rate: Fraction

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise InputError("frame rate is not positive", value=self.rate, allowed="above 0")
        if self.duration < 0:
            raise InputError("range has a negative duration", value=self.duration, allowed="0 and above")

    @property
    def end(self) -> Fraction:
        """The first frame after the range."""
        return self.start + self.duration

    @property
    def start_seconds(self) -> Fraction:
        return self.start / self.rate

    @property
    def duration_seconds(self) -> Fraction:
        return self.duration / self.rate

    def rescaled(self, rate: Fraction) -> FrameRange:
        """The same seconds counted at another rate."""
        factor = rate / self.rate
        return FrameRange(self.start * factor, self.duration * factor, rate)


@dataclass(frozen=True, slots=True)
class Shot:
    """One clip of a timeline, as far as grading is concerned.

    id: stable across runs and re-cuts (media identity, source in, occurrence); hexadecimal.
    name: the clip's name. track: 1-based among the video tracks; track_name may be empty.
    record: where the clip lies on the timeline (global start time included), at the timeline's rate.
    source: the **used** range, in the media's own timecode frames, at the media's rate.
    media_start: timecode of the media's first frame, in frames at the media's rate; source.start minus this
    is the first used frame counted from the head of the file.
    media: path of the file, or the pattern of an image sequence; None when nothing is referenced.
    skipped: why the shot cannot be graded (offline, unsupported, ...), or None.
    space: name of the colour space of what the media holds, where someone says it.
    analysed: the used range whose frames speak for the shot, where it is another's of the same media.
    timecoded: source counts the file's own timecode, whose start the timeline, a list, does not say.
    """

    id: str
    name: str
    track: int
    track_name: str
    record: FrameRange
    source: FrameRange
    media: str | None
    media_start: Fraction = Fraction(0)
    skipped: str | None = None
    warnings: tuple[str, ...] = ()
    space: str | None = None
    timecoded: bool = False
    analysed: FrameRange | None = None

    @property
    def evidence(self) -> FrameRange:
        """The range that is looked at for the grade."""
        return self.analysed or self.source

    @property
    def first_frame(self) -> Fraction:
        """The first used frame, counted from the head of the media (0-based)."""
        return self.source.start - self.media_start


@dataclass(frozen=True, slots=True)
class LogDoubt:
    """How much the frames of one shot that nobody declared look like log footage.

    score: higher the more they do, of any length of shot. looks: as log does, by themselves. may: it is possible.
    taken_for: name of the colour space that they are taken for.
    """

    score: float
    looks: bool
    may: bool
    taken_for: str


@dataclass(frozen=True, eq=False)
class Frames:
    """Decoded frames of one shot, reference or file.

    pixels: ``[N, 3, H, W]`` float32 in 0..1, R'G'B' encoded in ``space``, black bars already cropped away,
    reduced to analysis size.
    indices: the frame number of each, counted from the head of the media; () for tensors of no known origin.
    source: where they come from, for messages. space: name of the colour space; REC709 as read from a file means
    that it names none, SCENE_LINEAR and LOGARITHMIC that it has to be named. Values of scenes may lie outside of 0..1.
    white: where the recording cut its whites off; below 1 where a log space ends before the display does.
    different: rows of ``pixels`` that are the most different, where not all of them are needed to know the picture.
    doubt: how much they look like log, where that was asked.
    """

    pixels: Tensor
    indices: tuple[int, ...] = ()
    source: str = "pixels"
    space: str = REC709
    warnings: tuple[str, ...] = ()
    white: float = 1.0
    different: tuple[int, ...] = ()
    doubt: LogDoubt | None = None

    @property
    def few(self) -> Frames:
        """The most different ones alone: enough to match pictures by, where evidence is of all."""
        return self._few if self.different else self  # kept in itself, it would outlive its last use

    @cached_property
    def _few(self) -> Frames:
        rows = list(self.different)
        indices = tuple(self.indices[row] for row in rows) if self.indices else ()
        return replace(self, pixels=self.pixels[rows], indices=indices, different=())

    def __post_init__(self) -> None:
        shape = tuple(self.pixels.shape)
        if len(shape) != 4 or shape[1] != 3 or 0 in shape or not self.pixels.is_floating_point():
            raise InputError(
                "frames have the wrong shape or type",
                value=f"{shape} {self.pixels.dtype}",
                allowed="a floating-point tensor [N, 3, H, W]",
                where=self.source,
            )
        # A sum is finite only of finite values, and takes a tenth of the time; a vast one may be of finite values too.
        if not (bool(self.pixels.sum().isfinite()) or bool(self.pixels.isfinite().all())):
            raise InputError("frames hold a value that is not a number", where=self.source)
        if self.indices and len(self.indices) != shape[0]:
            raise InputError("frames and indices differ in number", value=(shape[0], len(self.indices)))

    def __repr__(self) -> str:
        return f"Frames({tuple(self.pixels.shape)}, indices={self.indices}, source={self.source!r})"

    def __len__(self) -> int:
        return int(self.pixels.shape[0])


def as_frames(frames: Tensor | Frames) -> Frames:
    """Pictures that people see. Raises InputError for frames that have to be converted first."""
    if not isinstance(frames, Frames):
        return Frames(frames)
    if frames.space in (SCENE_LINEAR, LOGARITHMIC):
        raise InputError(
            f"frames are {frames.space}: no picture that people see",
            where=frames.source,
            fix="Convert them first.",
        )
    return frames
