"""Reads lutnet's ``.cube`` files and bakes a CDL into one, without numpy.

Baked: each lattice colour of 0..1 goes through the CDL (ASC v1.2, clamping), then tetrahedrally through the
LUT. The order of a node's LUT and its primaries is not documented; one LUT beside an identity CDL does not
depend on it.
"""

import re
from typing import List, NamedTuple, Optional, Sequence, Tuple

from resolve_bridge.errors import BridgeError
from resolve_bridge.package import Cdl

BAKED_SIZE = 33
_MAX_SIZE = 129
_WEIGHTS = (0.2126, 0.7152, 0.0722)
_HEADER = re.compile(r"[A-Za-z]")

Colour = Tuple[float, ...]


class Cube(NamedTuple):
    """A 3D LUT over 0..1: ``size`` cubed colours, red fastest."""

    size: int
    colours: List[Colour]


def parse_cube(content: bytes, where: str) -> Cube:
    """Read a ``.cube`` as lutnet writes it. Raises BridgeError for any other dialect or domain."""
    size = 0
    colours: List[Colour] = []
    try:
        for line in content.decode("ascii").splitlines():
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if _HEADER.match(line):
                size = _header(words) or size
            else:
                red, green, blue = words
                colours.append((float(red), float(green), float(blue)))
    except ValueError as error:
        raise BridgeError(f"{where} is not a LUT that lutnet wrote ({error})") from error
    if not 2 <= size <= _MAX_SIZE or len(colours) != size**3:
        raise BridgeError(f"{where} is damaged: {len(colours)} rows for a size of {size}")
    return Cube(size, colours)


def bake(cdl: Cdl, lut: Optional[Cube], comment: str) -> bytes:
    """The ``.cube`` of ``cdl``, then ``lut``, with 33 points."""
    curves = [_curve(*channel) for channel in zip(cdl.slope, cdl.offset, cdl.power)]
    header = f"# {comment}\nLUT_3D_SIZE {BAKED_SIZE}\n"
    rows = []
    for blue in curves[2]:
        for green in curves[1]:
            for red in curves[0]:
                colour = _saturated((red, green, blue), cdl.saturation)
                rows.append("{:.6f} {:.6f} {:.6f}\n".format(*(look_up(lut, colour) if lut else colour)))
    return (header + "".join(rows)).encode("ascii")


def look_up(lut: Cube, colour: Sequence[float]) -> Colour:
    """``colour``, clamped to 0..1, tetrahedrally."""
    last, size = lut.size - 1, lut.size
    rests, corner = [], 0
    for value, stride in zip(colour, (1, size, size * size)):
        position = (0.0 if value < 0.0 else 1.0 if value > 1.0 else value) * last
        base = min(int(position), last - 1)
        rests.append((position - base, stride))
        corner += base * stride
    rests.sort(reverse=True)
    # From the low corner to the high one, along the axes with the largest rests first: four corners.
    weight, red, green, blue = 1.0, 0.0, 0.0, 0.0
    for rest, stride in [*rests, (0.0, 0)]:
        share, there = weight - rest, lut.colours[corner]
        red, green, blue = red + share * there[0], green + share * there[1], blue + share * there[2]
        weight = rest
        corner += stride
    return (red, green, blue)


def _curve(slope: float, offset: float, power: float) -> List[float]:
    inputs = (index / (BAKED_SIZE - 1) for index in range(BAKED_SIZE))
    return [_clamped(value * slope + offset) ** power for value in inputs]


def _saturated(colour: Colour, saturation: float) -> Colour:
    if saturation == 1.0:
        return colour
    luma = sum(weight * value for weight, value in zip(_WEIGHTS, colour))
    return tuple(_clamped(luma + saturation * (value - luma)) for value in colour)


def _clamped(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _header(words: List[str]) -> int:
    """The size that a header line states, else 0. Raises ValueError for what lutnet does not write."""
    if words[0] == "LUT_3D_SIZE":
        return int(words[1])
    if words[0] == "TITLE":
        return 0
    domain = {"DOMAIN_MIN": 0.0, "DOMAIN_MAX": 1.0}
    if words[0] in domain and all(float(word) == domain[words[0]] for word in words[1:]):
        return 0
    raise ValueError("header {}".format(" ".join(words)[:60]))
