"""Cuts inside the clips of a timeline: are they found, on their frame, and what is taken for one?

    LUTNET_SHARED=... python -m benchmarks.cuts_inside [--seed 1] [--splices 60] [--clips 200]

Splices: two parts of two clips of ``footage`` behind each other, 12 to 60 frames each, encoded as H.264 (CRF 20).
Single shots: parts of the clips without cuts, 12 frames and longer. Both as ``lutnet grade`` reads a clip. And the
edited film, whose cuts were counted by eye.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks import clips
from lutnet.frames import probe, read_shot
from lutnet.frames.container import decoded, opened
from lutnet.frames.cuts import find_cuts
from lutnet.frames.leap import Codes
from lutnet.refinement.inside import cuts_inside
from lutnet.shot import FrameRange, Frames, Shot

FILM = "tos_battle_clip_medium.webm"
CUTS = (
    52,
    122,
    158,
    221,
    309,
    715,
    788,
    872,
    901,
    987,
    1127,
    1157,
    1203,
    1234,
    1246,
    1284,
    1345,
    1378,
    1430,
    1472,
)
CUTS += (1525, 1571, 1618, 1650, 1689)
"""Of FILM, by eye."""

WIDTH, HEIGHT = 640, 360
SHORTEST, LONGEST = 12, 60
FRAMES = 3
"""Of ``lutnet grade`` as it comes."""


def found(path: Path, first: int, length: int) -> tuple[int, ...]:
    """What is found in a clip that shows ``length`` frames of ``path``."""
    rate = probe(path).rate or Fraction(24)

    def read(start: int, end: int, count: int, every: bool = False) -> Frames:
        used = FrameRange(Fraction(start), Fraction(end - start + 1), rate)
        return read_shot(Shot("", path.name, 1, "V1", used, used, str(path)), count=count, every=every)

    return cuts_inside(read(first, first + length - 1, FRAMES, every=True), read)


def pictures(path: Path, first: int, length: int) -> Iterator[Codes]:
    """Frames of ``path``, WIDTH by HEIGHT."""
    with opened(path) as (container, stream):
        for number, frame in enumerate(decoded(container, stream)):
            if number >= first + length:
                return
            if number >= first:
                yield frame.reformat(WIDTH, HEIGHT, "rgb24").to_ndarray()


def write_splice(path: Path, parts: list[tuple[Path, int, int]]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for part in parts:
            for picture in pictures(*part):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture))))
        container.mux(stream.encode(None))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--splices", type=int, default=60)
    options.add_argument("--clips", type=int, default=200)
    given = options.parse_args()
    draw = random.Random(given.seed)  # noqa: S311
    footage = Path(os.environ["LUTNET_SHARED"]) / "footage"
    every = clips.every(footage)
    lengths = {path: min(probe(path).frame_count, 280) for path in every}

    def part(path: Path, most: int) -> tuple[Path, int, int]:
        length = draw.randint(SHORTEST, min(most, lengths[path]))
        return path, draw.randint(0, lengths[path] - length), length

    right = some = beside = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.splices):
            parts = [part(path, LONGEST) for path in draw.sample(every, 2)]
            path = Path(folder) / f"{number}.mp4"
            write_splice(path, parts)
            first, second = (length for *_, length in parts)
            cuts = found(path, 0, first + second)
            right += first in cuts
            some += bool(cuts)
            beside += any(cut != first for cut in cuts)
    print(f"splices: {given.splices}; cut found on its frame in {right}, any in {some}, another in {beside}")
    singles = [part(draw.choice(every), 280) for _ in range(given.clips)]
    false = [(path.name, found(path, first, length)) for path, first, length in singles]
    wrong = [each for each in false if each[1]]
    print(f"single shots: {given.clips}; a cut found in {len(wrong)}: {wrong}")
    edited = set(find_cuts(footage / FILM))
    print(f"{FILM}: {len(edited & set(CUTS))} of {len(CUTS)} cuts found, {len(edited - set(CUTS))} others")
    windows = right = some = held = 0
    while windows < given.clips:
        cut = draw.choice(CUTS)
        first = max(0, cut - draw.randint(6, 90))
        end = min(CUTS[-1] + 2, cut + draw.randint(6, 90))
        inside = {each for each in CUTS if first < each < end}
        cuts = set(found(footage / FILM, first, end - first))
        windows += 1
        held += len(inside)
        right += len(inside & cuts)
        some += bool(inside & cuts)
    print(f"parts of it with cuts inside: {windows}; one at least found in {some}; {right} of {held} cuts")


if __name__ == "__main__":
    main()
