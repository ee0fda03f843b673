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
                rows.append("{:.6f} {:.6f} {:.6f}\n".format(*tuple(look_up(lut, colour) if lut else colour)))
    return (header + "".join(rows)).encode("ascii")


def look_up(lut: Cube, colour: Sequence[float]) -> Colour:
    """``colour``, clamped to 0..1, tetrahedrally."""
    last = lut.size - 1
    position = [min(max(value, 0.0), 1.0) * last for value in colour]
    base = [min(int(value), last - 1) for value in position]
    rest = [value - whole for value, whole in zip(position, base)]
    strides = (1, lut.size, lut.size * lut.size)
    corner = sum(whole * stride for whole, stride in zip(base, strides))
    weight, result = 1.0, [0.0, 0.0, 0.0]
    # From the low corner to the high one, along the axes with the largest rests first: four corners.
    for axis in sorted(range(3), key=lambda each: -rest[each]):
        _add(result, lut.colours[corner], weight - rest[axis])
        weight = rest[axis]
        corner += strides[axis]
    _add(result, lut.colours[corner], weight)
    return tuple(result)


def _add(result: List[float], colour: Colour, weight: float) -> None:
    for channel in range(3):
        result[channel] += weight * colour[channel]


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
