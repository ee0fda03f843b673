"""An OpenColorIO configuration: its colour spaces, displays and views, and the conversions between them.

The one that is built in is pinned by name, so that the same command means the same colours on every machine; the
environment variable ``OCIO`` is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import PyOpenColorIO as ocio

from lutnet.colourspace.names import SHORT_NAMES, folded, nearest
from lutnet.errors import InputError

BUILTIN = "studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
UNTONED = "Un-tone-mapped"
"""The view of the built-in configurations that shows a picture as it is."""

FAILURES = (ocio.Exception, ocio.ExceptionMissingFile)
"""What OpenColorIO raises; the second is no kind of the first."""


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space. name: OpenColorIO's. aliases: further names. family: whose, as ``Input/Sony``.

    encoding: ``log``, ``scene-linear``, ``sdr-video``, ``hdr-video``, ``display-linear``, or "" where it is not said.
    display: it is what a display is sent, no picture of a scene.
    """

    name: str
    encoding: str
    display: bool = False
    family: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Its values are what people see: those of a display of standard dynamic range."""
        return self.display and self.encoding == "sdr-video"


class ColourConfig:
    """The built-in configuration, or that in ``file``. Raises InputError where it cannot be used."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        with _able(file or BUILTIN, "--ocio"):
            self.ocio = (
                ocio.Config.CreateFromBuiltinConfig(BUILTIN)
                if file is None
                else ocio.Config.CreateFromFile(str(file))
            )
            self.ocio.validate()

    @property
    def name(self) -> str:
        return BUILTIN if self.file is None else str(self.file)

    @cached_property
    def spaces(self) -> tuple[Space, ...]:
        """Every space that can hold a picture, displays first, in the configuration's order."""
        found = self.ocio.getColorSpaces(ocio.SEARCH_REFERENCE_SPACE_ALL, ocio.COLORSPACE_ACTIVE)
        spaces = (_space(each) for each in found if not each.isData())
        return tuple(sorted(spaces, key=lambda space: not space.display))

    @cached_property
    def displays(self) -> dict[str, tuple[str, ...]]:
        """The views of every display."""
        return {display: tuple(self.ocio.getViews(display)) for display in self.ocio.getDisplays()}

    def space(self, name: str, where: str | None = None, *, roles: bool = True) -> Space:
        """The space that ``name``, an alias, a role or a short name means. Raises InputError naming the nearest.

        roles: False for names from elsewhere: what plays a role in another configuration is another space.
        """
        found = self.ocio.getColorSpace(name) if roles or not self.ocio.hasRole(name) else None
        if found is None:
            spelled = {folded(spelling): space for spelling, space in self._spellings()}
            found = self.ocio.getColorSpace(spelled.get(folded(name), ""))
        if found is None or found.isData():
            raise InputError(
                "colour space is unknown" if found is None else "this space holds no picture",
                value=name,
                where=where,
                fix=_meant(nearest(name, self._spellings())),
            )
        return _space(found)

    def display(self, name: str, where: str | None = None) -> str:
        """The display called ``name``, in whatever spelling. Raises InputError."""
        return self._one_of(tuple(self.displays), name, "display", where, self._short(self.displays))

    def view(self, display: str, name: str, where: str | None = None) -> str:
        """The view of ``display`` called ``name``, in whatever spelling. Raises InputError."""
        return self._one_of(self.displays[display], name, f"view of {display}", where)

    def default_view(self, display: str) -> str:
        return str(self.ocio.getDefaultView(display))

    def display_space(self, display: str, view: str) -> Space:
        """The space of what ``view`` sends to ``display``."""
        name = str(self.ocio.getDisplayViewColorSpaceName(display, view))
        return self.space(display if name in ("", "<USE_DISPLAY_NAME>") else name)

    def converter(self, source: Space, target: Space) -> ocio.CPUProcessor:
        """Colours of ``source`` to those of ``target``, between display and scene without a tone curve.

        Raises InputError where the configuration cannot do that.
        """
        with _able(f"{source.name} to {target.name}", self.name):
            return _cpu(self.ocio.getProcessor(source.name, target.name))

    def shower(self, space: Space, display: str, view: str, *, inverse: bool = False) -> ocio.CPUProcessor:
        """Colours of ``space`` to what ``view`` sends to ``display``, or back.

        Raises InputError where the configuration cannot do that.
        """
        direction = ocio.TRANSFORM_DIR_INVERSE if inverse else ocio.TRANSFORM_DIR_FORWARD
        with _able(f"{view} of {display}", self.name):
            return _cpu(self.ocio.getProcessor(space.name, display, view, direction))

    def _spellings(self) -> Iterator[tuple[str, str]]:
        for space in self.spaces:
            yield from ((name, space.name) for name in (*space.aliases, space.name))

    def _short(self, names: dict[str, tuple[str, ...]]) -> dict[str, str]:
        return {folded(short): name for name in names for short in SHORT_NAMES.get(name, ())}

    def _one_of(
        self,
        names: tuple[str, ...],
        name: str,
        kind: str,
        where: str | None,
        short: dict[str, str] | None = None,
    ) -> str:
        spelled = {**(short or {}), **{folded(each): each for each in names}}
        if folded(name) not in spelled:
            near = nearest(name, ((each, each) for each in names)) or list(names)
            raise InputError(f"{kind} is unknown", value=name, where=where, fix=_meant(near))
        return spelled[folded(name)]


def _space(found: ocio.ColorSpace) -> Space:
    name = str(found.getName())
    aliases = dict.fromkeys((*SHORT_NAMES.get(name, ()), *found.getAliases()))
    return Space(
        name=name,
        encoding=str(found.getEncoding()),
        display=found.getReferenceSpaceType() == ocio.REFERENCE_SPACE_DISPLAY,
        family=str(found.getFamily()),
        aliases=tuple(aliases),
    )


@contextmanager
def _able(what: object, where: str) -> Iterator[None]:
    """OpenColorIO's failures as InputError."""
    try:
        yield
    except FAILURES as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"OpenColorIO cannot do this ({reason})", value=what, where=where) from error


def _cpu(processor: ocio.Processor) -> ocio.CPUProcessor:
    return processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)


def _meant(names: list[str]) -> str:
    listed = "`lutnet spaces` lists all."
    return f"Did you mean {' or '.join(names)}? {listed}" if names else listed
