"""``.cc``, one ASC CDL as XML: the ColorCorrection element of ASC CDL v1.2."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lutnet.export.atomic import write_text
from lutnet.grade import CDL, Triple


def write_cc(path: Path, cdl: CDL, *, id: str, description: str = "") -> None:
    """Write ``cdl`` under ``id``, six decimals. Raises OutputError where ``path`` cannot be written."""
    write_text(path, cc_text(cdl, id=id, description=description))


def cc_text(cdl: CDL, *, id: str, description: str = "") -> str:
    """The content of the file that ``write_cc`` writes."""
    note = f"    <Description>{escape(' '.join(description.split()))}</Description>\n" if description else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<ColorCorrection id={quoteattr(id)}>\n"
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


def _numbers(values: Triple) -> str:
    return " ".join(f"{value:.6f}" for value in values)
