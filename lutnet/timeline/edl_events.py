"""CMX 3600 edit decision lists as events; nothing is interpreted beyond what a line says.

::

    003  REEL  V  C            01:00:04:14 01:00:04:14 01:00:00:09 01:00:00:09      what a dissolve starts from
    003  REEL  V  D    010     01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19      what it leads to, in 10 frames
    M2   REEL  012.5           01:00:08:08                                          played at 12.5 frames a second
    * FROM CLIP NAME: name

Lines that follow an event are about it. Times are timecode, or bare frame numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lutnet.errors import TimelineError

_TIME = r"\d{1,2}[:;.,]\d{2}[:;.,]\d{2}[:;.,]\d{2,3}|\d+"
_EVENT = re.compile(
    r"^(?P<number>\d+)\s+(?P<reel>\S+)\s+(?P<channels>\S+)\s+(?P<kind>C|D|W\d+|KB?|K\s+B|K\s*O)"
    rf"(?:\s+(?P<frames>\d+))?\s+(?P<times>(?:{_TIME})(?:\s+(?:{_TIME})){{3}})\s*$"
)
_NUMBERED = re.compile(r"^\d+\s")
_MOTION = re.compile(r"^M2\s+(?P<reel>.*?)\s*(?P<speed>[+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s+[\d:;.]+\s*$")
_COMMENT = re.compile(
    r"^\*?\s*(?P<key>FROM CLIP NAME|TO CLIP NAME|FROM CLIP|FROM FILE|SOURCE FILE):\s*(?P<text>.*)$"
)
_SOP = re.compile(r"^\*?\s*ASC_SOP\b:?\s*(?P<text>.*)$")
_SAT = re.compile(r"^\*?\s*ASC_SAT\b:?\s*(?P<text>\S+)\s*$")
MAX_EVENTS = 100_000


@dataclass(slots=True)
class Event:
    """One decision. line: its line in the file, from 0; end: the line after the last that is about it.

    kind: ``C`` cut, ``D`` dissolve, ``W...`` wipe, ``K...`` key. frames: length of the transition.
    times: source in, source out, record in, record out, as written. speed: of its M2 line, frames per second.
    """

    line: int
    end: int
    number: str
    reel: str
    channels: str
    kind: str
    frames: int
    times: tuple[str, str, str, str]
    speed: float | None = None
    named: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    sop: str | None = None
    sat: str | None = None

    @property
    def shows_picture(self) -> bool:
        return self.channels == "B" or "V" in self.channels


@dataclass(frozen=True, slots=True)
class EventList:
    """title: may be empty. drop_frame: as the list says, None where it says nothing. events: in file order."""

    title: str
    drop_frame: bool | None
    events: tuple[Event, ...]


def read_events(text: str, where: object) -> EventList:
    """Parse a list. Raises TimelineError, which names the line, for an event that is none; also without any."""
    title, drop, events = "", None, []
    for number, raw in enumerate(text.splitlines()):
        line = raw.strip()
        if line.startswith("TITLE:"):
            title = title or line[6:].strip()
        elif line.startswith("FCM:"):
            drop = (not line[4:].strip().startswith("NON")) if drop is None else drop
        elif _NUMBERED.match(line):
            events.append(_event(line, number, where))
            if len(events) > MAX_EVENTS:
                raise TimelineError("the list holds too many events", allowed=f"{MAX_EVENTS}", where=where)
        elif events and line:
            _add(events[-1], line)
            events[-1].end = number + 1
    if not events:
        raise TimelineError("not an edit decision list: it holds no event", where=where)
    return EventList(title, drop, tuple(events))


def numbers_of(time: str) -> tuple[int, ...]:
    """Hours, minutes, seconds, frames; or the one frame number."""
    return tuple(int(part) for part in re.split(r"[:;.,]", time))


def timecodes(events: Sequence[Event]) -> Iterator[str]:
    """Every timecode of the events; bare frame numbers are left out."""
    return (time for event in events for time in event.times if not time.isdigit())


def _event(line: str, number: int, where: object) -> Event:
    match = _EVENT.match(line)
    if match is None:
        raise TimelineError(
            "not an event of an edit decision list",
            value=line,
            allowed="number, reel, channels, C, D, W or K, and four times",
            where=f"{where}, line {number + 1}",
        )
    source_in, source_out, record_in, record_out = match["times"].split()
    return Event(
        number,
        number + 1,
        match["number"],
        match["reel"],
        match["channels"].upper(),
        "".join(match["kind"].split()),
        int(match["frames"] or 0),
        (source_in, source_out, record_in, record_out),
    )


def _add(event: Event, line: str) -> None:
    if motion := _MOTION.match(line):
        event.speed = float(motion["speed"])
    elif comment := _COMMENT.match(line):
        event.named[comment["key"]] = comment["text"].strip()
    elif sop := _SOP.match(line):
        event.sop = sop["text"]
    elif sat := _SAT.match(line):
        event.sat = sat["text"]
    else:
        event.comments.append(line.lstrip("*").strip())
