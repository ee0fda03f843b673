"""``lutnet shots TIMELINE``: what would be graded, without decoding a frame."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.colour import add_colour, colour_of, warn_of_unmatched
from lutnet.cli.console import output, print_json, table
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.colourspace import ColourManagement, Says, Stated, colour_management
from lutnet.plain import shot_to_plain
from lutnet.shot import FrameRange, Shot
from lutnet.timecode import timecode
from lutnet.timeline import Timeline

ROOMY = 120
"""Columns of a terminal from which on in and out are side by side."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    add_colour(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    timeline = timeline_of_options(options)
    colour = colour_management(colour_of(options))
    warn_of_unmatched(colour, timeline)
    if options.json:
        print_json(_document(timeline, colour))
    else:
        _print_table(timeline, colour)
    return 0


def state(shot: Shot) -> str:
    """``ready``, or why the shot is skipped."""
    return "ready" if shot.skipped is None else f"skipped: {shot.skipped}"


def _document(timeline: Timeline, colour: ColourManagement) -> dict[str, object]:
    stated = _stated(timeline, colour)
    return {
        "timeline": str(timeline.path),
        "name": timeline.name,
        "rate": str(timeline.rate),
        "grading_space": colour.space.name,
        "shots": [
            {
                **shot_to_plain(shot),
                "space": each.space,
                "space_said_by": each.says.value,
                "state": "ready" if shot.skipped is None else "skipped",
                "reason": shot.skipped,
                "warnings": list(shot.warnings),
            }
            for shot, each in zip(colour.declared(timeline.shots, timeline.clips), stated, strict=True)
        ],
    }


def _stated(timeline: Timeline, colour: ColourManagement) -> list[Stated]:
    return [colour.stated(shot, timeline.clips.get(shot.id)) for shot in timeline.shots]


def _print_table(timeline: Timeline, colour: ColourManagement) -> None:
    stated = _stated(timeline, colour)
    console = output()
    between = " - " if console.width >= ROOMY else "\n"
    rows = table(
        f"{timeline.name or timeline.path.name}: {len(timeline.shots)} shots at {float(timeline.rate):g} fps, "
        f"graded in {colour.space.name}",
        "clip", "track", "record", "source", "media", "space", "state",
        whole=("track", "record", "source"),
    )  # fmt: skip
    for shot, each in zip(timeline.shots, stated, strict=True):
        rows.add_row(
            shot.name,
            f"V{shot.track}",
            between.join(_in_and_out(shot.record)),
            between.join(_in_and_out(shot.source)),
            Path(shot.media).name if shot.media else "-",
            _taken_for(each),
            state(shot),
        )
    console.print(rows)


def _taken_for(stated: Stated) -> str:
    """The clip's space and who says so; where nobody does, its values are taken as they are."""
    if stated.unknown is not None:
        return f"as it is ({stated.unknown!r} is unknown)"
    return "as it is" if stated.says is Says.NOBODY else f"{stated.space} ({stated.says})"


def _in_and_out(frames: FrameRange) -> tuple[str, str]:
    return timecode(int(frames.start), frames.rate), timecode(int(frames.end), frames.rate)
