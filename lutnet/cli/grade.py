"""``lutnet grade TIMELINE``: the whole path, from a timeline to a package."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from lutnet.cli.clips import clips_table, legend
from lutnet.cli.colour import add_colour, colour_of, warn_of_unmatched
from lutnet.cli.console import Report, output, print_json, progress
from lutnet.cli.cuts import cuts_table
from lutnet.cli.engine import add_engine, engine_of
from lutnet.cli.main import EXIT_SKIPPED
from lutnet.cli.notes import kept_looks, notes_on
from lutnet.cli.source import add_timeline, timeline_of_options
from lutnet.colourspace import colour_management
from lutnet.continuity.document import read_groups
from lutnet.continuity.wishes import SceneWishes
from lutnet.delivery import OnClip
from lutnet.export.atomic import write_text
from lutnet.export.manifest import read_manifest
from lutnet.export.otio import graded_timeline, timeline_text
from lutnet.export.package import CONTACT_SHEET, CUTS, MANIFEST
from lutnet.pipeline import GradedTimeline, grade_timeline
from lutnet.result import ClipResult, LutPer
from lutnet.settings import GradeSettings
from lutnet.source import is_film
from lutnet.timeline import Timeline

AFTER = "matching scenes, writing the package"
NO_MEDIA = "What is offline may be found with --media-root FOLDER or --path-map OLD=NEW."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_timeline(parser)
    add_reference(parser, required=False)
    add_options(parser)


def add_reference(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--ref",
        metavar="REF",
        required=required,
        help="the look to match: an image, a video, a folder of images, or clip:NAME of the timeline (NAME@TIMECODE "
        "where several clips have it)" + ("" if required else "; without it, the faults found are corrected"),
    )


def add_options(parser: argparse.ArgumentParser, *, clips: bool = True) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, help="the package's folder (default: <name>.lutnet beside it)"
    )
    add_settings(parser, clips=clips)
    parser.add_argument("--json", action="store_true", help="print grades.json instead of the table")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, no table")
    add_engine(parser)


def add_settings(parser: argparse.ArgumentParser, *, clips: bool = True) -> None:
    """The options that ``settings_of`` reads. clips: whether there may be several, which scenes are made of."""
    parser.add_argument(
        "--strength",
        type=float,
        default=1.0,
        help="0 leaves all as it is, 1 is the full grade, up to 4 (default: 1)",
    )
    parser.add_argument(
        "--look",
        metavar="LOOK",
        help="a look file, or the name of one that ships (lutnet look list): it goes behind each clip's balance, "
        "and --strength is then the look's",
    )
    parser.add_argument(
        "--balance",
        type=float,
        default=1.0,
        help="with --look: how much of the correction, or of the match to --ref, is done before it (default: 1)",
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=3,
        metavar="K",
        help="frames matched per shot (default: 3); up to twice as many are decoded, and all tell what is wrong",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="of lutnet train: a show's own sense of right"
    )
    parser.add_argument(
        "--cdl-only", action="store_true", help="the best ASC CDL alone, fitted for standing alone: no LUT"
    )
    parser.add_argument(
        "--keep-brightness", action="store_true", help="keep each shot's mean luma, whatever the look"
    )
    parser.add_argument(
        "--keep-looks",
        type=float,
        metavar="K",
        help="how much of what all clips of a scene need alike, or one that stands alone needs, is a look and left as "
        "it is, 0 to 1 (default: all of it where it is more like a look than like a fault, and of one that stands "
        "alone where that is hardly in doubt; else what is no larger than a diagnosis errs)",
    )
    parser.add_argument(
        "--split",
        "--split-changing-light",
        dest="split",
        action="store_true",
        help="cut clips that one grade cannot serve: at cuts inside them, and in two where their light changes "
        "(default: a warning, and both grades of changing light in grades.json)",
    )
    if clips:
        _add_scenes(parser)
    else:
        parser.set_defaults(consistency=1.0, hero=[], lut_per=LutPer.CLIP.value, scenes=None)
    add_colour(parser)
    parser.add_argument("--bake", action="store_true", help="one LUT per clip that holds CDL and LUT")
    parser.add_argument(
        "--discard-decisions", action="store_true", help="overwrite what people approved, changed or rejected"
    )
    parser.add_argument(
        "--carrier",
        action="append",
        default=[],
        metavar="NAME",
        help="put the grades into these files too, any number of times: lutnet export names them",
    )
    parser.add_argument(
        "--verify", action="store_true", help="re-read every file with another program before it counts"
    )
    parser.add_argument(
        "--resume",
        dest="fresh",
        action="store_false",
        default=False,
        help="compute only what no earlier run has computed from the same (this is what happens anyway)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="compute everything anew; decisions stay as they are"
    )


def _add_scenes(parser: argparse.ArgumentParser) -> None:
    """What is asked of clips together."""
    parser.add_argument(
        "--consistency",
        type=float,
        default=1.0,
        metavar="C",
        help="how far clips of one scene are matched to each other, 0 to 1 (default: 1)",
    )
    parser.add_argument(
        "--hero",
        action="append",
        default=[],
        metavar="CLIP",
        help="a clip that its scene is matched to, any number of times (default: the surest of each); of several with "
        "one name, NAME@TIMECODE is the one that plays there",
    )
    parser.add_argument(
        "--lut-per",
        choices=[each.value for each in LutPer],
        default=LutPer.CLIP.value,
        help="clips of a scene, or all, have one LUT that holds their look, and a CDL each that balances them "
        "(default: every clip has its own LUT)",
    )
    parser.add_argument(
        "--scenes", type=Path, metavar="FILE", help="the scenes as lutnet scenes -o wrote them, edited or not"
    )


def settings_of(options: argparse.Namespace) -> GradeSettings:
    return GradeSettings(
        options.strength,
        options.frames,
        options.bake,
        options.discard_decisions,
        tuple(options.carrier),
        options.verify,
        options.weights,
        colour_of(options),
        options.cdl_only,
        options.keep_brightness,
        options.fresh,
        options.look,
        options.balance,
        SceneWishes(
            options.consistency,
            tuple(options.hero),
            None if options.scenes is None else read_groups(options.scenes),
            lut_per=LutPer(options.lut_per),
            keep_looks=options.keep_looks,
        ),
        options.split,
    )


def run(options: argparse.Namespace) -> int:
    timeline = timeline_of_options(options)
    warn_of_unmatched(colour_management(colour_of(options)), timeline, options.ref)
    settings = settings_of(options)
    with progress(options.json or options.quiet) as report:
        graded = grade_timeline(
            timeline,
            options.ref,
            options.output,
            settings,
            on_clip=told_to(report),
            engine=engine_of(options),
        )
    if is_film(timeline.path):
        _write_cut_list(timeline, graded.folder)
    code = conclude(graded, settings, options)
    if not (options.json or options.quiet) and len(graded.skipped) < len(graded.clips):
        output().print(_way_back(timeline.path, cut=_was_split(graded)))
    return code


def told_to(report: Report) -> OnClip:
    """Tells of every clip, and of what follows the last one."""

    def hear(clip: ClipResult, done: int, total: int) -> None:
        report(clip.shot.name, done, total) if done < total else report(AFTER, done, None)

    return hear


def _was_split(graded: GradedTimeline) -> bool:
    return bool(read_manifest(graded.folder / MANIFEST).get("split"))


def _way_back(timeline: Path, *, cut: bool = False) -> str:
    """In which file the editor's program finds the grades. cut: clips were cut in two."""
    kind = timeline.suffix.lower()
    if kind in (".edl", ".ale") and not cut:
        return f"source/{timeline.name} in it is the list as it came in, with the CDLs."
    if kind in (".xml", ".fcpxml", ".aaf"):
        return (
            f"No program reads a CDL from {kind}: conform from {timeline.name} as ever, and take the grades from "
            f"{timeline.stem}.edl, {timeline.stem}.otio or cdl/ beside it."
        )
    return f"{timeline.stem}.otio in it is the timeline, with the CDLs in its metadata."


