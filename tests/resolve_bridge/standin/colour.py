"""The stand-in's colour engine: what leaves the last node of an item's active version.

What is not known of Resolve is a switch: whether a node's LUT comes before or after its primaries, which luma
weights saturation uses, whether CDLs clamp, and how LUTs are interpolated.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from tests.resolve_bridge.standin.data import Item, Node
from tests.resolve_bridge.standin.luts import LutLibrary

ASC_LUMA = (0.2126, 0.7152, 0.0722)
MEASURED_LUMA = (0.21, 0.70, 0.09)


class Engine(NamedTuple):
    lut_first: bool = False
    luma: Any = ASC_LUMA
    clamps: bool = True
    tetrahedral: bool = True

    def render(self, item: Item, colours: Any, luts: LutLibrary) -> Any:
        """``colours [..., 3]`` as the item's active version shows them."""
        for node in item.nodes:
            steps = [self._primaries, lambda n, x: self._lut(n, x, luts)]
            for step in reversed(steps) if self.lut_first else steps:
                colours = step(node, colours)
        return colours

    def _primaries(self, node: Node, colours: Any) -> Any:
        numbers = np.array(node.primaries, dtype=np.float64)
        slope, offset, power = numbers[:3], numbers[3:6], numbers[6:9]
        out = colours * slope + offset
        out = np.clip(out, 0, 1) ** power if self.clamps else np.where(out < 0, out, np.abs(out) ** power)
        luma = (out * np.array(self.luma)).sum(-1, keepdims=True)
        out = luma + numbers[9] * (out - luma)
        return np.clip(out, 0, 1) if self.clamps else out

    def _lut(self, node: Node, colours: Any, luts: LutLibrary) -> Any:
        if not node.lut:
            return colours
        table = read_table(luts.known[node.lut])
        return (_tetrahedral if self.tetrahedral else _trilinear)(table, np.clip(colours, 0, 1))


def read_table(path: Path) -> Any:
    """``[r, g, b, 3]`` of a ``.cube``."""
    lines = path.read_text().splitlines()
    size = next(int(line.split()[1]) for line in lines if line.startswith("LUT_3D_SIZE"))
    rows = [line.split() for line in lines if line and (line[0].isdigit() or line[0] == "-")]
    return np.array(rows, dtype=np.float64).reshape(size, size, size, 3).transpose(2, 1, 0, 3)


def write_still(path: Path, colours: Any) -> None:
    Image.fromarray(np.round(np.clip(colours, 0, 1) * 255).astype(np.uint8)).save(path)


def _cell(table: Any, colours: Any) -> Any:
    position = colours * (table.shape[0] - 1)
    base = np.minimum(position.astype(int), table.shape[0] - 2)
    return base, position - base


def _at(table: Any, base: Any, corner: Any) -> Any:
    index = base + np.array(corner)
    return table[index[..., 0], index[..., 1], index[..., 2]]


def _trilinear(table: Any, colours: Any) -> Any:
    base, rest = _cell(table, colours)
    out = np.zeros(colours.shape)
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(np.array(corner), rest, 1 - rest), axis=-1, keepdims=True)
        out += weight * _at(table, base, corner)
    return out


def _tetrahedral(table: Any, colours: Any) -> Any:
    base, rest = _cell(table, colours)
    order = np.argsort(-rest, axis=-1)
    ranked = np.take_along_axis(rest, order, -1)
    corner = np.zeros(colours.shape, dtype=int)
    weights = np.diff(
        np.concatenate([np.ones_like(ranked[..., :1]), ranked, np.zeros_like(ranked[..., :1])], -1)
    )
    out = np.zeros(colours.shape)
    for step in range(4):
        out += -weights[..., step : step + 1] * _at(table, base, corner)
        if step < 3:
            np.put_along_axis(corner, order[..., step : step + 1], 1, -1)
    return out
