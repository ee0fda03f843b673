"""Edited timelines to shots: what would be graded, and which part of which file each clip really uses."""

from lutnet.timeline.media import MediaLocator
from lutnet.timeline.read import read_timeline
from lutnet.timeline.record import Timeline
from lutnet.timeline.single import timeline_of_media

__all__ = ["MediaLocator", "Timeline", "read_timeline", "timeline_of_media"]