def _write_cut_list(timeline: Timeline, package: Path) -> None:
    """The film's shots as a timeline beside the package, unless one is there: it may have been corrected by hand."""
    path = package.with_name(f"{timeline.path.stem}.otio")
    if not path.exists():
        media = Path(os.path.relpath(timeline.path.parent.resolve(), path.parent.resolve())).as_posix()
        write_text(path, timeline_text(graded_timeline(timeline.otio, {}, {}, {}, media)))


def conclude(graded: GradedTimeline, settings: GradeSettings, options: argparse.Namespace) -> int:
    """Print what ``options`` ask for of a run with ``settings``; the exit code says whether shots were skipped."""
    if options.json:
        print_json(read_manifest(graded.folder / MANIFEST))
    elif not options.quiet:
        _print_table(graded, settings)
        for line in kept_looks(graded) if settings.scenes.keep_looks is None else ():
            output().print(line)
        if settings.look is not None and not settings.cdl_only and not settings.bake:
            look = f"the look {Path(settings.look).stem} at strength {settings.strength:g}"
            output().print(
                f"Each CDL is the clip's own balance; each LUT holds what comes behind it: {look}."
            )
    return EXIT_SKIPPED if graded.skipped else 0


def _print_table(graded: GradedTimeline, settings: GradeSettings) -> None:
    console = output()
    console.print(clips_table(graded.clips))
    if any(clip.cut for clip in graded.clips):
        console.print(cuts_table(graded.clips))
    for line in notes_on(graded, settings):
        console.print(line)
    if said := list(legend(graded.clips)):
        console.print("\n" + "\n".join(said), style="dim")
    sheet = graded.folder / CONTACT_SHEET
    seen = f" Open {sheet} to see every clip." if sheet.is_file() else f" No clip was graded. {NO_MEDIA}"
    if (graded.folder / CUTS).is_file():
        seen += f" {CUTS} beside it shows the worst cuts, before and after."
    console.print(f"\nWritten to {graded.folder}.{seen}")
