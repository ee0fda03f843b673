"""What ``--ref`` names: an image, a video, a folder of images, or ``clip:NAME`` of the timeline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lutnet.colourspace import ColourManagement
from lutnet.errors import InputError, MediaError, listed
from lutnet.frames import read_frames, read_shot
from lutnet.shot import Frames, Shot
from lutnet.timeline import Timeline
from lutnet.timeline.named import clips_named, told_apart

if TYPE_CHECKING:
    from torch import Tensor

CLIP_PREFIX = "clip:"
FRAMES = 12
"""Frames of a video or a clip: of its scenes, the one that a shot shows may come up only for a while."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr", ".dpx")
MAX_FOLDER_IMAGES = 24
"""A folder is sampled down to this many images, evenly, so that its size does not set the cost of a shot."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The look to match: one or several sets of frames (each of one size), and how to call it."""

    sets: tuple[Frames, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """A reference that was found and not yet read.

    files: of one set of frames each; count: frames of each. shot: the clip instead, where it is one.
    """

    description: str
    files: tuple[Path, ...] = ()
    count: int = FRAMES
    shot: Shot | None = None

    def read(self, height: int = 256) -> Reference:
        """The frames, at analysis size. Raises MediaError where one cannot be read."""
        if self.shot is not None:
            return Reference((read_shot(self.shot, count=self.count, height=height),), self.description)
        sets = (read_frames(path, count=self.count, height=height) for path in self.files)
        return Reference(tuple(sets), self.description)

    def seen(self, colour: ColourManagement) -> Reference:
        """The frames as people see them: a file is a picture already, a clip is recorded as its space says."""
        found = self.read()
        see = colour.seen_file if self.shot is None else colour.seen_clip
        return replace(found, sets=tuple(see(frames) for frames in found.sets))


def shown_frame(source: ReferenceSource | None, colour: ColourManagement) -> Tensor | None:
    """What is shown of the reference, ``[3, H, W]``; nothing where it went away while the shots were graded."""
    if source is None:
        return None
    try:
        return source.seen(colour).sets[0].pixels[0]
    except MediaError:
        return None


def find_reference(spec: str, timeline: Timeline | None = None, *, count: int = FRAMES) -> ReferenceSource:
    """The reference that ``spec`` names. Raises InputError where it does not exist or names no clip."""
    if spec.startswith(CLIP_PREFIX):
        return ReferenceSource(spec, count=count, shot=_clip(spec, timeline))
    path = Path(spec)
    if path.is_dir():
        return ReferenceSource(path.name, tuple(_images(path)), count=1)
    if not path.exists():
        raise InputError(
            "reference does not exist", value=spec, allowed="an image, a video, a folder, clip:NAME"
        )
    return ReferenceSource(path.name, (path,), count)


def _images(folder: Path) -> list[Path]:
    images = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES)
    if not images:
        raise InputError("reference folder holds no image", value=folder, allowed=", ".join(IMAGE_SUFFIXES))
    step = max(1.0, len(images) / MAX_FOLDER_IMAGES)
    return [images[int(number * step)] for number in range(min(len(images), MAX_FOLDER_IMAGES))]


def _clip(spec: str, timeline: Timeline | None) -> Shot:
    name = spec.removeprefix(CLIP_PREFIX)
    if timeline is None:
        raise InputError("reference names a clip, but there is no timeline", value=spec)
    found = clips_named(timeline.shots, name)
    usable = [shot for shot in found if shot.skipped is None]
    if not usable:
        every = told_apart([shot for shot in timeline.shots if shot.skipped is None])
        raise InputError(
            f"reference clip cannot be used ({found[0].skipped})" if found else "no clip has this name",
            value=name,
            allowed=listed(every),
            where=timeline.path,
        )
    if len(usable) > 1:
        raise InputError(
            f"{len(usable)} clips have the reference's name",
            value=name,
            allowed=listed(told_apart(usable)),
            fix="Name one of them with a timecode at which it plays.",
        )
    return usable[0]
