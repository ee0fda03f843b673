"""The options that say in which colour space is graded, how people see it, and what the clips are in."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import errors
from lutnet.colourspace import ColourManagement, ColourSettings
from lutnet.errors import InputError
from lutnet.shot import REC709
from lutnet.timeline import Timeline


def add_colour(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("colour spaces", "lutnet spaces lists their names")
    group.add_argument(
        "--space",
        default=REC709,
        metavar="NAME",
        help=f"the grading space, in which CDL and LUT will be applied (default: {REC709})",
    )
    group.add_argument("--display", metavar="NAME", help=f"the display people see it on (default: {REC709})")
    group.add_argument("--view", metavar="NAME", help="the view of that display (default: its usual one)")
    group.add_argument(
        "--clip-space",
        action="append",
        default=[],
        metavar="PATTERN=NAME",
        help="what clips or media of this name (with * and ?) are in, where that is not the grading space; the "
        "first that fits counts (repeatable)",
    )
    group.add_argument(
        "--assume-space",
        action="store_true",
        help="take every clip for what it is declared as, even where it looks like log",
    )
    group.add_argument("--ocio", type=Path, metavar="FILE", help="another OpenColorIO configuration")


def colour_of(options: argparse.Namespace) -> ColourSettings:
    """What the options say. Raises InputError for a pair that is none."""
    return ColourSettings(
        options.space,
        options.display,
        options.view,
        options.ocio,
        tuple(_pair(text) for text in options.clip_space),
        options.assume_space,
    )


def warn_of_unmatched(colour: ColourManagement, timeline: Timeline, reference: str | None = None) -> None:
    """Say which patterns fit nothing: what was meant by them is taken for what it is not."""
    names = [shot.name for shot in timeline.shots] + [
        Path(media).name
        for media in (*(shot.media for shot in timeline.shots), reference)
        if media is not None
    ]
    for pattern in colour.unmatched(names):
        errors().print(f"warning: --clip-space {pattern!r} fits no clip and no media of this timeline")


def _pair(text: str) -> tuple[str, str]:
    pattern, equals, name = text.rpartition("=")
    if not (pattern and equals and name):
        raise InputError("no pattern and space", value=text, allowed="PATTERN=NAME", where="--clip-space")
    return pattern, name
