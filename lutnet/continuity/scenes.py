"""Shots grouped into scenes by what they show: local features that survive a grade, nothing of their colour.

Two shots belong together when enough features of their middle frames agree on one map between them, or when others
link them. Strangers agree on nothing, so there is no threshold to set; what moves too much to be recognised stands
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lutnet.errors import MediaError
from lutnet.frames import read_shot
from lutnet.refinement.align import homography
from lutnet.refinement.features import LocalFeatures, equalised, local_features, matched
from lutnet.shot import Frames, Shot

HEIGHT = 192
"""Shorter side of the frames that are compared, pixels."""

LOOK_BACK = 48
"""Shots before it that a shot is compared with: the cost stays linear, and a set-up may return this much later."""


def scenes_of(shots: Sequence[Frames]) -> list[int]:
    """The scene of each shot, numbered from 1 by first appearance.

    shots: in timeline order, frames of each (the middle one is looked at), of any sizes.
    """
    return _linked([features_of(shot) for shot in shots])


def read_scenes(
    shots: Sequence[Shot], on_shot: Callable[[Shot, int, int], None] = lambda *_: None
) -> list[int | str]:
    """The scene of each shot of a timeline, or why it has none: it is skipped, or cannot be read.

    on_shot: hears of every shot that was read: the shot, how many are done, of how many.
    """
    seen: list[LocalFeatures | str] = []
    for shot in shots:
        seen.append(_read(shot))
        on_shot(shot, len(seen), len(shots))
    numbers = iter(_linked([each for each in seen if not isinstance(each, str)]))
    return [each if isinstance(each, str) else next(numbers) for each in seen]


def features_of(shot: Frames) -> LocalFeatures:
    """Local features of the shot's middle frame."""
    frame = shot.pixels[len(shot) // 2].movedim(0, -1).float().cpu().numpy()
    return local_features(equalised(np.ascontiguousarray(frame)))


def _read(shot: Shot) -> LocalFeatures | str:
    if shot.skipped is not None:
        return shot.skipped
    try:
        return features_of(read_shot(shot, count=1, height=HEIGHT))
    except MediaError as error:
        return str(error)


def _linked(features: Sequence[LocalFeatures]) -> list[int]:
    """Numbers of the sets that shots of one place form, each compared with those before it."""
    labels = list(range(len(features)))
    for this in range(len(features)):
        for other in range(this - 1, max(-1, this - 1 - LOOK_BACK), -1):
            if labels[this] != labels[other] and _same_place(features[this], features[other]):
                joined = {labels[this], labels[other]}
                labels = [min(joined) if label in joined else label for label in labels]
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers) + 1) for label in labels]


def _same_place(one: LocalFeatures, other: LocalFeatures) -> bool:
    return homography(*matched(one, other)) is not None
