"""``lutnet regrade NEW --from OLD.lutnet``: a re-cut; what survived keeps its grade, the rest is matched to it."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json, progress, table
from lutnet.cli.engine import engine_of
from lutnet.cli.grade import add_options, add_reference, conclude, settings_of
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.recut import Fate
from lutnet.regrade import Regraded, regrade


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    parser.add_argument(
        "--from", dest="old", type=Path, required=True, metavar="PACKAGE", help="of the cut before this one"
    )
    add_reference(parser, required=False)
    add_options(parser)


def run(options: argparse.Namespace) -> int:
    with progress(options.json or options.quiet) as report:
        done = regrade(
            timeline_of_options(options),
            options.old,
            reference=options.ref,
            output=options.output,
            settings=settings_of(options),
            on_clip=lambda clip, done, total: report(clip.shot.name, done, total),
            engine=engine_of(options),
        )
    if options.json:
        changes = [
            {"change": each.fate.value, "id": each.shot.id, "name": each.shot.name, "before": each.before}
            for each in done.changes
        ]
        print_json({"package": str(done.graded.folder), "changes": changes})
        return EXIT_SKIPPED if done.graded.skipped else 0
    code = conclude(done.graded, options)
    if not options.quiet:
        _print_changes(done)
    return code


def _print_changes(done: Regraded) -> None:
    counts = {fate: sum(each.fate is fate for each in done.changes) for fate in Fate}
    told = ", ".join(f"{count} {fate.value}" for fate, count in counts.items())
    status = {clip.shot.id: clip.status.value for clip in done.graded.clips}
    rows = table(f"What changed: {told}", "clip", "change", "status")
    for change in done.changes:
        if change.fate is not Fate.KEPT:
            now = "" if change.fate is Fate.GONE else status.get(change.shot.id, "")
            rows.add_row(change.shot.name, change.fate.value, now)
    output().print(rows)
