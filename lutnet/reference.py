"""What ``--ref`` names: an image, a video, a folder of images, or ``clip:NAME`` of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lutnet.errors import InputError
from lutnet.frames import read_frames, read_shot
from lutnet.shot import Frames
from lutnet.timeline import Timeline

CLIP_PREFIX = "clip:"
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr", ".dpx")
MAX_FOLDER_IMAGES = 24
"""A folder is sampled down to this many images, evenly, so that its size does not set the cost of a shot."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The look to match: one or several sets of frames (each of one size), and how to call it."""

    sets: tuple[Frames, ...]
    description: str


def read_reference(
    spec: str, timeline: Timeline | None = None, *, count: int = 3, height: int = 256
) -> Reference:
    """Read the reference that ``spec`` names, at analysis size.

    Raises InputError (or MediaError) where it does not exist, holds no picture or names no clip.
    """
    if spec.startswith(CLIP_PREFIX):
        return Reference((_clip_frames(spec, timeline, count, height),), spec)
    path = Path(spec)
    if path.is_dir():
        return Reference(
            tuple(read_frames(image, count=1, height=height) for image in _images(path)), path.name
        )
    if not path.exists():
        raise InputError(
            "reference does not exist", value=spec, allowed="an image, a video, a folder, clip:NAME"
        )
    return Reference((read_frames(path, count=count, height=height),), path.name)


def _images(folder: Path) -> list[Path]:
    images = sorted(entry for entry in folder.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES)
    if not images:
        raise InputError("reference folder holds no image", value=folder, allowed=", ".join(IMAGE_SUFFIXES))
    step = max(1.0, len(images) / MAX_FOLDER_IMAGES)
    return [images[int(number * step)] for number in range(min(len(images), MAX_FOLDER_IMAGES))]


def _clip_frames(spec: str, timeline: Timeline | None, count: int, height: int) -> Frames:
    name = spec.removeprefix(CLIP_PREFIX)
    if timeline is None:
        raise InputError("reference names a clip, but there is no timeline", value=spec)
    found = [shot for shot in timeline.shots if shot.name == name]
    usable = [shot for shot in found if shot.skipped is None]
    if not usable:
        names = ", ".join(dict.fromkeys(shot.name for shot in timeline.shots if shot.skipped is None))
        raise InputError(
            f"reference clip cannot be used ({found[0].skipped})" if found else "no clip has this name",
            value=name,
            allowed=names,
            where=timeline.path,
        )
    return read_shot(usable[0], count=count, height=height)
