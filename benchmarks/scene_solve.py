"""Protocol S: shots of one scene, each spoiled by its own detune, graded one by one, together, and by matchers.

    LUTNET_SHARED=... python -m benchmarks.scene_solve [--half reporting] [--seed 1] [--draws 2] [--shots 4]

A clip's ranges are the shots; the film scene is ``tos_1080p_V1-0004`` to ``-0008``, one file a shot. Cut error is the
mean DE2000 between the two shots' grades of the same clean colours, of both sides of the cut. Clips are split by name
into those that the numbers of ``lutnet.continuity`` were chosen with (every other one, from the first) and the
others. color-matcher, where it is installed, matches every shot to the hero as lutnet graded it alone; its
transforms are found again from what it makes of the shot's pixels. *True amounts* undoes what was done: what is
left is clipped. Neutrals have C*ab below 4 in the clean frame.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks import clips
from lutnet.continuity.anchor import unsureness
from lutnet.continuity.compared import compared_of
from lutnet.continuity.together import Member, join
from lutnet.diagnosis.model import default_model
from lutnet.frames import probe, read_shot
from lutnet.grade import Diagnosis
from lutnet.ops.detune import detune, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.encoding import rgb_to_lab
from lutnet.refinement import diagnosed
from lutnet.refinement.fit import Wish
from lutnet.shot import FrameRange, Frames, Shot
from lutnet.training.sampling import quantised, seven_amounts

FILM_SCENE = tuple(f"tos_1080p_V1-000{number}" for number in range(4, 9))
CLIP_FRAMES = 240
PALETTE = 2048  # as lutnet.continuity.regraded has it
COLOURS_MEASURED = 4000
NEUTRAL, LEAST_NEUTRALS, SAME_NEUTRAL = 4.0, 0.01, 0.010

Colouring = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One shot: clean and spoiled frames ``[N, 3, H, W]``, what spoiled it, and what lutnet says of it alone."""

    clean: Tensor
    spoiled: Tensor
    amounts: Tensor
    found: Diagnosis

    @classmethod
    def of(cls, clean: Tensor, spoiled: Tensor, amounts: Tensor) -> Case:
        found, _ = diagnosed(Frames(spoiled), default_model())
        return cls(clean, spoiled, amounts, found)

    def spoil(self, colours: Tensor) -> Tensor:
        return quantised(detune(colours, self.amounts))


def shots_of(path: Path, count: int) -> list[Tensor]:
    """Frames of ``count`` ranges of a clip, one after the other."""
    info = probe(path)
    length = Fraction(min(CLIP_FRAMES, info.frame_count), count)
    ranges = [
        FrameRange(Fraction(int(number * length)), Fraction(int(length)), info.rate)
        for number in range(count)
    ]
    shots = [Shot(str(used.start), path.stem, 1, "", used, used, str(path)) for used in ranges]
    return [read_shot(shot).pixels for shot in shots]


def scenes(folder: Path, half: str, count: int) -> Iterator[tuple[str, list[Tensor]]]:
    """Name and clean shots of every scene of a half of the footage; the film scene belongs to the reporting half."""
    for path in clips.half(folder, half):
        yield path.stem, shots_of(path, count)
    if half != "choosing":
        yield "film scene", [shots_of(folder / f"{name}.mov", 1)[0] for name in FILM_SCENE]


def spoiled(clean: Sequence[Tensor], draw: torch.Generator) -> list[Case]:
    cases = []
    for frames, amounts in zip(clean, seven_amounts(len(clean), draw), strict=True):
        bad = quantised(detune(frames.movedim(1, -1), amounts)).movedim(-1, 1)
        cases.append(Case.of(frames, bad, amounts))
    return cases


def member(case: Case) -> Member:
    compared = compared_of(Frames(case.spoiled), case.found)
    return Member(compared, unsure=unsureness(list(case.found.corrections.values())))


def together(cases: Sequence[Case]) -> tuple[list[Colouring], int]:
    """Every shot's exported grade after the joint solve, and the hero."""
    members = [member(case) for case in cases]
    joined = join(members, scenes=[1] * len(cases))
    grades = []
    for case, shot, each in zip(cases, members, joined, strict=True):
        palette = shot.compared.colours(PALETTE)
        grade = case.found.grade if each.transform is None else Wish(palette).granted(each.transform)
        grades.append(grade.apply_colours)
    return grades, next(place for place, each in enumerate(joined) if each.hero)


def matched(cases: Sequence[Case], hero: int, method: str) -> list[Colouring] | None:
    """Every shot matched by color-matcher to the hero as lutnet graded it alone; None where it is not installed."""
    try:
        from color_matcher import ColorMatcher
    except ImportError:
        return None
    target = _picture(cases[hero].found.grade.apply(cases[hero].spoiled))
    found = []
    for place, case in enumerate(cases):
        if place == hero:
            found.append(case.found.grade.apply_colours)
            continue
        source = _picture(case.spoiled)
        made = ColorMatcher().transfer(src=source * 255.0, ref=target * 255.0, method=method) / 255.0
        found.append(_found_again(source.reshape(-1, 3), made.reshape(-1, 3), affine=method == "mkl"))
    return found


def _picture(frames: Tensor) -> np.ndarray:
    """Frames under each other as one picture ``[N * H, W, 3]``, thinned."""
    return np.concatenate(list(frames[..., ::2, ::2].movedim(1, -1).double().numpy()))


