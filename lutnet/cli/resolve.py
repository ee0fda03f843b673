"""``lutnet resolve``: carry a package into DaVinci Resolve, take it back, install the entries of its menu."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lutnet.cli.main import EXIT_SKIPPED
from lutnet.errors import LutnetError
from lutnet.export.package import MANIFEST
from resolve_bridge.apply import Options, apply
from resolve_bridge.connect import connect
from resolve_bridge.errors import BridgeError
from resolve_bridge.folders import scripts_folder
from resolve_bridge.install import Installation
from resolve_bridge.package import read_package
from resolve_bridge.plan import Wish
from resolve_bridge.report import Report
from resolve_bridge.revert import revert

Action = Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def add(name: str, action: Action, summary: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        added.set_defaults(action=action)
        return added

    _add_apply(
        add("apply", _apply, "write a package's grades to the open timeline, in versions of their own")
    )
    _add_common(add("revert", _revert, "take back what apply did to the open timeline"))
    _add_install(add("install", _install, "put lutnet into Resolve's Scripts menu"))
    _add_grade(add("grade", _grade, "grade an exported timeline, one line a clip (the menu runs this)"))


def run(options: argparse.Namespace) -> int:
    action: Action = options.action
    try:
        return action(options)
    except BridgeError as error:
        raise LutnetError(error.what, fix=error.fix or None) from error


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_lut_node(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lut-node",
        metavar="NODE",
        default="",
        help="number or label of the node for LUTs (default: CDL and LUT baked into one LUT on node 1)",
    )


def _add_apply(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", type=Path, help="the folder that lutnet grade wrote")
    _add_common(parser)
    _add_lut_node(parser)
    parser.add_argument("--bake", action="store_true", help="always one LUT that holds CDL and LUT")
    parser.add_argument(
        "--assume-space",
        action="store_true",
        help="take the grading space for the timeline's, whatever it says",
    )
    parser.add_argument("--lut-folder", type=Path, help="Resolve's master LUT folder, where it is not found")
    parser.add_argument(
        "--prove",
        type=Path,
        metavar="FOLDER",
        help="export stills to FOLDER and compare them with the grades",
    )


def _add_install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="list the files, and write none")
    parser.add_argument("--uninstall", action="store_true", help="delete them again")
    parser.add_argument(
        "--folder", type=Path, help="Resolve's Fusion/Scripts folder (default: the user's own)"
    )
    _add_lut_node(parser)


def _add_grade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("timeline", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the package")
    parser.add_argument("--ref", metavar="REF", help="the look to match, as of lutnet grade")


def _apply(options: argparse.Namespace) -> int:
    from lutnet.review.refresh import refresh_package

    if (options.package / MANIFEST).is_file():  # else the bridge says what is wrong
        refresh_package(options.package)
    package = read_package(options.package)
    resolve = connect()
    wish = Wish(options.lut_node, options.bake)
    report = apply(
        resolve, package, Options(wish, options.assume_space, options.dry_run, options.lut_folder), _progress
    )
    if options.prove and not options.dry_run:
        from lutnet.cli.resolve_proof import proven

        try:
            report = proven(report, resolve, package, options.prove)
        except BridgeError as error:  # the grades are written all the same, and the report must say so
            report = report._replace(notes=(*report.notes, f"no proof: {error}"))
    return _told(report, options.json)


def _revert(options: argparse.Namespace) -> int:
    return _told(revert(connect(), options.dry_run), options.json)


def _install(options: argparse.Namespace) -> int:
    folder = options.folder or scripts_folder(os.environ)
    # The interpreter rather than the console script: it is there whatever the PATH of Resolve is.
    installation = Installation(folder.absolute(), [sys.executable, "-m", "lutnet"], options.lut_node)
    if options.uninstall:
        paths = sorted(installation.files()) if options.dry_run else installation.uninstall()
        _list("would delete" if options.dry_run else "deleted", paths)
        return 0
    paths = sorted(installation.files()) if options.dry_run else installation.install()
    _list("would write" if options.dry_run else "wrote", paths)
    print("In Resolve: Workspace > Scripts > lutnet. It speaks in Workspace > Console.")
    print(
        "Not listed? The free edition runs no Python scripts from 21.1 on: see docs/resolve.md for its way."
    )
    return 0


def _grade(options: argparse.Namespace) -> int:
    from lutnet.pipeline import grade_timeline
    from lutnet.settings import GradeSettings

    graded = grade_timeline(
        options.timeline,
        options.ref,
        options.output,
        GradeSettings(),
        on_clip=lambda clip, done, total: print(
            f"lutnet: graded {done}/{total} {clip.shot.name}", flush=True
        ),
    )
    print(f"lutnet: package in {graded.folder}")
    return EXIT_SKIPPED if graded.skipped else 0


def _told(report: Report, as_json: bool) -> int:
    print(report.to_json() if as_json else report.to_text())
    return EXIT_SKIPPED if report.failed else 0


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} {what[:60]:60}", end="\n" if done == total else "", file=sys.stderr)


def _list(what: str, paths: Sequence[Path]) -> None:
    for path in paths:
        print(f"{what} {path}")
