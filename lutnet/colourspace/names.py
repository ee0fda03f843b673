"""What people call colour spaces: short names, forgiving spelling, and the nearest ones to a name that is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "Rec.1886 Rec.709 - Display": ("Rec.709", "BT.709", "BT.1886", "Rec.709 Gamma 2.4", "Output - Rec.709"),
    "sRGB - Display": ("sRGB", "Output - sRGB"),
    "Display P3 - Display": ("Display P3",),
    "P3-D65 - Display": ("P3-D65", "Output - P3-D65"),
    "Rec.1886 Rec.2020 - Display": ("Rec.2020", "BT.2020"),
    "Rec.2100-PQ - Display": ("PQ", "HDR10", "ST 2084"),
    "Rec.2100-HLG - Display": ("HLG",),
    "ARRI LogC3 (EI800)": ("LogC3", "LogC", "ARRI LogC", "ARRI LogC3"),
    "ARRI LogC4": ("LogC4",),
    "S-Log3 S-Gamut3.Cine": ("S-Log3", "Sony S-Log3", "S-Gamut3.Cine/S-Log3"),
    "V-Log V-Gamut": ("V-Log", "Panasonic V-Log"),
    "CanonLog2 CinemaGamut D55": ("Canon Log 2", "C-Log2"),
    "CanonLog3 CinemaGamut D55": ("Canon Log 3", "C-Log3"),
    "Log3G10 REDWideGamutRGB": ("Log3G10", "RED Log3G10"),
    "BMDFilm WideGamut Gen5": ("BMD Film Gen 5", "Blackmagic Film Gen 5"),
    "DaVinci Intermediate WideGamut": ("DaVinci Intermediate", "DaVinci WG/Intermediate", "DWG/DI"),
}
"""By OpenColorIO's name. Where a curve is recorded in several gamuts, the short name means the usual one."""

MOST_SUGGESTED = 4


def folded(name: str) -> str:
    """``name`` without case, blanks and punctuation: "S-Log3", "slog3" and "S Log 3" are one."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def nearest(name: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """The spaces that ``name`` may have meant, best first, of ``known`` pairs: a spelling, and what it spells."""
    wanted = folded(name)
    spelled = {folded(spelling): space for spelling, space in known}
    inside = sorted((text for text in spelled if wanted and wanted in text), key=len)
    similar = difflib.get_close_matches(wanted, spelled, n=2 * MOST_SUGGESTED, cutoff=0.6)
    return list(dict.fromkeys(spelled[text] for text in (*inside, *similar)))[:MOST_SUGGESTED]
