"""CMX 3600 edit decision lists as OpenTimelineIO timelines.

OpenTimelineIO's own adapter has to be told the frame rate, rounds retimes to the tenth of a frame that an M2
line prints, and refuses lists in source order; the metadata written here is what it writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.errors import TimelineError
from lutnet.timeline.edl_events import Event, EventList, read_events
from lutnet.timeline.edl_rate import frame_of, rate_of

_GENERATORS = {"BL": "black", "BLACK": "black", "BARS": "SMPTEBars"}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_FREEZE = "FREEZE FRAME"


@dataclass(frozen=True, slots=True)
class Decision:
    """An event with its times in frames. ``source_in`` and ``source_out`` bound what it uses, in rising order."""

    event: Event
    source_in: int
    source_out: int
    record_in: int
    record_out: int
    backwards: bool

    @property
    def length(self) -> int:
        return self.record_out - self.record_in

    @property
    def speed(self) -> Fraction:
        """Source frames per record frame: by the times of the event, which are exact where an M2 line is not."""
        frozen = self.event.speed == 0 or _FREEZE in self.event.comments
        share = Fraction(0) if frozen else Fraction(self.source_out - self.source_in, self.length)
        return -share if self.backwards else share


def read_edl(text: str, rate: Fraction | None, media_rate: Callable[[], Fraction | None], where: Path) -> Any:
    """An ``opentimelineio.schema.Timeline`` of the list: one track per channel, dissolves and wipes between clips.

    rate: frames per second; None finds it (see ``rate_of``). Raises TimelineError for what is no list, for a
    rate that stays open or does not fit, and for events of one channel that overlap.
    """
    listed = read_events(text, where)
    if not any(event.shows_picture for event in listed.events):
        raise TimelineError("the timeline has no video track", where=where)
    rate = rate or rate_of(listed, media_rate, where)
    made = otio.schema.Timeline(listed.title or where.stem)
    decisions = decisions_of(listed, rate, where)
    start = min((decision.record_in for decision in decisions), default=0)
    made.global_start_time = _time(start, rate)
    for channel in dict.fromkeys(name for decision in decisions for name in _channels(decision.event)):
        mine = [decision for decision in decisions if channel in _channels(decision.event)]
        kind = otio.schema.TrackKind.Audio if channel.startswith("A") else otio.schema.TrackKind.Video
        track = otio.schema.Track(channel, kind=kind)
        track.extend(_items(mine, start, rate, where))
        made.tracks.append(track)
    return made


def decisions_of(listed: EventList, rate: Fraction, where: object) -> list[Decision]:
    """The events that take time, in record order; what a dissolve starts from takes none.

    Raises TimelineError where a timecode does not fit ``rate`` or a record ends before it begins.
    """
    found = [_decision(event, listed.drop_frame, rate, where) for event in listed.events]
    return sorted((each for each in found if each.length > 0), key=lambda each: each.record_in)


def _decision(event: Event, drop: bool | None, rate: Fraction, where: object) -> Decision:
    place = f"{where}, line {event.line + 1}"
    first, second, begin, end = (frame_of(time, rate, drop, place) for time in event.times)
    if end < begin:
        raise TimelineError("an event ends before it begins", value=event.number, where=place)
    backwards = second < first or (event.speed or 0) < 0
    return Decision(event, min(first, second), max(first, second), begin, end, backwards)


def _items(decisions: Iterable[Decision], start: int, rate: Fraction, where: object) -> list[Any]:
    items: list[Any] = []
    end = start
    for decision in decisions:
        if decision.record_in < end and not decision.event.shows_picture:
            continue  # layers of sound are nothing that grading needs
        if decision.record_in < end:
            raise TimelineError(
                "two events of one channel overlap on the record",
                value=decision.event.number,
                where=f"{where}, line {decision.event.line + 1}",
                fix="Export one list per video track",
            )
        if decision.record_in > end:
            items.append(otio.schema.Gap(source_range=_range(0, decision.record_in - end, rate)))
        elif decision.event.kind != "C" and items:
            items.append(_transition(decision, rate))
        items.append(_clip(decision, rate))
        end = decision.record_out
    return items


def _clip(decision: Decision, rate: Fraction) -> Any:
    event = decision.event
    clip = otio.schema.Clip(
        _name(event),
        media_reference=_media(event),
        source_range=_range(decision.source_in, decision.length, rate),
        metadata={"cmx_3600": _facts(event)},
    )
    if decision.speed == 0:
        clip.effects.append(otio.schema.FreezeFrame())
    elif decision.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(decision.speed)))
    if event.sop is not None or event.sat is not None:
        clip.metadata["cdl"] = _cdl(event)
    return clip


def _name(event: Event) -> str:
    wanted = ("TO CLIP NAME", "FROM CLIP NAME") if event.kind != "C" else ("FROM CLIP NAME", "TO CLIP NAME")
    return next((event.named[key] for key in wanted if event.named.get(key)), event.reel)


def _facts(event: Event) -> dict[str, Any]:
    comments = [f"SOURCE FILE: {event.named['SOURCE FILE']}"] if "SOURCE FILE" in event.named else []
    return {"reel": event.reel, "event": event.number, "comments": [*comments, *event.comments]}


def _media(event: Event) -> Any:
    if event.reel.upper() in _GENERATORS:
        kind = _GENERATORS[event.reel.upper()]
        return otio.schema.GeneratorReference(name=event.reel, generator_kind=kind)
    url = event.named.get("FROM CLIP") or event.named.get("FROM FILE")
    return otio.schema.ExternalReference(target_url=url) if url else otio.schema.MissingReference()


def _cdl(event: Event) -> dict[str, Any]:
    numbers = [float(number) for number in _NUMBER.findall(event.sop or "")]
    # Anything but nine numbers goes on as it is, to be refused where a CDL is asked for.
    parts = (numbers[:3], numbers[3:6], numbers[6:])
    parts = parts if event.sop is not None else ([1.0] * 3, [0.0] * 3, [1.0] * 3)
    sop = dict(zip(("slope", "offset", "power"), parts, strict=True))
    saturation = _NUMBER.fullmatch(event.sat or "")
    return {"asc_sop": sop, "asc_sat": float(saturation[0]) if saturation else 1.0}


def _transition(decision: Decision, rate: Fraction) -> Any:
    wipe = decision.event.kind.startswith("W")
    kind = "SMPTE_Wipe" if wipe else otio.schema.TransitionTypes.SMPTE_Dissolve
    length = min(decision.event.frames, decision.length)
    return otio.schema.Transition(kind, kind, _time(0, rate), _time(length, rate))


def _channels(event: Event) -> tuple[str, ...]:
    """The tracks of an event: ``V`` and ``A1`` for ``A/V``, ``VA1`` or ``B``."""
    picture = "V" if event.channels == "B" else (re.findall(r"V\d*", event.channels) or [""])[0]
    sound = ("A1", "A2") if "AA" in event.channels else ("A1",) if set("AB") & set(event.channels) else ()
    return (picture, *sound) if picture else sound or (event.channels,)


def _range(start: int, length: int, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(_time(start, rate), _time(length, rate))


def _time(frame: int, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(frame, float(rate))
