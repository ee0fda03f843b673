"""A diagnosis in a colourist's words, for markers."""

from typing import Any, Dict, List, Tuple

NOTABLE_LEVEL = 1 / 6  # half a level: below it the nearest of the seven is "leave alone"
SURE = 0.5  # a finding below this confidence is as likely wrong as right

# name: (word for a negative level, word for a positive one)
WORDS = {
    "exposure": ("underexposed", "overexposed"),
    "temperature": ("too blue", "too orange"),
    "tint": ("too magenta", "too green"),
    "contrast": ("too flat", "too hard"),
    "black_point": ("blacks crushed", "blacks lifted"),
    "white_point": ("whites too low", "whites too high"),
    "saturation": ("too pale", "too saturated"),
}

Named = Tuple[str, Dict[str, Any]]


def notable(corrections: Dict[str, Dict[str, Any]]) -> List[Named]:
    """The corrections that are not "leave alone", the surest first."""
    found = [(name, each) for name, each in corrections.items() if abs(each["level"]) >= NOTABLE_LEVEL]
    return sorted(found, key=lambda pair: -float(pair[1]["confidence"]))


def in_words(found: List[Named]) -> str:
    """``too orange by 0.4 stop (93 %), ...``, or ``leave alone``."""
    return ", ".join(_sentence(name, each) for name, each in found) or "leave alone"


def _sentence(name: str, correction: Dict[str, Any]) -> str:
    words = WORDS.get(name, (name + " -", name + " +"))
    amount = abs(correction["value"])
    shown = f"{amount:.1f} stop" if correction["unit"] == "stop" else f"{amount:.0f} %"
    return "{} by {} ({:.0f} %)".format(words[correction["level"] > 0], shown, 100 * correction["confidence"])
