"""Shots beside each other: which of them belong to one scene."""

from lutnet.continuity.scenes import read_scenes, scenes_of

__all__ = ["read_scenes", "scenes_of"]