def _found_again(source: np.ndarray, made: np.ndarray, *, affine: bool) -> Colouring:
    """What a matcher does, as a transform of any colour: affine, or one curve a channel."""
    if affine:
        with_one = np.concatenate((source, np.ones((len(source), 1))), 1)
        matrix = torch.from_numpy(np.linalg.lstsq(with_one, made, rcond=None)[0]).float()
        return lambda colours: (colours @ matrix[:3] + matrix[3]).clamp(0.0, 1.0)
    curves = []
    for channel in range(3):
        values, place = np.unique(np.rint(source[:, channel] * 255) / 255, return_inverse=True)
        means = np.bincount(place, made[:, channel]) / np.bincount(place)
        curves.append((values, means))

    def apply(colours: Tensor) -> Tensor:
        channels = [np.interp(colours[..., c].numpy(), *curves[c]) for c in range(3)]
        return torch.from_numpy(np.stack(channels, -1)).float().clamp(0.0, 1.0)

    return apply


@dataclass(slots=True)
class Score:
    """cuts, neutrals: one per cut, neutrals only where there are some. shots: DE to the clean frames.

    whole: as neutrals, of those that neither side's detune clipped in any channel.
    """

    cuts: list[float]
    shots: list[float]
    neutrals: list[float]
    whole: list[float]


def measure(cases: Sequence[Case], grades: Sequence[Colouring], score: Score) -> None:
    clean = [_colours(case.clean) for case in cases]
    for place, (case, grade) in enumerate(zip(cases, grades, strict=True)):
        score.shots.append(float(delta_e_rgb(grade(case.spoil(clean[place])), clean[place]).mean()))
    for place in range(len(cases) - 1):
        both = torch.cat(clean[place : place + 2])
        spoilt = [cases[side].spoil(both) for side in (place, place + 1)]
        sides = [grades[place + side](spoilt[side]) for side in (0, 1)]
        score.cuts.append(float(delta_e_rgb(*sides).mean()))
        lab = rgb_to_lab(both)
        neutral = lab[:, 1:].norm(dim=-1) < NEUTRAL
        if float(neutral.float().mean()) >= LEAST_NEUTRALS:
            score.neutrals.append(_warmer(sides, neutral))
            unclipped = torch.stack([((side > 0.0) & (side < 1.0)).all(-1) for side in spoilt]).all(0)
            if float((neutral & unclipped).float().mean()) >= LEAST_NEUTRALS:
                score.whole.append(_warmer(sides, neutral & unclipped))


def _warmer(sides: Sequence[Tensor], kept: Tensor) -> float:
    """By how much mean R-B of the places ``kept`` differs between both sides."""
    one, two = (float((side[kept, 0] - side[kept, 2]).mean()) for side in sides)
    return abs(one - two)


def _colours(frames: Tensor) -> Tensor:
    flat = frames.movedim(1, -1).reshape(-1, 3)
    return flat[torch.linspace(0, len(flat) - 1, COLOURS_MEASURED).long()]


def out_of_order(cases: Sequence[Case], grades: Sequence[Colouring], draw: torch.Generator) -> float:
    """Largest mean DE of a shot between its grade and that of the same scene in another order."""
    order = torch.randperm(len(cases), generator=draw).tolist()
    others = together([cases[place] for place in order])[0]
    return max(
        float(delta_e_rgb(grades[place](colours), others[new](colours)).mean())
        for new, place in enumerate(order)
        for colours in (_colours(cases[place].spoiled),)
    )


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="Protocol S.")
    parser.add_argument("--half", choices=("choosing", "reporting"), default="reporting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--shots", type=int, default=4)
    options = parser.parse_args()
    draw = torch.Generator().manual_seed(options.seed)
    scores: dict[str, Score] = {}
    moved: list[float] = []
    for name, clean in scenes(Path(os.environ["LUTNET_SHARED"]) / "footage", options.half, options.shots):
        for _ in range(options.draws):
            cases = spoiled(clean, draw)
            joint, hero = together(cases)
            rivals = {f"color-matcher {method}": matched(cases, hero, method) for method in ("mkl", "hm")}
            methods = {
                "nothing": [lambda colours: colours] * len(cases),
                "one by one": [case.found.grade.apply_colours for case in cases],
                **{rival: found for rival, found in rivals.items() if found is not None},
                "**together**": joint,
                "true amounts": [lambda colours, case=case: undo(colours, case.amounts) for case in cases],
            }
            for method, grades in methods.items():
                measure(cases, grades, scores.setdefault(method, Score([], [], [], [])))
            moved.append(out_of_order(cases, joint, draw))
            cuts = [float(np.mean(score.cuts[-len(cases) + 1 :])) for score in scores.values()]
            print(f"  {name}: {', '.join(f'{cut:.2f}' for cut in cuts)}", flush=True)
    _print(scores, moved)


def _print(scores: dict[str, Score], moved: Sequence[float]) -> None:
    base = np.mean(scores["nothing"].cuts)
    print(
        "| grades | cut error | less | 95 % | DE to clean | 95 % | R-B of neutrals within 0.010 | of unclipped ones |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for method, score in scores.items():
        cut, off = np.mean(score.cuts), np.mean(score.shots)
        alike, whole = (np.mean(np.array(each) <= SAME_NEUTRAL) for each in (score.neutrals, score.whole))
        tail, wrong = np.quantile(score.cuts, 0.95), np.quantile(score.shots, 0.95)
        figures = f"{cut:.2f} | {1 - cut / base:.0%} | {tail:.2f} | {off:.2f} | {wrong:.2f}"
        print(f"| {method} | {figures} | {alike:.0%} | {whole:.0%} |")
    score = scores["nothing"]
    counts = f"{len(score.neutrals)} cuts with neutrals, {len(score.whole)} with unclipped ones"
    print(f"{len(score.cuts)} cuts of {len(score.shots)} shots, {counts};")
    print(f"in another order a shot's grade moves by DE {max(moved):.3f} at most")


if __name__ == "__main__":
    main()
