"""Whether the package's grading space is what a node of the project receives.

A node's CDL and LUT work on the values entering it: the source's own in DaVinci YRGB, the timeline space
under colour management. A grade computed in another space is wrong there, however well it lands.
"""

from typing import Any, Dict, NamedTuple, Tuple

from resolve_bridge.api import expect, offers
from resolve_bridge.errors import BridgeError, CallFailed

UNMANAGED = "davinciYRGB"
_MANAGED = ("davinciYRGBColorManaged", "davinciYRGBColorManagedv2")
_ACES_LUTS_AS_GRADED = "projectSetting"


class Fit(NamedTuple):
    """What takes a grading space as it is: a colour science, or colour management with a timeline space."""

    sciences: Tuple[str, ...]
    timelines: Tuple[str, ...]


# What cameras record: without colour management it enters a node as it is.
_CAMERAS = (
    "ARRI LogC3 (EI800)",
    "ARRI LogC4",
    "Apple Log",
    "BMDFilm WideGamut Gen5",
    "CanonLog2 CinemaGamut D55",
    "CanonLog3 CinemaGamut D55",
    "Log3G10 REDWideGamutRGB",
    "S-Log3 S-Gamut3",
    "S-Log3 S-Gamut3.Cine",
    "S-Log3 Venice S-Gamut3",
    "S-Log3 Venice S-Gamut3.Cine",
    "V-Log V-Gamut",
)

# OpenColorIO's name of the grading space: where in Resolve its values enter a node.
FITS = {
    **{name: Fit((UNMANAGED,), ()) for name in _CAMERAS},
    "Rec.1886 Rec.709 - Display": Fit((UNMANAGED,), ("Rec.709 Gamma 2.4",)),
    "DaVinci Intermediate WideGamut": Fit((), ("DaVinci WG/Intermediate",)),
    "ACEScct": Fit(("acescct",), ("ACEScct",)),
    "ACEScc": Fit(("acescc",), ("ACEScc",)),
}


class ColourSettings(NamedTuple):
    """A timeline's colour settings in Resolve's own words; "" where they cannot be read.

    automatic: Resolve chooses the timeline space by itself, and the keys may hold what was set before.
    """

    science: str
    timeline: str
    output: str
    aces_luts: str
    automatic: bool = False

    @property
    def words(self) -> str:
        if not self.science:
            return "unknown"
        if self.automatic:
            return f"{self.science}, automatic: the timeline space is not told"
        return self.science if not self.timeline else f"{self.science}, timeline {self.timeline}"

    @property
    def shows_nodes(self) -> bool:
        """Whether a still holds the values that leave the last node, with no transform behind it."""
        managed = (
            self.science in _MANAGED
            and not self.automatic
            and self.timeline != ""
            and self.timeline == self.output
        )
        return self.science == UNMANAGED or managed


def colour_settings(project: Any, timeline: Any) -> ColourSettings:
    """The timeline's own settings where it has any, else the project's."""
    found = read_settings(project)
    found.update({key: value for key, value in read_settings(timeline).items() if value not in ("", None)})
    return ColourSettings(
        science=str(found.get("colorScienceMode") or ""),
        timeline=_combined(found, "colorSpaceTimeline"),
        output=_combined(found, "colorSpaceOutput"),
        aces_luts=str(found.get("colorAcesNodeLUTProcessingSpace") or ""),
        automatic=str(found.get("isAutoColorManage") or "0") == "1",
    )


def read_settings(owner: Any) -> Dict[str, Any]:
    """All settings of a project or timeline; 21.1 renamed the call. Empty where they cannot be read."""
    try:
        return dict(expect(dict, owner, "GetSettings" if offers(owner, "GetSettings") else "GetSetting"))
    except CallFailed:
        return {}


def require_fit(space: str, settings: ColourSettings, converted: Tuple[str, ...] = ()) -> None:
    """Raises BridgeError where the grading space is not, or not known to be, what nodes receive.

    converted: names of clips that lutnet took for another space and converted first, as only colour management does.
    """
    if settings.science == UNMANAGED and converted:
        raise BridgeError(
            f"'{converted[0]}' was converted to '{space}' before it was graded, but nodes of this timeline "
            "receive clips as they are recorded",
            "Turn colour management on and grade in its timeline space, or say --assume-space if a node before "
            "does the same.",
        )
    fit = FITS.get(space)
    if fit is not None and settings.science in fit.sciences:
        return
    managed = settings.science in _MANAGED and not settings.automatic
    if fit is not None and managed and _known(settings.timeline, fit.timelines):
        return
    raise BridgeError(
        f"the package was graded in '{space}', but nodes of this timeline receive {settings.words}",
        "Grade again in the timeline's space, or say --assume-space if you know the two to be the same.",
    )


def lut_obstacle(settings: ColourSettings) -> str:
    """Why LUTs would not work as graded in an ACES project, or ""."""
    if settings.science not in ("acescc", "acescct"):
        return ""
    if settings.aces_luts not in ("", _ACES_LUTS_AS_GRADED):
        return f"the project runs node LUTs in {settings.aces_luts}, not in the grading space"
    if settings.science == "acescc":
        return "ACEScc reaches from -0.358 to 1.468, and the package's LUTs from 0 to 1"
    return ""


def _known(timeline: str, names: Tuple[str, ...]) -> bool:
    return timeline.casefold() in (name.casefold() for name in names)


def _combined(settings: Dict[str, Any], key: str) -> str:
    """Colour space and gamma as one string, whether Resolve keeps them separately or not."""
    space, gamma = str(settings.get(key) or ""), str(settings.get(key + "Gamma") or "")
    separate = str(settings.get("separateColorSpaceAndGamma") or "0") == "1"
    return f"{space} {gamma}" if separate and gamma else space
