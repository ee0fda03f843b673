"""Which item of the timeline is which clip of the package.

The key is track, record frame and duration; the media's path confirms it. Never the index in the track (it
counts transitions), never the name (people rename). What does not fit wholly is not matched, and the reason
is said.
"""

from collections import Counter
from typing import Dict, List, NamedTuple, Tuple

from resolve_bridge.api import whole
from resolve_bridge.errors import CallFailed
from resolve_bridge.items import GRADABLE, Item
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
    """Match clips to items, each to one at most.

    ``clips`` are all of the package, those without a grade as well: they tell which places and files are taken.
    """
    # A transition may cover a clip wholly: what can be graded goes before what cannot.
    ranked = sorted(items, key=lambda item: item.obstacle == GRADABLE)
    by_key = {(item.track, item.start, item.duration): item for item in ranked}
    twice = {key for key, count in Counter(_key(clip) for clip in clips).items() if count > 1}
    pairs: List[Pair] = []
    unmatched: List[Tuple[Clip, str]] = []
    for clip in clips:
        problem, notes = _judged(clip, by_key, clips, _key(clip) in twice, ranked)
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
    problem = _mistaken(clip, item, clips, like)
    moved = f"its media lies in another folder here: {item.path}"
    return problem, item.notes + ((moved,) if like is Likeness.MOVED else ())


def _mistaken(clip: Clip, item: Item, clips: List[Clip], like: Likeness) -> str:
    """Why the item in the clip's place is another clip, or ""."""
    if like is Likeness.OTHER:
        return f"another file lies there: {file_name(item.path)}"
    if like is Likeness.MOVED and _is_known(item.path, clips):
        return f"another file of the same name lies there: {item.path}"
    try:
        other_part = _holds_other_part(clip, item, clips)
    except CallFailed as error:
        return error.what
    return (
        "another part of the same file lies there: the timeline was re-cut since it was graded"
        if other_part
        else ""
    )


def _is_known(path: str, clips: List[Clip]) -> bool:
    """Whether the package means this very file by another clip."""
    return any(likeness(clip.media, path) is Likeness.SAME for clip in clips if clip.media)


def _absence(clip: Clip, items: List[Item]) -> str:
    there = [item for item in reversed(items) if (item.track, item.start) == (clip.track, clip.start)]
    if not there:
        return f"no item begins at frame {clip.start} of V{clip.track}: was the timeline re-cut?"
    if there[0].obstacle:
        return f"what lies there is not gradable: {there[0].obstacle}"
    return f"the item there is {there[0].duration} frames long, not {clip.duration}: was it trimmed?"


def _holds_other_part(clip: Clip, item: Item, clips: List[Clip]) -> bool:
    """Whether the item shows what another clip of the same media and length was graded for.

    Only two clips that could have changed places are told apart by their source in point: what the offset
    means for retimed items and stills is not known well enough to refuse by it alone. An item that carries the
    mark of this very clip needs no such evidence.
    """
    if any(entry.clip == clip.id for entry in item.entries):
        return False
    rivals = {
        other.first_frame
        for other in clips
        if other.media == clip.media and other.duration == clip.duration and other.id != clip.id
    }
    rivals -= {clip.first_frame, None}
    return bool(rivals) and clip.first_frame is not None and whole(item.handle, "GetLeftOffset") in rivals
