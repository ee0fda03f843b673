"""Colour management through OpenColorIO: which spaces there are, what a clip is in, what people see of it."""

from lutnet.colourspace.config import BUILTIN, ColourConfig, Space
from lutnet.colourspace.management import (
    DOUBT,
    ColourManagement,
    ColourSettings,
    Says,
    Stated,
    colour_management,
    looks_like_log,
    may_be_log,
)
from lutnet.colourspace.view import View

__all__ = [
    "BUILTIN",
    "DOUBT",
    "ColourConfig",
    "ColourManagement",
    "ColourSettings",
    "Says",
    "Space",
    "Stated",
    "View",
    "colour_management",
    "looks_like_log",
    "may_be_log",
]
