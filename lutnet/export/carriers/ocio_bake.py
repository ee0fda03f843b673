"""LUT files as OpenColorIO writes them."""

from __future__ import annotations

import PyOpenColorIO as ocio

from lutnet.grade import LUT3D

_IN, _OUT = "in", "out"


def baked_by_ocio(lut: LUT3D, format_name: str, comments: tuple[str, ...] = ()) -> bytes:
    """``lut`` (over 0..1) in the format that OpenColorIO's baker calls ``format_name``.

    comments: one line each; formats without comments (``flame``, ``spi3d``) leave them out.
    """
    config = ocio.Config()
    config.addColorSpace(ocio.ColorSpace(name=_IN))
    graded = ocio.ColorSpace(name=_OUT)
    graded.setTransform(lut_transform(lut), ocio.COLORSPACE_DIR_FROM_REFERENCE)
    config.addColorSpace(graded)
    baker = ocio.Baker()
    baker.setConfig(config)
    baker.setFormat(format_name)
    baker.setInputSpace(_IN)
    baker.setTargetSpace(_OUT)
    baker.setCubeSize(lut.size)
    for comment in comments:
        baker.getFormatMetadata().addChildElement("Desc", comment)
    text: str = baker.bake()
    return text.encode("ascii", errors="replace")


def lut_transform(lut: LUT3D) -> ocio.Lut3DTransform:
    """``lut`` (over 0..1) as OpenColorIO's own record; it too counts blue fastest."""
    transform = ocio.Lut3DTransform(gridSize=lut.size)
    transform.setData(lut.table.ravel())
    transform.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    return transform
