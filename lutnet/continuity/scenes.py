"""Shots grouped into scenes by what they show, for a timeline that was not graded yet: as grading it will group them.

Shots that links join are one scene (see ``lutnet.continuity.links``). What shows nothing that another shows stands
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lutnet.colourspace import ColourManagement
from lutnet.continuity.compared import Compared, compared_of
from lutnet.continuity.links import components, links_of
from lutnet.errors import MediaError
from lutnet.frames import read_shot
from lutnet.grade import Grade
from lutnet.shot import Frames, Shot


def scenes_of(shots: Sequence[Frames]) -> list[int]:
    """The scene of each shot, numbered from 1 by first appearance.

    shots: in timeline order, frames of each as people see them (first and last are compared), of any sizes.
    """
    return _numbered([compared_of(shot, Grade()) for shot in shots])


def read_scenes(
    shots: Sequence[Shot],
    colour: ColourManagement,
    on_shot: Callable[[Shot, int, int], None] = lambda *_: None,
) -> list[int | str]:
    """The scene of each shot of a timeline, or why it has none: it is skipped, or cannot be read.

    on_shot: hears of every shot that was read: the shot, how many are done, of how many.
    """
    seen: list[Compared | str] = []
    for shot in shots:
        seen.append(_read(shot, colour))
        on_shot(shot, len(seen), len(shots))
    numbers = iter(_numbered([each for each in seen if not isinstance(each, str)]))
    return [each if isinstance(each, str) else next(numbers) for each in seen]


def _read(shot: Shot, colour: ColourManagement) -> Compared | str:
    if shot.skipped is not None:
        return shot.skipped
    try:
        return compared_of(colour.seen_clip(read_shot(shot)), Grade())  # groups do not ask what is wrong
    except MediaError as error:
        return str(error)


def _numbered(shots: Sequence[Compared]) -> list[int]:
    return [island + 1 for island in components(len(shots), links_of(shots))]
