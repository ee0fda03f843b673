"""``lutnet regrade NEW --from OLD.lutnet``: a re-cut; what survived keeps its grade, the rest is matched to it."""

from __future__ import annotations

import argparse
import glob
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lutnet.cli.console import output, print_json, progress, table
from lutnet.cli.engine import engine_of
from lutnet.cli.grade import add_options, add_reference, conclude, settings_of
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.colourspace import BUILTIN
from lutnet.errors import InputError
from lutnet.export.manifest import read_manifest
from lutnet.export.package import MANIFEST, REFERENCE
from lutnet.plain import Json
from lutnet.recut import Fate
from lutnet.regrade import Regraded, regrade
from lutnet.result import LutPer
from lutnet.shot import REC709


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    parser.add_argument(
        "--from", dest="old", type=Path, required=True, metavar="PACKAGE", help="of the cut before this one"
    )
    add_reference(parser, required=False)
    add_options(parser)
    parser.set_defaults(**dict.fromkeys(INHERITED))  # None: not given, so as in the old package


def run(options: argparse.Namespace) -> int:
    inherited = inherit(options)
    settings = settings_of(options)
    with progress(options.json or options.quiet) as report:
        done = regrade(
            timeline_of_options(options),
            options.old,
            reference=options.ref,
            output=options.output,
            settings=settings,
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
    code = conclude(done.graded, settings, options)
    if not options.quiet:
        _print_changes(done)
        if inherited:
            output().print(f"As in {options.old}: {', '.join(inherited)}.")
    return code


def inherit(options: argparse.Namespace) -> list[str]:
    """Set what was not given to what the old package states; returns what is not the usual, as options.

    Raises GradeFileError where the old package cannot be read, InputError where it does not hold its reference.
    """
    manifest = read_manifest(options.old / MANIFEST)
    told = []
    for name, stated in INHERITED.items():
        if getattr(options, name) is None:
            value, usual = stated(manifest, options.old)
            setattr(options, name, value)
            if value != usual:
                shown = "" if value is True else f" {' '.join(value) if isinstance(value, list) else value}"
                told.append(f"--{name.replace('_', '-')}{shown}")
    return told


def _reference(manifest: Json, old: Path) -> tuple[str | None, None]:
    """The still that the package keeps: what it was made from may be gone by now."""
    if manifest["reference"] is None:
        return None, None
    if not (old / REFERENCE).is_file():
        raise InputError(
            "the old package does not hold what its clips were matched to",
            value=manifest["reference"],
            where=old,
            fix="Name it with --ref.",
        )
    return str(old / REFERENCE), None


def _look(manifest: Json, old: Path) -> tuple[str | None, None]:
    return (str(old / manifest["look"]["path"]) if "look" in manifest else None), None


def _configuration(manifest: Json, old: Path) -> tuple[None, None]:
    """Another configuration than the built-in one has to be named again: no path in a package is followed."""
    config = manifest.get("view", {}).get("config", BUILTIN)
    if config != BUILTIN:
        raise InputError(
            "the old package was graded under another OpenColorIO configuration",
            value=config,
            where=old,
            fix="Name it with --ocio FILE.",
        )
    return None, None


def _clip_spaces(manifest: Json, old: Path) -> tuple[list[str], list[str]]:
    """Patterns by which the clips are in the same spaces again: of their files where names do not tell them apart.

    Raises InputError where files do not either.
    """
    named, filed = _spaces_by(manifest["clips"], _name), _spaces_by(manifest["clips"], _file)
    of_files, of_names = [], []
    for clip in manifest["clips"]:
        name, file = _name(clip), _file(clip)
        if "space" not in clip:
            continue
        if len(named[name.casefold()]) == 1:
            of_names.append(f"{glob.escape(name)}={clip['space']}")
        elif file and len(filed[file.casefold()]) == 1:
            of_files.append(f"{glob.escape(file)}={clip['space']}")
        else:
            raise InputError(
                "clips of one name and file name are in different colour spaces there",
                value=name,
                where=old,
                fix="Say what they are: --clip-space PATTERN=NAME, in place of those of the old package.",
            )
    return list(dict.fromkeys((*of_files, *of_names))), []


def _name(clip: Json) -> str:
    return str(clip["name"])


def _file(clip: Json) -> str:
    return Path(clip["media"] or "").name


def _spaces_by(clips: Sequence[Json], key: Callable[[Json], str]) -> dict[str, set[str | None]]:
    """All that clips of a key are said to be in; None where nothing is said. Patterns do not tell cases apart."""
    found: dict[str, set[str | None]] = {}
    for clip in clips:
        found.setdefault(key(clip).casefold(), set()).add(clip.get("space"))
    return found


def _stated(name: str, usual: Any) -> Inherited:
    return lambda manifest, _: (manifest.get(name, usual), usual)


def _of_view(name: str) -> Inherited:
    return lambda manifest, _: (manifest.get("view", {}).get(name), None)


Inherited = Callable[[Json, Path], tuple[Any, Any]]
"""What a package's manifest says of an option, and its usual value."""

INHERITED: dict[str, Inherited] = {
    "ref": _reference,
    "strength": _stated("strength", 1.0),
    "look": _look,
    "balance": _stated("balance", 1.0),
    "bake": _stated("bake", False),
    "cdl_only": _stated("cdl_only", False),
    "keep_brightness": _stated("keep_brightness", False),
    "lut_per": _stated("lut_per", LutPer.CLIP.value),
    "space": _stated("space", REC709),
    "display": _of_view("display"),
    "view": _of_view("view"),
    "ocio": _configuration,
    "clip_space": _clip_spaces,
}
"""Options that a package states. Weights, frames, consistency and heroes are not among them."""


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
