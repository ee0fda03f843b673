"""The options that say which timeline, and where its media is now."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

from lutnet.errors import InputError
from lutnet.source import Per, open_timeline
from lutnet.timeline import Timeline
from lutnet.timeline.rational import exact_rate


def add_timeline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "timeline",
        type=Path,
        help=".otio, .otioz, .otiod, .edl, or with lutnet[nle] .xml, .fcpxml, .aaf, .ale or a film",
    )
    parser.add_argument(
        "--rate", type=_rate, metavar="FPS", help="frame rate of an EDL, which does not say its own"
    )
    parser.add_argument(
        "--per",
        type=Per,
        choices=list(Per),
        default=Per.CLIP,
        help="one grade for every clip, or for every source file (default: clip)",
    )
    parser.add_argument("--sequence", metavar="NAME", help="the timeline to take from a file of several")
    add_media(parser)


def add_media(parser: argparse._ActionsContainer) -> None:
    """The options that say where media is now."""
    parser.add_argument(
        "--media-root",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="look here for media that is not where the timeline says (repeatable)",
    )
    parser.add_argument(
        "--path-map",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="a folder as the timeline writes it, and where it is now (repeatable)",
    )


def timeline_of_options(options: argparse.Namespace) -> Timeline:
    """Read the timeline that the options name. Raises InputError for a bad map or a root that is no folder."""
    for root in options.media_root:
        if not root.is_dir():
            raise InputError("media root is no folder", value=root, where="--media-root")
    renamed = dict(_pair(text) for text in options.path_map)
    return open_timeline(
        options.timeline,
        media_roots=options.media_root,
        path_map=renamed,
        rate=getattr(options, "rate", None),
        sequence=getattr(options, "sequence", None),
        per=getattr(options, "per", Per.CLIP),
    )


def _rate(text: str) -> Fraction:
    try:
        return exact_rate(float(Fraction(text)))
    except (ValueError, ZeroDivisionError) as error:
        raise argparse.ArgumentTypeError("not a frame rate: 24, 25 or 29.97 for instance") from error


def _pair(text: str) -> tuple[str, Path]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise InputError("not a path map", value=text, allowed="OLD=NEW", where="--path-map")
    return old, Path(new)
