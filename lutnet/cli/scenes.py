"""``lutnet scenes TIMELINE``: which shots belong together, by what they show."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from lutnet.cli.colour import add_colour, colour_of
from lutnet.cli.console import output, print_json, progress, table
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.colourspace import colour_management
from lutnet.continuity.document import scenes_document
from lutnet.continuity.scenes import read_scenes
from lutnet.export.atomic import write_text
from lutnet.timecode import timecode
from lutnet.timeline import Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write them as JSON, to edit and give to grade --scenes",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    timeline = timeline_of_options(options)
    colour = colour_management(colour_of(options))
    shots = colour.declared(timeline.shots, timeline.clips)
    with progress(options.json) as report:
        scenes = read_scenes(shots, colour, lambda shot, done, total: report(shot.name, done, total))
    document = scenes_document(str(timeline.path), timeline.shots, scenes)
    if options.output is not None:
        write_text(options.output, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    if options.json:
        print_json(document)
    else:
        _print_table(timeline, scenes)
        if options.output is not None:
            output().print(f"Written to {options.output}: edit it, and give it to lutnet grade --scenes.")
    return EXIT_SKIPPED if any(isinstance(scene, str) for scene in scenes) else 0


def _print_table(timeline: Timeline, scenes: Sequence[int | str]) -> None:
    count = len({scene for scene in scenes if isinstance(scene, int)})
    rows = table(
        f"{timeline.name or timeline.path.name}: {len(timeline.shots)} shots of {count} scenes",
        "scene", "clip", "record in", "record out", "",
        right=("scene",),
    )  # fmt: skip
    for shot, scene in zip(timeline.shots, scenes, strict=True):
        record = shot.record
        rows.add_row(
            str(scene) if isinstance(scene, int) else "-",
            shot.name,
            timecode(int(record.start), record.rate),
            timecode(int(record.end), record.rate),
            f"skipped: {scene}" if isinstance(scene, str) else "",
        )
    output().print(rows)
