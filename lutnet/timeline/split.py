"""A timeline in which clips are cut in two, as a blade would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.shot import FrameRange, Shot
from lutnet.timeline.extent import speed_of
from lutnet.timeline.record import Timeline
from lutnet.timeline.shots import identity

_NOISE = Fraction(1, 5)  # frames by which a record and a source of one length may differ


def cut_in_two(timeline: Timeline, frames: Mapping[str, int]) -> Timeline:
    """``timeline`` with the clips of ``frames`` cut in two; itself where none can be.

    frames: by shot id, the first of the second part, counted from the head of the media. The cut falls on the next
    frame of the timeline. Clips that run at another speed, are spoken for by another clip, or would be left without a
    frame on one side stay whole. The first part keeps the clip's id; the second has the one that it would be read with.
    """
    places = {
        shot.id: at
        for shot in timeline.shots
        if shot.id in frames and (at := _place(shot, timeline.clips[shot.id], frames[shot.id])) is not None
    }
    if not places:
        return timeline
    originals = list(timeline.otio.find_clips())  # held, so that the ids below stay theirs
    copy = timeline.otio.deepcopy()
    twin_of = {id(one): twin for one, twin in zip(originals, copy.find_clips(), strict=True)}
    taken = {shot.id for shot in timeline.shots}
    shots: list[Shot] = []
    clips: dict[str, Any] = {}
    for shot in timeline.shots:
        clip = twin_of[id(timeline.clips[shot.id])]
        parts = [(shot, clip)]
        if shot.id in places:
            halves = _halves(shot, places[shot.id], taken)
            parts = list(zip(halves, _bladed(clip, places[shot.id] / shot.record.rate), strict=True))
        for part, of_part in parts:
            taken.add(part.id)
            shots.append(part)
            clips[part.id] = of_part
    return replace(timeline, otio=copy, shots=tuple(shots), clips=clips)


def _place(shot: Shot, clip: Any, frame: int) -> Fraction | None:
    """Frames of the record before the cut, whole; None where the clip cannot be cut there."""
    source, record = shot.source, shot.record
    lengths = source.duration_seconds - record.duration_seconds
    if (
        shot.analysed is not None
        or shot.timecoded
        or speed_of(clip) != 1
        or abs(lengths * record.rate) > _NOISE
    ):
        return None
    seconds = (Fraction(frame) - shot.first_frame) / source.rate
    at = Fraction(round(seconds * record.rate))
    return at if 0 < at < record.duration else None


def _halves(shot: Shot, at: Fraction, taken: set[str]) -> tuple[Shot, Shot]:
    there = at / shot.record.rate * shot.source.rate
    first = replace(shot, record=_first(shot.record, at), source=_first(shot.source, there))
    rest = replace(shot, record=_rest(shot.record, at), source=_rest(shot.source, there))
    name, start = Path(shot.media or "").name, rest.source.start_seconds
    occurrence = 0
    while (found := identity(name, start, occurrence)) in taken:
        occurrence += 1
    return first, replace(rest, id=found)


def _first(whole: FrameRange, length: Fraction) -> FrameRange:
    return replace(whole, duration=length)


def _rest(whole: FrameRange, length: Fraction) -> FrameRange:
    return replace(whole, start=whole.start + length, duration=whole.duration - length)


def _bladed(clip: Any, seconds: Fraction) -> tuple[Any, Any]:
    """``clip`` cut after ``seconds``, the rest put behind it into its parent."""
    parent, shown = clip.parent(), clip.trimmed_range()
    rate = shown.duration.rate
    length = otio.opentime.RationalTime(float(seconds * Fraction(rate)), rate)
    start = shown.start_time + length.rescaled_to(shown.start_time.rate)
    rest = clip.deepcopy()
    rest.source_range = otio.opentime.TimeRange(start, shown.duration - length)
    clip.source_range = otio.opentime.TimeRange(shown.start_time, length)
    place = next(number for number, child in enumerate(parent) if child is clip)
    parent.insert(place + 1, rest)
    return clip, rest
