"""Shots grouped into scenes by what they show, for a timeline that was not graded yet: as grading it will group them.

Shots that links join are one scene (see ``lutnet.continuity.links``). What shows nothing that another shows stands
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from lutnet.colourspace import ColourManagement, looks_like_log
from lutnet.continuity.compared import Compared, compared_of
from lutnet.continuity.links import components, links_of
from lutnet.continuity.undeclared import Seen, Verdict, verdicts
from lutnet.errors import MediaError
from lutnet.frames import read_shot
from lutnet.shot import Frames, LogDoubt, Shot


def scenes_of(shots: Sequence[Frames]) -> list[int]:
    """The scene of each shot, numbered from 1 by first appearance.

    shots: in timeline order, frames of each as people see them (first and last are compared), of any sizes.
    """
    return _numbered([compared_of(shot) for shot in shots])


def read_scenes(
    shots: Sequence[Shot],
    colour: ColourManagement,
    on_shot: Callable[[Shot, int, int], None] = lambda *_: None,
) -> list[int | str]:
    """The scene of each shot of a timeline, or why it has none: it is skipped, or cannot be read.

    on_shot: hears of every shot that was read: the shot, how many are done, of how many.
    """
    read: list[Compared | str] = []
    doubts: list[LogDoubt | None] = []
    for shot in shots:
        compared, doubt = _read(shot, colour)
        read.append(compared)
        doubts.append(doubt)
        on_shot(shot, len(read), len(shots))
    seen = [
        each if isinstance(each, str) else Seen(shot.media, doubt, partial(_itself, each))
        for shot, each, doubt in zip(shots, read, doubts, strict=True)
    ]
    judged = iter(verdicts([each for each in seen if isinstance(each, Seen)]))
    for place, (shot, each, doubt) in enumerate(zip(shots, read, doubts, strict=True)):
        if not isinstance(each, str) and next(judged) is Verdict.LOG and doubt is not None:
            read[place] = str(looks_like_log(shot.media or shot.name, doubt.taken_for))
    numbers = iter(_numbered([each for each in read if not isinstance(each, str)]))
    return [each if isinstance(each, str) else next(numbers) for each in read]


def _itself(compared: Compared) -> Compared:
    return compared


def _read(shot: Shot, colour: ColourManagement) -> tuple[Compared | str, LogDoubt | None]:
    if shot.skipped is not None:
        return shot.skipped, None
    try:
        frames = colour.developed(read_shot(shot))
        return compared_of(colour.seen(frames)), frames.doubt  # groups do not ask what is wrong
    except MediaError as error:
        return str(error), None


def _numbered(shots: Sequence[Compared]) -> list[int]:
    return [island + 1 for island in components(len(shots), links_of(shots))]
