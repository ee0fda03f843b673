"""ASC CDL v1.2 as XML. ``.cc`` holds one ColorCorrection::

<ColorCorrection id="...">
  <SOPNode> <Slope>r g b</Slope> <Offset>r g b</Offset> <Power>r g b</Power> </SOPNode>
  <SatNode> <Saturation>s</Saturation> </SatNode>
</ColorCorrection>

``.ccc`` holds a ColorCorrectionCollection of them, ``.cdl`` a ColorDecisionList, which names their media too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lutnet.errors import GradeFileError, InputError
from lutnet.export.atomic import write_text
from lutnet.grade import CDL, Triple

_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "urn:ASC:CDL:v1.01"
_ROOT = "ColorCorrection"
_SATURATION_NODES = ("SatNode", "SATNode", "SaturationNode")


def write_cc(path: Path, cdl: CDL, *, id: str, description: str = "") -> None:
    """Write ``cdl`` under ``id``, six decimals. Raises OutputError where ``path`` cannot be written."""
    write_text(path, cc_text(cdl, id=id, description=description))


def cc_text(cdl: CDL, *, id: str, description: str = "") -> str:
    """The content of the file that ``write_cc`` writes."""
    return _PROLOG + _correction(cdl, id, description)


@dataclass(frozen=True, slots=True)
class Correction:
    """A CDL among others: under an id of its own, with the media that it is for, where known."""

    id: str
    cdl: CDL
    description: str = ""
    media: str | None = None


def collection_text(corrections: Sequence[Correction], *, description: str = "") -> str:
    """The content of a ``.ccc``."""
    body = "".join(_correction(each.cdl, each.id, each.description) for each in corrections)
    return _document("ColorCorrectionCollection", description, body)


def decision_list_text(corrections: Sequence[Correction], *, description: str = "") -> str:
    """The content of a ``.cdl``."""
    body = "".join(
        f"<ColorDecision>\n{_media(each.media)}{_correction(each.cdl, each.id, each.description)}</ColorDecision>\n"
        for each in corrections
    )
    return _document("ColorDecisionList", description, body)


def _document(root: str, description: str, body: str) -> str:
    note = f"<Description>{escape(_one_line(description))}</Description>\n" if description else ""
    return f'{_PROLOG}<{root} xmlns="{_NAMESPACE}">\n{note}{body}</{root}>\n'


def _media(media: str | None) -> str:
    return "" if media is None else f"<MediaRef ref={quoteattr(_one_line(media))}/>\n"


def _correction(cdl: CDL, id: str, description: str) -> str:
    return (
        f"<ColorCorrection id={quoteattr(_one_line(id))}>\n{nodes_text(cdl, description)}</ColorCorrection>\n"
    )


def nodes_text(cdl: CDL, description: str = "") -> str:
    """The SOPNode and SatNode of ``cdl``, six decimals, as they stand in every kind of CDL file and in CLF."""
    note = f"    <Description>{escape(_one_line(description))}</Description>\n" if description else ""
    return (
        "  <SOPNode>\n"
        f"{note}"
        f"    <Slope>{_numbers(cdl.slope)}</Slope>\n"
        f"    <Offset>{_numbers(cdl.offset)}</Offset>\n"
        f"    <Power>{_numbers(cdl.power)}</Power>\n"
        "  </SOPNode>\n"
        "  <SatNode>\n"
        f"    <Saturation>{cdl.saturation:.6f}</Saturation>\n"
        "  </SatNode>\n"
    )


def read_cc(path: Path) -> CDL:
    """Read the CDL of a ``.cc`` file, whatever its namespace; a missing node is the identity's.

    Raises GradeFileError where the file is missing or malformed, declares entities, holds another element or
    nothing that is a CDL, or where a value is not allowed.
    """
    root = parsed(path)
    if local_name(root) != _ROOT:
        raise GradeFileError("file holds no single CDL", value=local_name(root), allowed=_ROOT, where=path)
    return _cdl_of(root, path)


def read_cdls(path: Path) -> list[CDL]:
    """The CDLs of a ``.cc``, ``.ccc`` or ``.cdl`` file, in its order; at least one. Raises as ``read_cc`` does."""
    cdls = [_cdl_of(node, path) for node in parsed(path).iter() if local_name(node) == _ROOT]
    if not cdls:
        raise GradeFileError("file holds no CDL", allowed=_ROOT, where=path)
    return cdls


def _cdl_of(node: Element, path: Path) -> CDL:
    """The CDL whose SOPNode and SatNode are children of ``node``, an element of ``path``.

    Raises GradeFileError where it has neither, or where a value is not allowed.
    """
    sop = _child(node, ("SOPNode",))
    saturation = _child(node, _SATURATION_NODES)
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


def parsed(path: Path) -> Element:
    """The root of an XML file, without entities. Raises GradeFileError where it is missing or malformed."""
    try:
        root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError as error:
        raise GradeFileError(f"cannot read the CDL: {error.strerror}", where=path) from error
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise GradeFileError(f"file is no sound XML: {error}", where=path) from error
    return root


def _values(node: Element | None, name: str, default: tuple[float, ...]) -> Triple:
    """The numbers of the child ``name``, ``default`` where it is missing."""
    found = None if node is None else _child(node, (name,))
    if found is None:
        return default  # type: ignore[return-value]
    text = found.text or ""
    if "_" in text:  # which Python, and nobody else, allows inside numbers
        raise ValueError(f"{name} is not a number: {text.strip()[:40]!r}")
    values = tuple(float(word) for word in text.split())
    if len(values) != len(default):
        raise ValueError(f"{name} has {len(values)} values, not {len(default)}")
    return values  # type: ignore[return-value]


def _child(node: Element, names: tuple[str, ...]) -> Element | None:
    """The first child of ``node`` with one of these names, whatever its namespace."""
    return next((each for each in node if local_name(each) in names), None)


def local_name(node: Element) -> str:
    """The name of ``node`` without its namespace."""
    return str(node.tag).rpartition("}")[2]


def _numbers(values: Triple) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _one_line(text: str) -> str:
    """``text`` on one line, without the control characters that XML 1.0 forbids even escaped."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
