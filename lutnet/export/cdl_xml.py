"""``.cc``, one ASC CDL as XML: the ColorCorrection element of ASC CDL v1.2::

<ColorCorrection id="...">
  <SOPNode> <Slope>r g b</Slope> <Offset>r g b</Offset> <Power>r g b</Power> </SOPNode>
  <SatNode> <Saturation>s</Saturation> </SatNode>
</ColorCorrection>
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lutnet.errors import GradeFileError, InputError
from lutnet.export.atomic import write_text
from lutnet.grade import CDL, Triple

_ROOT = "ColorCorrection"
_SATURATION_NODES = ("SatNode", "SATNode", "SaturationNode")


def write_cc(path: Path, cdl: CDL, *, id: str, description: str = "") -> None:
    """Write ``cdl`` under ``id``, six decimals. Raises OutputError where ``path`` cannot be written."""
    write_text(path, cc_text(cdl, id=id, description=description))


def cc_text(cdl: CDL, *, id: str, description: str = "") -> str:
    """The content of the file that ``write_cc`` writes."""
    note = f"    <Description>{escape(_one_line(description))}</Description>\n" if description else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<ColorCorrection id={quoteattr(_one_line(id))}>\n"
        "  <SOPNode>\n"
        f"{note}"
        f"    <Slope>{_numbers(cdl.slope)}</Slope>\n"
        f"    <Offset>{_numbers(cdl.offset)}</Offset>\n"
        f"    <Power>{_numbers(cdl.power)}</Power>\n"
        "  </SOPNode>\n"
        "  <SatNode>\n"
        f"    <Saturation>{cdl.saturation:.6f}</Saturation>\n"
        "  </SatNode>\n"
        "</ColorCorrection>\n"
    )


def read_cc(path: Path) -> CDL:
    """Read the CDL of a ``.cc`` file, whatever its namespace; a missing node is the identity's.

    Raises GradeFileError where the file is missing or malformed, declares entities, holds another element or
    nothing that is a CDL, or where a value is not allowed.
    """
    root = _parsed(path)
    if _name(root) != _ROOT:
        raise GradeFileError("file holds no single CDL", value=_name(root), allowed=_ROOT, where=path)
    sop = _child(root, ("SOPNode",))
    saturation = _child(root, _SATURATION_NODES)
    if sop is None and saturation is None:
        raise GradeFileError("CDL is empty", allowed="SOPNode, SatNode", where=path)
    identity = CDL()
    try:
        return CDL(
            slope=_values(sop, "Slope", identity.slope),
            offset=_values(sop, "Offset", identity.offset),
            power=_values(sop, "Power", identity.power),
            saturation=_values(saturation, "Saturation", (identity.saturation,))[0],
        )
    except (ValueError, InputError) as error:
        raise GradeFileError(f"CDL cannot be used: {error}", where=path) from error


def _parsed(path: Path) -> Element:
    try:
        root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError as error:
        raise GradeFileError(f"cannot read the CDL: {error.strerror}", where=path) from error
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise GradeFileError(f"CDL is no sound XML: {error}", where=path) from error
    return root


def _values(node: Element | None, name: str, default: tuple[float, ...]) -> Triple:
    """The numbers of the child ``name``, ``default`` where it is missing."""
    child = None if node is None else _child(node, (name,))
    if child is None:
        return default  # type: ignore[return-value]
    text = child.text or ""
    if "_" in text:  # which Python, and nobody else, allows inside numbers
        raise ValueError(f"{name} is not a number: {text.strip()[:40]!r}")
    values = tuple(float(word) for word in text.split())
    if len(values) != len(default):
        raise ValueError(f"{name} has {len(values)} values, not {len(default)}")
    return values  # type: ignore[return-value]


def _child(node: Element, names: tuple[str, ...]) -> Element | None:
    return next((child for child in node if _name(child) in names), None)


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _numbers(values: Triple) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _one_line(text: str) -> str:
    """``text`` on one line, without the control characters that XML 1.0 forbids even escaped."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
