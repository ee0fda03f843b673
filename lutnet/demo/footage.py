"""Render the demo's shots and encode them as a camera would: H.264, 8 bit, BT.709 limited range."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import opentimelineio as otio
import torch
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image
from torch import Tensor

from lutnet.demo.scenes import REFERENCE_SCENES, REFERENCE_VIEW, SCENES, SHOTS, DemoShot, Photo, View
from lutnet.ops.detune import NAMES
from lutnet.training.sampling import detune_bytes

WIDTH, HEIGHT = 640, 360
RATE = Fraction(24)
FRAMES = 36
HANDLE = 6
"""Frames at each end of a file that the timeline does not use, as in real footage."""


def amounts_vector(shot: DemoShot) -> Tensor:
    """The shot's faults as the detune vector ``[7]``."""
    return torch.tensor([shot.amounts.get(name, 0.0) for name in NAMES])


def clean_frame(shot: DemoShot, index: int, photo: Photo | None = None) -> Tensor:
    """Frame ``index`` of the shot before it was spoiled: ``[3, H, W]`` in 0..1, the truth."""
    share = index / (FRAMES - 1)
    view = View(
        *(
            (1 - share) * start + share * end
            for start, end in (
                (shot.start.x, shot.end.x),
                (shot.start.y, shot.end.y),
                (shot.start.width, shot.end.width),
            )
        )
    )
    return _look(SCENES[shot.scene].load() if photo is None else photo, view)


def write_media(shot: DemoShot, path: Path) -> None:
    """Encode the spoiled shot to ``path``."""
    photo = SCENES[shot.scene].load()
    amounts = amounts_vector(shot)
    _encode(path, (_spoiled(clean_frame(shot, index, photo), amounts) for index in range(FRAMES)))


def write_reference(path: Path) -> None:
    """Write the unspoiled reference frame as PNG."""
    frame = _look(SCENES[REFERENCE_SCENES[0]].load(), REFERENCE_VIEW)
    Image.fromarray(_to_8_bit(frame)).save(path)


def write_timeline(folder: Path, media: dict[str, Path]) -> Path:
    """Write ``timeline.otio`` in ``folder``: every shot once, handles cut away, relative media paths."""
    rate = float(RATE)

    def frames(start: int, duration: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
        )

    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for shot in SHOTS:
        reference = otio.schema.ExternalReference(
            target_url=media[shot.name].relative_to(folder).as_posix(), available_range=frames(0, FRAMES)
        )
        track.append(
            otio.schema.Clip(
                shot.name, media_reference=reference, source_range=frames(HANDLE, FRAMES - 2 * HANDLE)
            )
        )
    timeline = otio.schema.Timeline(
        "lutnet demo", global_start_time=otio.opentime.RationalTime(3600 * rate, rate)
    )
    timeline.tracks.append(track)
    path = folder / "timeline.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def _look(photo: Photo, view: View) -> Tensor:
    height, width = photo.shape[:2]
    across = min(view.width * width, height * WIDTH / HEIGHT)
    down = across * HEIGHT / WIDTH
    left = min(max(view.x * width - across / 2, 0.0), width - across)
    top = min(max(view.y * height - down / 2, 0.0), height - down)
    window = (left, top, left + across, top + down)
    picture = Image.fromarray(photo).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=window)
    return torch.from_numpy(np.array(picture)).movedim(-1, 0).float() / 255.0


def _spoiled(frame: Tensor, amounts: Tensor) -> npt.NDArray[np.uint8]:
    pixels = (frame * 255.0).round().byte()
    return (
        _to_8_bit(detune_bytes(pixels[None], amounts[None])[0]) if bool(amounts.any()) else _to_8_bit(frame)
    )


def _to_8_bit(frame: Tensor) -> npt.NDArray[np.uint8]:
    pixels: npt.NDArray[np.uint8] = (frame * 255.0).round().to(torch.uint8).movedim(0, -1).numpy()
    return np.ascontiguousarray(pixels)


def _to_420(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """R'G'B' ``[H, W, 3]`` to planes of BT.709 limited Y'CbCr 4:2:0, ``[H * 3 / 2, W]``, by exact arithmetic.

    swscale's quick conversion is a code value off on average, which would count as a fault of the grade.
    Chroma lies on the left of each pair of pixels (ITU-T H.264, chroma location type 0).
    """
    red, green, blue = np.moveaxis(pixels / 255.0, -1, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    chroma = np.stack([128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748])
    around = np.pad(chroma, ((0, 0), (0, 0), (1, 1)), mode="edge")
    sited = (around[..., :-2] + 2 * around[..., 1:-1] + around[..., 2:])[..., ::2] / 4
    halved = (sited[:, ::2] + sited[:, 1::2]) / 2
    planes = np.concatenate([(16 + 219 * luma).ravel(), halved.ravel()]).round().astype(np.uint8)
    return planes.reshape(-1, pixels.shape[1])


def _encode(path: Path, frames: Iterator[npt.NDArray[np.uint8]]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "8", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = 1, 1  # BT.709 in ISO/IEC 23091-2
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_to_420(pixels), format="yuv420p")))
        container.mux(stream.encode(None))
