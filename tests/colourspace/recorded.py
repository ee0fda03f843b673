"""One scene, recorded in any space: what OpenColorIO's inverse of the view makes of a display picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import opentimelineio as otio
import PyOpenColorIO as ocio

REC709 = "Rec.1886 Rec.709 - Display"
ACES = "ACES 1.0 - SDR Video"
CONFIG = "studio-config-v2.2.0_aces-v1.3_ocio-v2.4"

Colours = npt.NDArray[np.float32]


def through_view(space: str, colours: Colours, *, inverse: bool = False) -> Colours:
    """``colours [..., 3]`` of ``space`` as seen, or back: OpenColorIO alone."""
    direction = ocio.TRANSFORM_DIR_INVERSE if inverse else ocio.TRANSFORM_DIR_FORWARD
    processor = ocio.Config.CreateFromBuiltinConfig(CONFIG).getProcessor(space, REC709, ACES, direction)
    values = np.array(colours, np.float32)
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(values)
    return values


def scene(seed: int = 0, height: int = 120, width: int = 200) -> Colours:
    """``[H, W, 3]``, seen: soft shapes of many colours over a ramp from black to white, with some texture."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    picture = np.repeat((0.03 + 0.9 * columns)[..., None], 3, -1)
    for _ in range(14):
        x, y, size = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.05, 0.2)
        colour = random.uniform(0.1, 0.85) + random.normal(0, 0.12, 3)
        weight = np.exp(-((((columns - x) / size) ** 2 + ((rows - y) / size) ** 2) ** 2))[..., None]
        picture = (1 - weight) * picture + weight * colour
    picture += random.normal(0, 0.01, picture.shape)
    return picture.clip(0, 1).astype(np.float32)


def write_deep(path: Path, picture: Colours, frames: int = 3) -> Path:
    """``picture [H, W, 3]`` (0..1) as lossless 16-bit R'G'B' video."""
    values = np.rint(picture.clip(0, 1) * 65535).astype("<u2")
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=25)
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "gbrp16le"
        for index in range(frames):
            frame = av.VideoFrame(picture.shape[1], picture.shape[0], "gbrp16le")
            for plane, channel in zip(frame.planes, (1, 2, 0), strict=True):
                buffer = np.zeros((plane.height, plane.line_size // 2), "<u2")
                buffer[:, : plane.width] = values[..., channel]
                plane.update(buffer.tobytes())
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_timeline(
    path: Path, media: dict[str, Path], metadata: dict[str, dict[str, Any]] | None = None
) -> Path:
    """One clip of each of ``media``, by name; ``metadata`` by name too."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for name, file in media.items():
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(3, 25))
        clip = otio.schema.Clip(name, otio.schema.ExternalReference(str(file), span), span)
        clip.metadata.update((metadata or {}).get(name, {}))
        track.append(clip)
    timeline = otio.schema.Timeline("log")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))
    return path
