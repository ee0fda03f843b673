"""Protocols R1, R2, R2v, R3 and R3d beside doing nothing and color-matcher's two best methods.

    LUTNET_SHARED=... python -m benchmarks.reference [--pairs 60] [--seed 1] [--protocols R1 R2 R2v R3 R3d] [--alone]

Photographs are those of ``photos/test``, LUTs those of the film stocks that training never saw. R3x8 is R3
with eight graded frames of other scenes as the reference, R3x1 with the first of the same eight alone. Prints one
Markdown table of CIE DE2000.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.grade import LUT3D
from lutnet.refinement import Refined, refine
from lutnet.shot import Frames
from lutnet.training import pairs
from lutnet.training.grades import GradeKind, is_for_testing, random_amounts, random_grade, read_luts
from lutnet.training.photos import PhotoSet, load_photos

SIDE = 160
CLIP_WIDTH = 240
CLIP_FRAMES = 200
MOMENTS = (0.10, 0.85)
GRADES_PER_CLIP = 2
REFERENCES = 8
PROTOCOLS = ("R1", "R2", "R2v", "R3", "R3d", "R3x1", "R3x8")

Matcher = Callable[[pairs.Pair], Tensor]
Luts = list[tuple[str, LUT3D]]


@dataclass(frozen=True, slots=True)
class Case:
    """One pair of one protocol, and the kind of its grade."""

    protocol: str
    kind: GradeKind
    pair: pairs.Pair


@dataclass(slots=True)
class Tally:
    """Differences of one protocol and kind, method by method, and how lutnet came to them."""

    differences: dict[str, list[float]]
    aligned: int = 0
    luts: int = 0
    seconds: float = 0.0


def cases(shared: Path, protocols: list[str], count: int, seed: int) -> Iterator[Case]:
    """Every pair to be measured, one after the other; the same for the same seed."""
    luts = [lut for lut in read_luts(shared / "interop" / "luts") if is_for_testing(lut[0])]
    photos = load_photos(shared / "photos" / "test")
    for protocol in protocols:
        if protocol == "R2v":
            yield from _clip_cases(shared / "footage", luts, torch.Generator().manual_seed(seed))
            continue
        for kind in GradeKind:
            draw = torch.Generator().manual_seed(seed)
            for _ in range(count):
                yield Case(protocol, kind, _photo_pair(protocol, kind, photos, luts, draw))


def _photo_pair(
    protocol: str, kind: GradeKind, photos: PhotoSet, luts: Luts, draw: torch.Generator
) -> pairs.Pair:
    photo, grade = photo_of(photos, draw), random_grade(kind, luts, draw)
    if protocol == "R1":
        return pairs.aligned_pair(photo, grade)
    if protocol == "R2":
        return pairs.two_camera_pair(photo, grade, draw)
    if protocol == "R3d":
        return pairs.spoiled_pair(photo, photo_of(photos, draw), grade, random_amounts(draw))
    others = [photo_of(photos, draw) for _ in range(1 if protocol == "R3" else REFERENCES)]
    return pairs.other_scene_pair(photo, torch.stack(others[:1] if protocol == "R3x1" else others), grade)


def photo_of(photos: PhotoSet, draw: torch.Generator) -> Tensor:
    """A random photograph's middle, ``[3, SIDE, SIDE]``."""
    image = photos.images[int(torch.randint(len(photos), (), generator=draw))]
    height, width = image.shape[-2:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return _resized(image[:, top : top + side, left : left + side].float() / 255.0, (SIDE, SIDE))


def _clip_cases(folder: Path, luts: Luts, draw: torch.Generator) -> Iterator[Case]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            continue
        first, second = _moments(path)
        for _ in range(GRADES_PER_CLIP):
            grade = random_grade(GradeKind.DETUNE, luts, draw)
            yield Case("R2v", GradeKind.DETUNE, pairs.two_moment_pair(first, second, grade))


def _moments(path: Path) -> tuple[Tensor, Tensor]:
    """The frames at MOMENTS of a clip's beginning without its black bars, CLIP_WIDTH wide."""
    reader = reader_of(path)
    length = min(CLIP_FRAMES, reader.probe(path).frame_count)
    pictures = [
        next(iter(reader.read(path, Span(at, at + 1), 1, 4096))).pixels
        for at in (int(length * moment) for moment in MOMENTS)
    ]
    box = active_box(pictures)
    first, second = (torch.from_numpy(box.crop(picture).copy()).movedim(-1, 0) for picture in pictures)
    size = (round(first.shape[-2] * CLIP_WIDTH / first.shape[-1]), CLIP_WIDTH)
    return _resized(first, size), _resized(second, size)


def _resized(picture: Tensor, size: tuple[int, int]) -> Tensor:
    small = torch.nn.functional.interpolate(picture[None], size, mode="bicubic", antialias=True)
    return pairs.stored(small[0])


def color_matcher(method: str) -> Matcher:
    """A method of the package color-matcher; the first frame where the reference has several."""
    from color_matcher import ColorMatcher

    def matched(pair: pairs.Pair) -> Tensor:
        source, reference = (
            picture.movedim(0, -1).double().numpy()
            for picture in (pair.source, pair.reference.view(-1, *pair.reference.shape[-3:])[0])
        )
        result = ColorMatcher().transfer(src=source, ref=reference, method=method)
        return torch.from_numpy(np.clip(np.nan_to_num(result), 0.0, 1.0)).float().movedim(-1, 0)

    return matched


def lutnet(pair: pairs.Pair) -> Refined:
    """lutnet's match, the source's diagnosis included where it is asked for."""
    references = pair.reference.view(-1, *pair.reference.shape[-3:])
    return refine(Frames(pair.source[None]), [Frames(reference[None]) for reference in references])


def measure(
    shared: Path, protocols: list[str], count: int, seed: int, *, alone: bool = False
) -> dict[tuple[str, str], Tally]:
    """Measure every case with every method; alone: without the rivals."""
    rivals = {} if alone else {"MK": color_matcher("mkl"), "HM-MK-HM": color_matcher("hm-mkl-hm")}
    tallies: dict[tuple[str, str], Tally] = {}
    for case in cases(shared, protocols, count, seed):
        tally = tallies.setdefault((case.protocol, case.kind), Tally({}))
        pair = case.pair
        start = time.perf_counter()
        refined = lutnet(pair)
        tally.seconds += time.perf_counter() - start
        tally.aligned += refined.delta_e.pixels is not None
        tally.luts += refined.grade.lut is not None
        cdl = refined.grade.cdl.apply(pair.source.movedim(0, -1)).movedim(-1, 0)
        results = {"nothing": pair.source, "CDL alone": cdl, "lutnet": refined.grade.apply(pair.source)}
        results |= {name: rival(pair) for name, rival in rivals.items()}
        for name, result in results.items():
            tally.differences.setdefault(name, []).append(pairs.difference(result, pair.truth))
    return tallies


def table(tallies: dict[tuple[str, str], Tally]) -> str:
    """The measurements as a Markdown table."""
    lines = [
        "| protocol | grade | pairs | nothing | MK | HM-MK-HM | CDL alone | lutnet | median | p95 | worse | "
        "MK worse | aligned | with LUT | s |",
        "|" + "---|" * 15,
    ]
    for (protocol, kind), tally in tallies.items():
        nothing = tally.differences["nothing"]
        scores = {name: pairs.score(values, nothing) for name, values in tally.differences.items()}
        ours, pairs_seen = scores["lutnet"], len(nothing)
        shown = ("nothing", "MK", "HM-MK-HM", "CDL alone")
        means = [f"{scores[name].mean:.2f}" if name in scores else "" for name in shown]
        cells = [
            *(protocol, kind, str(pairs_seen), *means),
            *(f"**{ours.mean:.2f}**", f"{ours.median:.2f}", f"{ours.p95:.2f}"),
            *(f"{ours.worse:.0%}", f"{scores['MK'].worse:.0%}" if "MK" in scores else ""),
            *(f"{tally.aligned / pairs_seen:.0%}", f"{tally.luts / pairs_seen:.0%}"),
            f"{tally.seconds / pairs_seen:.2f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Reference protocols beside other matchers.")
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--protocols", nargs="+", choices=PROTOCOLS, default=list(PROTOCOLS))
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"])
    print(table(measure(shared, options.protocols, options.pairs, options.seed, alone=options.alone)))


if __name__ == "__main__":
    main()
