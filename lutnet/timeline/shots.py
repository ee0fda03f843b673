"""Placed clips to shots: media, used range at the media's rate, identity, and why a clip cannot be graded."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from lutnet.sequence import ImageSequence
from lutnet.shot import FrameRange, Shot
from lutnet.timeline.media import MediaLocator, media_name
from lutnet.timeline.rational import exact_rate, frame_range
from lutnet.timeline.walk import Placement
from lutnet.timeline.window import Window

ID_DIGITS = 12
_NOISE = Fraction(1, 5)
"""Frames by which a range may reach beyond its media without a word: programs round rates, and so times."""
_SOURCE_FILE = "SOURCE FILE: "


@dataclass(frozen=True, slots=True)
class _Media:
    """What a clip refers to. name: as written, without folders; path: where it was found, if anywhere."""

    name: str
    path: str | None
    available: FrameRange | None
    skipped: str | None = None


def shots_of(
    placed: Iterable[Placement], rate: Fraction, locator: MediaLocator
) -> Iterator[tuple[Shot, Any]]:
    """Shots and their clips, in the order of ``placed``; ``rate`` is the timeline's."""
    seen: Counter[tuple[str, Fraction]] = Counter()
    for placement in placed:
        media = _media_of(placement.clip, locator)
        shot = _shot(placement, media, rate)
        key = (media.name, shot.source.start_seconds)
        yield replace(shot, id=identity(*key, seen[key])), placement.clip
        seen[key] += 1


def _shot(placement: Placement, media: _Media, rate: Fraction) -> Shot:
    window = placement.window
    source, problem, warnings = _used_range(placement, media, rate)
    return Shot(
        id="",
        name=placement.clip.name or media.name,
        track=placement.track,
        track_name=placement.track_name,
        record=_in_frames(window.record_start, window.record_end, rate),
        source=source,
        media=media.path,
        media_start=media.available.start if media.available else Fraction(0),
        skipped=placement.skipped or media.skipped or problem,
        warnings=(*warnings, *_retime_warnings(placement.clip)),
        timecoded=media.available is None and bool(placement.clip.metadata.get("cmx_3600")),
    )


def _retime_warnings(clip: Any) -> tuple[str, ...]:
    """Programs write speeds that change as bare time effects, whose curves no two of them state alike."""
    bare = [
        effect
        for effect in clip.effects
        if isinstance(effect, otio.schema.TimeEffect) and not isinstance(effect, otio.schema.LinearTimeWarp)
    ]
    return ("its speed changes inside the clip: its range is taken as written",) if bare else ()


def _used_range(
    placement: Placement, media: _Media, rate: Fraction
) -> tuple[FrameRange, str | None, tuple[str, ...]]:
    """The used range in the media's frames; why it cannot be used, or None; warnings."""
    written = _in_media(placement.window, _written_rate(placement.clip) or rate)
    available = media.available
    if available is None or available.duration <= 1:  # a still: every time shows its one frame
        return written, None, ()
    for wanted in _readings(written, available):
        used = _overlap(wanted, available)
        if used is not None:
            cut = wanted.duration - used.duration > _NOISE
            return used, None, ("the clip reaches beyond its media",) if cut else ()
    return written.rescaled(available.rate), "its range lies outside the media", ()


def _readings(written: FrameRange, available: FrameRange) -> Iterator[FrameRange]:
    """What a written range may mean in the media's timecode, most literal first.

    By time; by number, as 24 is written for media of 23.976; counted from the head of the media.
    """
    by_time = written.rescaled(available.rate)
    yield by_time
    yield replace(written, rate=available.rate)
    yield replace(by_time, start=by_time.start + available.start)


def _in_media(window: Window, rate: Fraction) -> FrameRange:
    used = _in_frames(window.start, window.end, rate)
    frozen = window.start == window.end and window.record_end > window.record_start
    return replace(used, duration=Fraction(1)) if frozen else used


def _in_frames(start: Fraction, end: Fraction, rate: Fraction) -> FrameRange:
    return FrameRange(start * rate, (end - start) * rate, rate)


def _overlap(wanted: FrameRange, available: FrameRange) -> FrameRange | None:
    start, end = max(wanted.start, available.start), min(wanted.end, available.end)
    return replace(wanted, start=start, duration=end - start) if start < end else None


