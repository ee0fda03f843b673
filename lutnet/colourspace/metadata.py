"""Colour spaces that timelines name in the metadata of their clips and media."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OWN, OWN_KEY = "lutnet", "clip_space"
KEYS = (
    "ayon.source.colorspace",
    "openpype.source.colourtransform",
    "foundry.source.colourtransform",
    "uk.co.thefoundry.Colorspace",
)
"""What publishers write beside a clip's media: AYON and OpenPype, Hiero and Nuke Studio."""
_SILENT = frozenset({"", "default", "error", "raw", "none"})
_DEEPEST = 6


def named_space(metadata: Iterable[Mapping[str, Any]]) -> str | None:
    """The colour space that the first of ``metadata`` with any names; None without one."""
    for each in metadata:
        if not len(each):  # as a rule; to look for every key in it would take long all the same
            continue
        own = each.get(OWN)
        found = None if own is None or not hasattr(own, "get") else own.get(OWN_KEY)
        found = found or next((name for key in KEYS if (name := _deep(each, key))), None)
        if isinstance(found, str) and found.casefold() not in _SILENT:
            return found
    return None


def _deep(metadata: Mapping[str, Any], key: str, depth: int = 0) -> str | None:
    """The text at ``key``, also in the mappings inside: programs keep theirs under their own name."""
    found = metadata.get(key)
    if isinstance(found, str):
        return found
    if depth == _DEEPEST:
        return None
    inside = (value for value in metadata.values() if hasattr(value, "get") and hasattr(value, "values"))
    return next((text for value in inside if (text := _deep(value, key, depth + 1))), None)
