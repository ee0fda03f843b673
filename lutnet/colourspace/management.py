"""The colour management of one run: what each clip is in, its way into the grading space, and what people see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyOpenColorIO import CPUProcessor

from lutnet.colourspace.config import ColourConfig, Space
from lutnet.colourspace.log_look import log_look
from lutnet.colourspace.metadata import named_space
from lutnet.colourspace.pixels import converted
from lutnet.colourspace.view import View
from lutnet.errors import InputError, MediaError
from lutnet.shot import LOGARITHMIC, REC709, SCENE_LINEAR, Frames, LogDoubt, Shot

if TYPE_CHECKING:
    from torch import Tensor

OUTSIDE_SHARE = 0.005
"""Share of a shot's values beyond 0..1 of the grading space from which on the user is told that they are lost."""
DOUBT = "may be log footage"
"""With these words the user is told where log is only possible."""

_UNGRADABLE = ("scene-linear", "display-linear")


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """What a run is asked for.

    space: the grading space, in which CDL and LUT will be applied. display, view: through which people see it; None
    is the usual one. config: an OpenColorIO configuration; None is the built-in one. clip_spaces: pairs of a pattern
    and what is in the media that it fits (clip name or file name, ``*`` and ``?``); the first that fits counts.
    assume_space: take clips for what they are declared as, whatever they look like.
    """

    space: str = REC709
    display: str | None = None
    view: str | None = None
    config: Path | None = None
    clip_spaces: tuple[tuple[str, str], ...] = ()
    assume_space: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """What a grade follows from, as plain values; nothing where nothing was asked for."""
        asked = {key: value for key, value in asdict(self).items() if value != getattr(ColourSettings(), key)}
        if self.config is not None:
            asked["config"] = hashlib.sha256(self.config.read_bytes()).hexdigest()
        return asked


