"""``lutnet shots TIMELINE``: what would be graded, without decoding a frame."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json, table
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.export.timecode import timecode
from lutnet.plain import shot_to_plain
from lutnet.shot import FrameRange, Shot
from lutnet.timeline import Timeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    timeline = timeline_of_options(options)
    if options.json:
        print_json(_document(timeline))
    else:
        _print_table(timeline)
    return 0


def state(shot: Shot) -> str:
    """``ready``, or why the shot is skipped."""
    return "ready" if shot.skipped is None else f"skipped: {shot.skipped}"


def _document(timeline: Timeline) -> dict[str, object]:
    return {
        "timeline": str(timeline.path),
        "name": timeline.name,
        "rate": str(timeline.rate),
        "shots": [
            {
                **shot_to_plain(shot),
                "state": "ready" if shot.skipped is None else "skipped",
                "reason": shot.skipped,
                "warnings": list(shot.warnings),
            }
            for shot in timeline.shots
        ],
    }


def _print_table(timeline: Timeline) -> None:
    rows = table(
        f"{timeline.name or timeline.path.name}: {len(timeline.shots)} shots at {float(timeline.rate):g} fps",
        "clip", "track", "record in", "record out", "source in", "source out", "media", "state",
    )  # fmt: skip
    for shot in timeline.shots:
        rows.add_row(
            shot.name,
            f"V{shot.track}",
            *_in_and_out(shot.record),
            *_in_and_out(shot.source),
            Path(shot.media).name if shot.media else "-",
            state(shot),
        )
    output().print(rows)


def _in_and_out(frames: FrameRange) -> tuple[str, str]:
    return timecode(int(frames.start), frames.rate), timecode(int(frames.end), frames.rate)
