"""Four spoiled shots of one scene and one unspoiled frame of it: encoded, graded by the command line, measured.

    LUTNET_SHARED=... python -m benchmarks.scene_end_to_end [--seed 1] [--clips 4] [--first 0]

Each clip of the reporting half of the footage (see ``benchmarks.scene_solve``) is cut into four shots, each spoiled
by its own detune and encoded as H.264; the reference is the clean middle frame of the first. OpenColorIO applies the
``.cc`` and ``.cube`` files of the package to what was encoded; DE2000 is to the clean frames, at half of the height.
*One by one* is the same with ``--consistency 0``; *true amounts* undoes the detunes themselves, and leaves what was
clipped and what the encoder did. Black bars of the clean frames are not measured. A shot that is skipped counts as it
is, and is told of.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
import opentimelineio as otio
import PyOpenColorIO as ocio
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from benchmarks import clips
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.frames.bars import active_box
from lutnet.frames.readers import reader_of
from lutnet.frames.record import Span
from lutnet.ops.detune import detune, undo
from lutnet.ops.difference import delta_e_rgb
from lutnet.training.sampling import seven_amounts

SHOTS, FRAMES, HEIGHT, MEASURED = 4, 12, 360, 3


def clean_shots(path: Path) -> list[Tensor]:
    """FRAMES frames ``[N, H, W, 3]`` of each quarter of a clip, with even sides."""
    reader = reader_of(path)
    length = min(240, reader.probe(path).frame_count)
    found = []
    for number in range(SHOTS):
        start = length * number // SHOTS
        pictures = list(reader.read(path, Span(start, start + FRAMES), FRAMES, HEIGHT))
        pixels = np.stack([picture.pixels for picture in pictures])
        found.append(
            torch.from_numpy(pixels[:, : pixels.shape[1] // 2 * 2, : pixels.shape[2] // 2 * 2].copy())
        )
    return found


def write_film(path: Path, frames: Tensor, crf: int = 14) -> None:
    """``frames [N, H, W, 3]`` as Rec.709 H.264."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": str(crf), "bf": "0"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = 1, 1  # BT.709, limited
        context.color_primaries, context.color_trc = 1, 1
        for frame in frames:
            codes = (frame.numpy() * 255).round().astype(np.uint8)
            picture = av.VideoFrame.from_ndarray(codes, format="rgb24")
            picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def write_timeline(folder: Path, names: list[str]) -> Path:
    timeline = otio.schema.Timeline("scene")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    used = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(FRAMES, 24))
    for name in names:
        media = otio.schema.ExternalReference(target_url=f"{name}.mp4", available_range=used)
        track.append(otio.schema.Clip(name=name, media_reference=media, source_range=used))
    timeline.tracks.append(track)
    path = folder / "scene.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def applied(package: Path, clip: dict[str, Any], frames: Tensor) -> Tensor:
    """What OpenColorIO makes of ``frames [N, H, W, 3]`` with a clip's files."""
    if clip["cdl"] is None:
        print(f"  {clip['name']} was skipped: {clip['skipped']}")
        return frames
    group = ocio.GroupTransform()
    ccs = [path for path in (package / "cdl").iterdir() if clip["name"] in path.name]
    cdl = ocio.CDLTransform.CreateFromFile(str(ccs[0]), "")
    cdl.setStyle(ocio.CDL_ASC)
    group.appendTransform(cdl)
    if clip["lut"]:
        lut = str(package / clip["lut"]["path"])
        group.appendTransform(ocio.FileTransform(lut, interpolation=ocio.INTERP_TETRAHEDRAL))
    processor = ocio.Config.CreateRaw().getProcessor(group).getDefaultCPUProcessor()
    pixels = np.array(frames.reshape(-1, 3).numpy(), np.float32)
    processor.applyRGB(pixels)
    return torch.from_numpy(pixels.clip(0, 1)).view(frames.shape)