class Says(StrEnum):
    """Who says what a clip is in. NOBODY: it is taken for the values that enter the grading node."""

    PATTERN = "pattern"
    METADATA = "metadata"
    NOBODY = "default"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a clip is taken for, and who says so. unknown: a name that its metadata gives and that is none."""

    space: str
    says: Says
    unknown: str | None = None


class ColourManagement:
    """``settings`` with every name looked up. Raises InputError where one is unknown or does not suit."""

    def __init__(self, settings: ColourSettings) -> None:
        self.settings = settings
        self.config = ColourConfig(settings.config)
        self.space = self.config.space(settings.space, "--space")
        if self.space.encoding in _UNGRADABLE:
            raise InputError(
                "this space is linear light: a CDL in it would cut off all above 1, and its LUT the rest",
                value=self.space.name,
                where="--space",
                fix="Grade in a log space such as ACEScct, and say what the clips are with --clip-space.",
            )
        self.view = View.of(self.config, self.space, settings.display, settings.view)
        self._patterns = tuple(
            (pattern, self.config.space(name, "--clip-space")) for pattern, name in settings.clip_spaces
        )

    def declared(self, shots: Iterable[Shot], clips: Mapping[str, Any]) -> tuple[Shot, ...]:
        """``shots`` with the space that a pattern names, else the metadata of their clips (of OTIO, by shot id)."""
        return tuple(self._declared(shot, clips.get(shot.id)) for shot in shots)

    def stated(self, shot: Shot, clip: Any) -> Stated:
        """What ``shot`` of ``clip`` (of OTIO) is taken for before its media is opened, and who says so."""
        matched = self._matched((shot.name, *(() if shot.media is None else (Path(shot.media).name,))))
        if matched is not None:
            return Stated(matched.name, Says.PATTERN)
        metadata = () if clip is None else (clip.metadata, clip.media_reference.metadata)
        named = named_space(metadata)
        if named is None:
            return Stated(self.space.name, Says.NOBODY)
        try:
            return Stated(self.config.space(named, roles=False).name, Says.METADATA)
        except InputError:
            return Stated(self.space.name, Says.NOBODY, unknown=named)

    def unmatched(self, names: Iterable[str]) -> tuple[str, ...]:
        """The patterns that fit none of ``names``, of clips or media: typing errors, as a rule."""
        folded = [name.casefold() for name in names]
        return tuple(
            pattern for pattern, _ in self._patterns if not any(_fits(pattern, name) for name in folded)
        )

    def _declared(self, shot: Shot, clip: Any) -> Shot:
        stated = self.stated(shot, clip)
        if stated.unknown is not None:
            unknown = (
                f"its metadata names a colour space that is unknown, and is not followed: {stated.unknown}"
            )
            shot = replace(shot, warnings=(*shot.warnings, unknown))
        return shot if stated.says is Says.NOBODY else replace(shot, space=stated.space)

    def developed(self, frames: Frames) -> Frames:
        """``frames`` of a clip in the grading space: from the space that is declared, else as they are; these say how
        much they look like log, which is for the caller to judge.

        Raises MediaError for scene-linear media that nobody names a space for.
        """
        source = self._stated(frames)
        frames = replace(frames, doubt=self._doubt(frames, source))
        if source.name == self.space.name:
            return replace(frames, space=self.space.name)
        into = self._into_grading(source)
        pixels = _through(into, frames)
        outside = float(((pixels < 0.0) | (pixels > 1.0)).float().mean())
        lost = f"{100 * outside:.1f} % of its values lie outside of {self.space.name}, where CDL and LUT end"
        return replace(
            frames,
            pixels=pixels,
            space=self.space.name,
            warnings=(*frames.warnings, lost) if outside > OUTSIDE_SHARE else frames.warnings,
            white=_end_of_white(partial(converted, into)) if source.encoding == "log" else 1.0,
        )

    def developed_colours(self, colours: Tensor, space: str) -> Tensor:
        """Colours ``[..., 3]`` of a clip in ``space``, in the grading space. Raises InputError for an unknown name."""
        source = self.config.space(space)
        return colours if source == self.space else converted(self._into_grading(source), colours)

    def seen(self, frames: Frames) -> Frames:
        """``frames`` of the grading space as people see them."""
        if self.view.identity:
            return frames
        pixels = self.view.show(frames.pixels.movedim(1, -1)).movedim(-1, 1).contiguous()
        white = _end_of_white(self.view.show, frames.white)
        return replace(frames, pixels=pixels, space=self.view.display, white=white)

    def seen_clip(self, frames: Frames) -> Frames:
        """``frames`` of a clip as people see them. Raises MediaError as ``developed`` does, and for what looks like
        log."""
        return _believed(self.seen(self.developed(frames)))

    def seen_file(self, frames: Frames) -> Frames:
        """``frames`` of a reference file as people see them: as they are, unless a pattern or the file says more."""
        matched = self._matched((Path(frames.source).name,))
        frames = frames if matched is None else replace(frames, space=matched.name)
        if matched is None and frames.space == REC709:
            shown_in = self.config.display_space(self.view.display, self.view.view)
            return _believed(replace(frames, doubt=self._doubt(frames, shown_in)))
        source = self._stated(frames)
        shown_in = self.config.display_space(self.view.display, self.view.view)
        if not source.is_seen or source == shown_in:
            return frames if source == shown_in else self.seen_clip(frames)
        pixels = _through(self.config.converter(source, shown_in), frames)
        return replace(frames, pixels=pixels.clamp(0.0, 1.0), space=shown_in.name)

    def _matched(self, names: tuple[str, ...]) -> Space | None:
        folded = [name.casefold() for name in names]
        return next(
            (space for pattern, space in self._patterns if any(_fits(pattern, name) for name in folded)), None
        )

    def _stated(self, frames: Frames) -> Space:
        """What the file itself says; nothing means the values that a grading node receives."""
        if frames.space in (SCENE_LINEAR, LOGARITHMIC):
            raise MediaError(
                f"the image is {frames.space} and does not say in which colour space",
                value=frames.source,
                fix=f"Name it: --clip-space '*{Path(frames.source).suffix}=NAME', with a name of `lutnet spaces`.",
            )
        if frames.space == REC709:
            return self.space
        try:
            return self.config.space(frames.space)
        except InputError as error:
            raise MediaError(str(error), where=frames.source) from error

    def _doubt(self, frames: Frames, source: Space) -> LogDoubt | None:
        """How much ``frames`` look like log; None where they are taken for no video, or where nobody is to ask."""
        if self.settings.assume_space or source.encoding != "sdr-video":
            return None
        return log_look().judged(frames.few.pixels, source.name)

    def _into_grading(self, source: Space) -> CPUProcessor:
        """Scenes come onto a display through its view, and pictures of a display back into the scene through it."""
        view = self.view
        if self.space.is_seen and not source.is_seen and source.encoding != "sdr-video":
            return self.config.shower(source, view.display, view.view)
        if (
            not self.space.display
            and source.is_seen
            and view.view in self.config.displays.get(source.name, ())
        ):
            return self.config.shower(self.space, source.name, view.view, inverse=True)
        return self.config.converter(source, self.space)


@lru_cache(maxsize=8)
def colour_management(settings: ColourSettings) -> ColourManagement:
    """The management for ``settings``, made once: its lattice takes a moment."""
    return ColourManagement(settings)


def _end_of_white(transform: Callable[[Tensor], Tensor], white: float = 1.0) -> float:
    """What becomes of the brightest neutral that is recorded, at most 1."""
    import torch

    return min(1.0, float(transform(torch.full((1, 3), white)).min()))


def looks_like_log(source: str, taken_for: str) -> MediaError:
    """Why a clip (or its media) of that name is not graded."""
    return MediaError(
        f"looks like log footage (flat, its shadows as colourful as its lights), not {taken_for}",
        value=source,
        fix="Say what it is with --clip-space 'PATTERN=NAME', or --assume-space where it is right.",
    )


def may_be_log(taken_for: str) -> str:
    """What the user is told where log is only possible."""
    return f"{DOUBT}: if it is, say so with --clip-space; it is taken as {taken_for}"


def _believed(frames: Frames) -> Frames:
    """``frames``, with a warning where they may be log; raises MediaError where they look like it."""
    doubt = frames.doubt
    if doubt is None or not doubt.may:
        return frames
    if doubt.looks:
        raise looks_like_log(frames.source, doubt.taken_for)
    return replace(frames, warnings=(*frames.warnings, may_be_log(doubt.taken_for)))


def _fits(pattern: str, folded: str) -> bool:
    return fnmatchcase(folded, pattern.casefold())


def _through(processor: CPUProcessor, frames: Frames) -> Tensor:
    return converted(processor, frames.pixels.movedim(1, -1)).movedim(-1, 1).contiguous()
