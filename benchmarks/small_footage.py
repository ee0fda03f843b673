"""Small footage for what runs many times: the demo's timeline, of which two clips are encoded and the others copies."""

from __future__ import annotations

import shutil
from pathlib import Path


def make_small_footage(folder: Path) -> None:
    """``timeline.otio``, ``reference.png`` and ``media`` in the existing ``folder``."""
    from lutnet.demo.footage import write_media, write_reference, write_timeline
    from lutnet.demo.scenes import SHOTS

    (folder / "media").mkdir()
    media = {shot.name: folder / "media" / f"{number}.mp4" for number, shot in enumerate(SHOTS)}
    encoded = list(media.values())[:2]
    for shot, path in zip(SHOTS, encoded, strict=False):
        write_media(shot, path)
    for number, path in enumerate(list(media.values())[2:]):
        shutil.copy(encoded[number % 2], path)
    write_reference(folder / "reference.png")
    write_timeline(folder, media)