def graded(folder: Path, consistency: float) -> Path:
    """The package of the command line."""
    package = folder / f"out{consistency:g}"
    command = [sys.executable, "-m", "lutnet", "grade", str(folder / "scene.otio"), "-q", "-o", str(package)]
    wishes = ["--ref", str(folder / "reference.png"), "--consistency", str(consistency)]
    code = subprocess.run([*command, *wishes], check=False).returncode
    if code not in (0, EXIT_SKIPPED):
        raise RuntimeError(f"lutnet grade ended with {code}")
    return package


def differences(folder: Path, clean: list[Tensor], amounts: Tensor) -> dict[str, list[float]]:
    """DE to the clean frames of every shot: spoiled by its row of ``amounts``, graded one by one, graded together, and
    with the true amounts undone."""
    packages = {"one by one": graded(folder, 0.0), "together": graded(folder, 1.0)}
    clips = {name: json.loads((path / "grades.json").read_text())["clips"] for name, path in packages.items()}
    found: dict[str, list[float]] = {"spoiled": [], "one by one": [], "together": [], "true amounts": []}
    for number, frames in enumerate(clean):
        spoiled, truth = measured(folder / f"shot{number}.mp4", frames)
        found["spoiled"].append(float(delta_e_rgb(spoiled, truth).mean()))
        found["true amounts"].append(float(delta_e_rgb(undo(spoiled, amounts[number]), truth).mean()))
        for name, package in packages.items():
            shown = applied(package, clips[name][number], spoiled)
            found[name].append(float(delta_e_rgb(shown, truth).mean()))
    return found


def measured(film: Path, clean: Tensor) -> tuple[Tensor, Tensor]:
    """Frames ``[N, H, W, 3]`` of a film, and what they should be, at half of the height, without the bars that the
    clean frames have: where faults lift them, nobody else's cropping would do."""
    pictures = list(reader_of(film).read(film, Span(0, FRAMES), MEASURED, HEIGHT // 2))
    spoiled = torch.from_numpy(np.stack([picture.pixels for picture in pictures]))
    chosen = clean[[picture.index for picture in pictures]].movedim(-1, 1)
    truth = interpolate(chosen, size=spoiled.shape[1:3], mode="area").movedim(1, -1)
    box = active_box([frame.numpy() for frame in truth])
    inside = [
        torch.from_numpy(np.stack([box.crop(each.numpy()) for each in side])) for side in (spoiled, truth)
    ]
    return inside[0], inside[1]


def main() -> None:
    """The command line of the module docstring."""
    parser = argparse.ArgumentParser(description="A scene, end to end.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--first", type=int, default=0, help="clips to leave out before them")
    options = parser.parse_args()
    draw = torch.Generator().manual_seed(options.seed)
    source = Path(os.environ["LUTNET_SHARED"]) / "footage"
    paths = clips.every(source)
    every: dict[str, list[float]] = {}
    print("| scene | spoiled | one by one | together | less | true amounts | less |")
    print("|---|---|---|---|---|---|---|")
    for number, path in enumerate(paths[1::2][: options.clips]):
        every_amounts = seven_amounts(SHOTS, draw)
        if number < options.first:
            continue
        clean = clean_shots(path)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            middle = clean[0][FRAMES // 2]
            Image.fromarray((middle.numpy() * 255).round().astype(np.uint8)).save(folder / "reference.png")
            for shot, amounts in enumerate(every_amounts):
                write_film(folder / f"shot{shot}.mp4", detune(clean[shot], amounts))
            write_timeline(folder, [f"shot{number}" for number in range(SHOTS)])
            found = differences(folder, clean, every_amounts)
        _row(path.stem, found)
        for method, values in found.items():
            every.setdefault(method, []).extend(values)
    _row("**all**", every)


def _row(name: str, found: dict[str, list[float]]) -> None:
    spoiled, alone, together, true = (float(np.mean(values)) for values in found.values())
    figures = f"{spoiled:.2f} | {alone:.2f} | {together:.2f} | {1 - together / spoiled:.0%}"
    print(f"| {name} | {figures} | {true:.2f} | {1 - true / spoiled:.0%} |", flush=True)


if __name__ == "__main__":
    main()
