"""Continuity: how far the colours jump at every cut, as graded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import pairwise

import cv2
import numpy as np
import torch

from lutnet.errors import LutnetError
from lutnet.ops.difference import delta_e_rgb
from lutnet.result import Status
from lutnet.review.colour import Colours, Picture
from lutnet.review.pictures import Pictures, Place, read_picture
from lutnet.review.state import Entry
from lutnet.shot import Shot

_SIZE = (24, 14)
_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)


class Cuts:
    """Jumps by the id of the shot after the cut. The frames at the cuts are decoded aside, little by little."""

    def __init__(self, pictures: Pictures, colours: Colours) -> None:
        self._colours = colours
        self._pictures = pictures
        self._small: dict[tuple[str, Place], Picture | None] = {}
        self._signatures: dict[tuple[str, Place, str], torch.Tensor] = {}
        self._queue: deque[tuple[Shot, Place]] = deque()
        self._guard = threading.Lock()
        self._running = False
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    def jumps(self, entries: Iterable[Entry]) -> tuple[Mapping[str, float], int]:
        """What is known by now, and how many frames are still to be decoded.

        A jump is the mean DE2000 between the darkest, middle and brightest tones (five shares of each channel's
        values) of the frames on both sides: cuts inside one scene come out low, a change of light or grade high.
        """
        jumps: dict[str, float] = {}
        for one, two in cuts(entries):
            sides = self._signature(one, Place.LAST), self._signature(two, Place.FIRST)
            if sides[0] is not None and sides[1] is not None:
                jumps[two.proposed.shot.id] = float(delta_e_rgb(sides[0], sides[1]).mean())
        with self._guard:
            waiting = len(self._queue) + self._running
            if self._queue and not self._running:
                self._running = True
                threading.Thread(target=self._work, name="cuts", daemon=True).start()
        return jumps, waiting

    def _signature(self, entry: Entry, place: Place) -> torch.Tensor | None:
        shot = entry.proposed.shot
        key = (shot.id, place)
        with self._guard:
            if key not in self._small:
                if (shot, place) not in self._queue:
                    self._queue.append((shot, place))
                return None
            small = self._small[key]
        if small is None:
            return None
        stamped = (*key, entry.stamp)
        if stamped not in self._signatures:
            self._signatures[stamped] = _tones(
                self._colours.picture(small, entry.grade, self._pictures.space_of(shot))
            )
        return self._signatures[stamped]

    def _work(self) -> None:
        while not self._stopped:
            with self._guard:
                if not self._queue:
                    break
                shot, place = self._queue[0]
            small = None
            with suppress(LutnetError):
                picture = read_picture(self._pictures.still(shot, place))
                small = np.asarray(cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
            with self._guard:
                self._small[shot.id, place] = small
                self._queue.popleft()
        with self._guard:
            self._running = False


def cuts(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """Every two shots that follow each other on a track."""
    tracks: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.status is not Status.SKIPPED:
            tracks.setdefault(entry.proposed.shot.track, []).append(entry)
    return [pair for track in tracks.values() for pair in pairwise(track)]


def _tones(picture: Picture) -> torch.Tensor:
    """``[5, 3]``: the shares of each channel's values."""
    colours = torch.from_numpy(picture).reshape(-1, 3).float() / 255.0
    return colours.quantile(torch.tensor(_SHARES), dim=0)
