"""The colour management of a package: its grading space, and the view through which people judge."""

from __future__ import annotations

from pathlib import Path

from lutnet.colourspace import BUILTIN, ColourManagement, ColourSettings, colour_management
from lutnet.errors import InputError
from lutnet.export.package import RunSettings


def colour_of(settings: RunSettings, config: Path | None = None) -> ColourManagement:
    """The colour management that a package was graded under.

    config: the OpenColorIO configuration, where it was not the built-in one: no path in a package is followed.
    Raises InputError where another one is needed, or the space or the view is unknown in it.
    """
    view = settings.view
    if view is None:
        return colour_management(ColourSettings(space=settings.space, config=config))
    if view.config != BUILTIN and config is None:
        raise InputError(
            "the package was graded under another OpenColorIO configuration",
            value=view.config,
            fix="Name it with --ocio FILE.",
        )
    return colour_management(
        ColourSettings(space=settings.space, display=view.display, view=view.view, config=config)
    )