def _written_rate(clip: Any) -> Fraction | None:
    try:
        return exact_rate(clip.source_range.start_time.rate) if clip.source_range else None
    except ValueError:
        return None


def _media_of(clip: Any, locator: MediaLocator) -> _Media:
    """The clip's active media reference, or the first other one whose file is there."""
    active = clip.active_media_reference_key
    references = clip.media_references()
    keys = sorted(references, key=lambda key: (key != active, key))
    found = [_referenced(references[key], clip, locator) for key in keys]
    usable = (media for media in found if media.skipped is None)
    return next(usable, found[0] if found else _Media(clip.name or "", None, None, "it has no media"))


def _referenced(reference: Any, clip: Any, locator: MediaLocator) -> _Media:
    name = reference.name or clip.name or ""
    if isinstance(reference, otio.schema.GeneratorReference):
        return _Media(name, None, None, f"it is a generator ({reference.generator_kind or 'unknown kind'})")
    url = _url(reference, clip)
    if url:
        here = locator.locate(url)
        found = (here,) if here else locator.below(url)
        problem = _ambiguous(found) if found else f"its media is offline: {media_name(url)}"
        return _Media(media_name(url), str(found[0] if found else url), _available(reference), problem)
    named = locator.named(_names(clip, locator))
    if len(named) == 1:
        return _Media(named[0].name, str(named[0]), _available(reference))
    return _Media(name, None, None, _ambiguous(named) or "its media is missing from the timeline")


def _ambiguous(paths: Sequence[Path]) -> str | None:
    """What is wrong with several files for one clip: as little of their paths as tells them apart."""
    if len(paths) < 2:
        return None
    one, two = paths[:2]
    same = next(at for at in range(1, len(one.parts) + 1) if one.parts[-at:] != two.parts[-at:])
    return "its media is ambiguous: " + " or ".join("/".join(path.parts[-same:]) for path in (one, two))


def _names(clip: Any, locator: MediaLocator) -> list[str]:
    """What lists call a clip's media, the most exact first: file, clip name, reel.

    A timeline that could have said a path is taken at its word, unless folders to look in were named.
    """
    listed = clip.metadata.get("cmx_3600")
    facts = listed if isinstance(listed, Mapping) else {}
    comments = [str(comment) for comment in facts.get("comments", ())]
    if not (listed or clip.metadata.get("ALE") or locator.roots):
        return []
    files = [text[len(_SOURCE_FILE) :] for text in comments if text.startswith(_SOURCE_FILE)]
    ale = clip.metadata.get("ALE")
    columns = ale if isinstance(ale, Mapping) else {}
    files += [str(columns[key]) for key in ("Source File", "Filename") if columns.get(key)]
    return [name.strip() for name in (*files, clip.name or "", str(facts.get("reel", ""))) if name.strip()]


def _url(reference: Any, clip: Any) -> str:
    """The media's URL; DaVinci Resolve writes that of an offline clip into the metadata only."""
    if isinstance(reference, otio.schema.ExternalReference):
        return str(reference.target_url or "")
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return _sequence_url(reference)
    for owner in (reference, clip):
        resolve = owner.metadata.get("Resolve_OTIO")
        url = resolve.get("Media Url") if hasattr(resolve, "get") else None
        if isinstance(url, str) and url:
            return url
    return ""


def _sequence_url(reference: Any) -> str:
    base = reference.target_url_base
    sequence = ImageSequence(
        head=f"{base}{'' if not base or base.endswith('/') else '/'}{reference.name_prefix}",
        first=reference.start_frame,
        last=reference.end_frame(),
        digits=reference.frame_zero_padding,
        tail=reference.name_suffix,
        step=reference.frame_step,
    )
    return str(sequence)


def _available(reference: Any) -> FrameRange | None:
    try:
        return frame_range(reference.available_range) if reference.available_range else None
    except ValueError:
        return None


def identity(media: str, source_in_seconds: Fraction, occurrence: int) -> str:
    """Hash of the media's file name, the source in point and how often that pair came before.

    The file name without its folder, so that an id survives moving the media and another machine's paths.
    """
    text = f"{media}\n{source_in_seconds}\n{occurrence}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]
