"""``lutnet demo``: footage with known faults, graded, and compared with the truth."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json, progress, table
from lutnet.cli.notes import warnings_of
from lutnet.demo import DemoResult, DemoShotResult, run_demo
from lutnet.engine.threads import one_thread_per_shot
from lutnet.export.package import CONTACT_SHEET


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("lutnet-demo"),
        help="folder to work in (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    one_thread_per_shot()
    with progress(options.json) as report:
        result = run_demo(options.output, report)
    if options.json:
        print_json(_document(result))
    else:
        _print(result)
    return 0


def _document(result: DemoResult) -> dict[str, object]:
    return {
        "package": str(result.graded.folder),
        "shots": [
            {
                "name": shot.shot.name,
                "same_scene": shot.same_scene,
                "spoiled_by": shot.shot.amounts,
                "delta_e_before": shot.delta_e_before,
                "delta_e_after": shot.delta_e_after,
            }
            for shot in result.shots
        ],
        "fall": {
            "same_scene": result.fall(same_scene=True),
            "other_scenes": result.fall(same_scene=False),
            "all": result.fall(),
        },
    }


def _print(result: DemoResult) -> None:
    rows = table(
        "Spoiled by known amounts, graded to a reference from the garage, compared with the truth",
        "shot", "spoiled by", "reference", "DE before", "DE after",
        right=("DE before", "DE after"),
    )  # fmt: skip
    for shot in result.shots:
        rows.add_row(
            shot.shot.name,
            _amounts(shot),
            "same scene" if shot.same_scene else "other scene",
            f"{shot.delta_e_before:.1f}",
            f"{shot.delta_e_after:.1f}",
        )
    console = output()
    console.print(rows)
    console.print(
        f"\nMean DE2000 to the truth fell by {100 * result.fall(same_scene=True):.0f} % where the reference "
        f"shows the scene, {100 * result.fall(same_scene=False):.0f} % elsewhere, {100 * result.fall():.0f} % over all."
    )
    for line in warnings_of(result.graded):
        console.print(line, style="dim")
    console.print(f"Open {result.graded.folder / CONTACT_SHEET} to see every shot before and after.")
    console.print("\nPhotographs: " + "; ".join(result.credits) + ".", style="dim")


def _amounts(shot: DemoShotResult) -> str:
    return (
        ", ".join(f"{n.replace('_', ' ')} {100 * a:+.0f} %" for n, a in shot.shot.amounts.items())
        or "nothing"
    )
