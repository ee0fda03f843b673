"""Log spaces: ``python -m benchmarks.spaces [--photos 24] [--seed 1] [--parts view same log cost]``.

view: the lattice for gradients against OpenColorIO. same: one scene in Rec.709 and in log, graded, as seen.
log: how often log footage is recognised, and other footage taken for it. cost: of the solve behind a view.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lutnet.colourspace import ColourConfig, ColourSettings, View, colour_management
from lutnet.colourspace.log_look import BRIGHTEST, WHITE, log_look
from lutnet.colourspace.pixels import converted
from lutnet.diagnosis import diagnose
from lutnet.errors import MediaError
from lutnet.frames import probe
from lutnet.frames.record import Picture, Span
from lutnet.frames.select import most_different
from lutnet.frames.video import read
from lutnet.ops.detune import detune
from lutnet.ops.difference import delta_e_rgb
from lutnet.refinement import refine
from lutnet.refinement.behind import behind_view
from lutnet.shot import Frames
from lutnet.training.log_look import CLEAN, ONE_FAULT, SEVEN_FAULTS, SPACES, samples_of
from lutnet.training.photos import load_photos

SAME = ("ARRI LogC3 (EI800)", "S-Log3 S-Gamut3.Cine", "ACEScct", "Apple Log")
STRENGTH = 0.8
FOOTAGE_FRAMES, WINDOW = 30, 6
"""Places of a clip from which up to twice as many frames are taken; of six that follow, three make a shot."""

STOPS = (0.25, 1.0, 4.0)


def colours_of(photos: Path, count: int, seed: int) -> list[Tensor]:
    """``[H, W, 3]`` of ``count`` photographs, spread over the folder."""
    images = load_photos(photos).images
    chosen = np.random.default_rng(seed).permutation(len(images))[:count]
    return [images[int(number)].movedim(0, -1).float() / 255.0 for number in chosen]


def view_error(pictures: list[Tensor]) -> None:
    config = ColourConfig()
    linear = config.space("ACEScg")
    pixels = torch.cat([picture.reshape(-1, 3)[::37] for picture in pictures])
    uniform = torch.rand(100_000, 3, generator=torch.Generator().manual_seed(0))
    print(f"{'lattice to OpenColorIO, DE':34} {'mean':>6} {'99 %':>6} {'largest':>8} {'whole cube':>11}")
    for name in (*SPACES, "PQ", "HLG"):
        space = config.space(name)
        view = View.of(config, space)
        recorded = converted(config.shower(space, view.display, view.view, inverse=True), pixels)
        light = converted(config.converter(space, linear), recorded)
        exposed = [converted(config.converter(linear, space), stop * light) for stop in STOPS]
        inside = torch.cat(exposed).clamp(0.0, 1.0)
        off = delta_e_rgb(view.lattice.apply(inside), view.show(inside))
        cube = delta_e_rgb(view.lattice.apply(uniform), view.show(uniform)).mean()
        print(f"{space.name:34} {off.mean():6.3f} {off.quantile(0.99):6.2f} {off.max():8.2f} {cube:11.3f}")


def same_result(pictures: list[Tensor], seed: int) -> None:
    config = ColourConfig()
    random = torch.Generator().manual_seed(seed)
    found: dict[tuple[str, str], list[float]] = {}
    for picture in pictures:
        spoiled = detune(picture, STRENGTH * (2 * torch.rand(7, generator=random) - 1)).clamp(0, 1)
        for how, references in (("diagnosed", ()), ("matched", (_frames(picture),))):
            seen = _frames(spoiled)
            in_video = refine(seen, references, diagnose(seen)).grade.apply_colours(spoiled)
            for name in SAME:
                colour = colour_management(ColourSettings(name))
                view = colour.view
                shower = config.shower(view.space, view.display, view.view, inverse=True)
                recorded = converted(shower, spoiled).clamp(0.0, 1.0)
                shot = _frames(recorded)
                seen = colour.seen(shot)
                refined = behind_view(refine(seen, references, diagnose(seen)), shot, view)
                in_log = view.show(refined.grade.apply_colours(recorded))
                found.setdefault((name, how), []).append(float(delta_e_rgb(in_log, in_video).mean()))
    print(f"{'graded in log to graded in Rec.709':34} {'':10} {'mean':>6} {'median':>7} {'worst':>6}")
    for (name, how), values in sorted(found.items()):
        print(f"{name:34} {how:10} {np.mean(values):6.2f} {np.median(values):7.2f} {max(values):6.2f}")


def solve_cost(pictures: list[Tensor], seed: int) -> None:
    """Processor time of the solve behind a view beside that of the diagnosis of the same shot (three frames)."""
    config = ColourConfig()
    random = torch.Generator().manual_seed(seed)
    print(f"{'solve behind the view':34} {'median':>8} {'slowest':>8} {'to the diagnosis':>17}")
    for name in SAME:
        colour = colour_management(ColourSettings(name))
        view = colour.view
        shower = config.shower(view.space, view.display, view.view, inverse=True)
        view.lattice.apply(torch.zeros(1, 3))  # made once a run, not once a shot
        solved, diagnosed = [], []
        for picture in pictures:
            spoiled = detune(picture, STRENGTH * (2 * torch.rand(7, generator=random) - 1)).clamp(0, 1)
            shot = _frames(converted(shower, spoiled).clamp(0.0, 1.0))
            shot = Frames(shot.pixels.expand(3, -1, -1, -1))
            seen = colour.seen(shot)
            refined = refine(seen, (_frames(picture),), diagnose(seen))
            diagnosed.append(_busy(partial(diagnose, seen)))
            solved.append(_busy(partial(behind_view, refined, shot, view)))
        times = np.asarray(solved)
        ratio = np.median(times / np.asarray(diagnosed))
        print(f"{name:34} {np.median(times):6.2f} s {times.max():6.2f} s {ratio:15.1f} x")


def _busy(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def log_recognised(photos: Path, footage: Path, seed: int) -> None:
    look, samples = log_look(), samples_of(photos, seed)
    flat = samples.features[:, BRIGHTEST] < WHITE  # see LogLook.judged
    scores = np.where(flat, look.score(samples.features), -np.inf)
    print(f"{'taken for log':34} {'count':>6} {'refused':>8} {'told':>7}")
    for kind in (CLEAN, ONE_FAULT, SEVEN_FAULTS, *SPACES):
        these = scores[samples.kinds == kind]
        refused, told = (float((these > limit).mean()) for limit in (look.refuse, look.suspect))
        print(f"{kind:34} {len(these):6} {refused:8.1%} {told:7.1%}")
    sampled = [pictures for path in sorted(footage.iterdir()) if (pictures := _pictures(path))]
    alone = [torch.from_numpy(each.pixels).movedim(-1, 0)[None] for pictures in sampled for each in pictures]
    windows = [pictures[at : at + WINDOW] for pictures in sampled for at in range(0, len(pictures), WINDOW)]
    shots = [
        torch.cat([torch.from_numpy(each.pixels).movedim(-1, 0)[None] for each in most_different(window, 3)])
        for window in windows
        if len(window) == WINDOW
    ]
    for kind, judged in (("shots of footage, three frames each", shots), ("its single frames", alone)):
        refused, told = sum(map(look.refused, judged)), sum(map(look.suspected, judged))
        print(f"{kind}, of {len(sampled)} clips: {len(judged)}, refused {refused}, refused or told {told}")


def _pictures(path: Path) -> list[Picture]:
    try:
        return list(read(path, Span(0, probe(path).frame_count), FOOTAGE_FRAMES, 256))
    except MediaError:
        return []


def _frames(picture: Tensor) -> Frames:
    return Frames(picture.movedim(-1, 0).unsqueeze(0).contiguous())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", default=["view", "same", "log"])
    options = parser.parse_args()
    shared = Path(os.environ["LUTNET_SHARED"])
    pictures = colours_of(shared / "photos" / "test", options.photos, options.seed)
    if "view" in options.parts:
        view_error(pictures)
    if "same" in options.parts:
        same_result(pictures, options.seed)
    if "cost" in options.parts:
        solve_cost(pictures, options.seed)
    if "log" in options.parts:
        log_recognised(shared / "photos" / "test", shared / "footage", options.seed)


if __name__ == "__main__":
    main()
