"""Makes a stand-in from an OTIO document as Resolve writes them, by an independent reader of its JSON."""

import json
from pathlib import Path
from typing import Any, Dict, List

from tests.resolve_bridge.standin.data import STUDIO, Edition, Item, Media, Timeline
from tests.resolve_bridge.standin.luts import LutLibrary
from tests.resolve_bridge.standin.project import Desk
from tests.resolve_bridge.standin.remote import World


def desk_of(timeline: Timeline, folder: Path, edition: Edition = STUDIO) -> Desk:
    """A Resolve with ``timeline`` open, and its LUT folders in ``folder``."""
    master, user = folder / "LUT", folder / "user LUT"
    for each in (master, user):
        each.mkdir(parents=True, exist_ok=True)
    return Desk(World(edition), [timeline], LutLibrary(master, user))


def timeline_from_otio(path: Path) -> Timeline:
    document = json.loads(path.read_text(encoding="utf-8"))
    begin = document["global_start_time"]
    start, rate = int(begin["value"]), float(begin["rate"])
    videos = [track for track in document["tracks"]["children"] if track["kind"] == "Video"]
    timeline = Timeline(
        document["name"] or "Timeline 1", start, rate, [_items(each, start) for each in videos]
    )
    timeline.otio = path.read_text(encoding="utf-8")
    return timeline


def _items(track: Dict[str, Any], start: int) -> List[Item]:
    items, at = [], start
    for child in track["children"]:
        schema = child["OTIO_SCHEMA"].split(".")[0]
        if schema == "Transition":
            before, after = (int(child[name]["value"]) for name in ("in_offset", "out_offset"))
            items.append(Item(child["name"], at - before, before + after, None, "transition"))
            continue
        duration = int(child["source_range"]["duration"]["value"])
        if schema == "Clip":
            items.append(_clip(child, at, duration))
        elif schema == "Stack":
            items.append(Item(child["name"], at, duration, Media("", "Compound")))
        at += duration
    return items


def _clip(child: Dict[str, Any], at: int, duration: int) -> Item:
    reference = child["media_references"][child["active_media_reference_key"]]
    path = reference.get("target_url") or reference["metadata"].get("Resolve_OTIO", {}).get("Media Url")
    item = Item(child["name"], at, duration, None, "generator")
    if path:
        available = reference["available_range"]
        still = available["duration"]["value"] == 1
        media = Media(path, "Still" if still else "Video", online="target_url" in reference)
        item = Item(child["name"], at, duration, media)
        item.offset = int(child["source_range"]["start_time"]["value"] - available["start_time"]["value"])
    item.enabled = child["enabled"]
    return item
