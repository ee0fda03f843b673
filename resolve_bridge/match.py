"""Which item of the timeline is which clip of the package.

The key is track, record frame and duration; the media's path confirms it. Never the index in the track (it
counts transitions), never the name (people rename). What does not fit wholly is not matched, and the reason
is said.
"""

from collections import Counter
from typing import Dict, List, NamedTuple, Tuple

from resolve_bridge.api import whole
from resolve_bridge.items import Item
from resolve_bridge.media_path import Likeness, file_name, likeness
from resolve_bridge.package import Clip

Key = Tuple[int, int, int]


class Pair(NamedTuple):
    """A clip and its item, with what a colourist should know of the match."""

    clip: Clip
    item: Item
    notes: Tuple[str, ...]


class Matching(NamedTuple):
    """Pairs in the package's order; clips with no item, and why; items that no clip stands for."""

    pairs: List[Pair]
    unmatched: List[Tuple[Clip, str]]
    others: List[Item]


def match(clips: List[Clip], items: List[Item]) -> Matching:
    """Match clips to items, each to one at most."""
    by_key = {(item.track, item.start, item.duration): item for item in items}
    twice = {key for key, count in Counter(_key(clip) for clip in clips).items() if count > 1}
    pairs: List[Pair] = []
    unmatched: List[Tuple[Clip, str]] = []
    for clip in clips:
        problem, notes = _judged(clip, by_key, clips, _key(clip) in twice, items)
        if problem:
            unmatched.append((clip, problem))
        else:
            pairs.append(Pair(clip, by_key[_key(clip)], notes))
    taken = {id(pair.item.handle) for pair in pairs}
    return Matching(pairs, unmatched, [item for item in items if id(item.handle) not in taken])


def _key(clip: Clip) -> Key:
    return (clip.track, clip.start, clip.duration)


def _judged(
    clip: Clip, by_key: Dict[Key, Item], clips: List[Clip], double: bool, items: List[Item]
) -> Tuple[str, Tuple[str, ...]]:
    """Why the clip has no item, or "", and notes on the match."""
    item = by_key.get(_key(clip))
    if item is None:
        return _absence(clip, items), ()
    if item.obstacle:
        return "what lies there is not gradable: " + item.obstacle, ()
    if double:
        return "the package holds two clips for this place (a compound clip?): neither is matched", ()
    like = likeness(clip.media or "", item.path)
    if like is Likeness.OTHER:
        return f"another file lies there: {file_name(item.path)}", ()
    if _holds_other_part(clip, item, clips):
        return "another part of the same file lies there: the timeline was re-cut since it was graded", ()
    moved = f"its media lies in another folder here: {item.path}"
    return "", item.notes + ((moved,) if like is Likeness.MOVED else ())


def _absence(clip: Clip, items: List[Item]) -> str:
    there = [item for item in items if (item.track, item.start) == (clip.track, clip.start)]
    if not there:
        return f"no item begins at frame {clip.start} of V{clip.track}: was the timeline re-cut?"
    if there[0].obstacle:
        return "what lies there is not gradable: " + there[0].obstacle
    return f"the item there is {there[0].duration} frames long, not {clip.duration}: was it trimmed?"


def _holds_other_part(clip: Clip, item: Item, clips: List[Clip]) -> bool:
    """Whether the item shows what another clip of the same media and length was graded for.

    Only two clips that could have changed places are told apart by their source in point: what the offset
    means for retimed items and stills is not known well enough to refuse by it alone.
    """
    rivals = {
        other.first_frame
        for other in clips
        if other.media == clip.media and other.duration == clip.duration and other.id != clip.id
    }
    rivals -= {clip.first_frame, None}
    return bool(rivals) and clip.first_frame is not None and whole(item.handle, "GetLeftOffset") in rivals
