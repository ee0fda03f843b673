"""The demo's scenes and shots: which photograph, which camera move, spoiled by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Photo = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Scene:
    """A photograph ``[H, W, 3]`` 8-bit sRGB, and the credit that its licence asks for."""

    name: str
    load: Callable[[], Photo]
    credit: str


@dataclass(frozen=True, slots=True)
class View:
    """A window on a photograph: centre and width as shares of the photograph's width and height."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class DemoShot:
    """One shot: the camera glides from ``start`` to ``end`` over ``scene``; ``amounts`` are its faults.

    amounts: by correction name, each in -1..1 as in the detune model.
    """

    name: str
    scene: str
    start: View
    end: View
    amounts: dict[str, float]


def _sample(name: str) -> Photo:
    from sklearn.datasets import load_sample_image

    photo: Photo = load_sample_image(name)
    return photo


def _skimage(name: str) -> Photo:
    import skimage.data

    photo: Photo = getattr(skimage.data, name)()
    return photo


def _stereo(side: int) -> Photo:
    import skimage.data

    photo: Photo = skimage.data.stereo_motorcycle()[side]  # type: ignore[no-untyped-call]
    return photo


SCENES = {
    scene.name: scene
    for scene in (
        Scene(
            "temple", lambda: _sample("china.jpg"), "china.jpg: Valentine Fraser, CC BY 2.0 (scikit-learn)"
        ),
        Scene("flower", lambda: _sample("flower.jpg"), "flower.jpg: vultilion, CC BY 2.0 (scikit-learn)"),
        Scene("portrait", lambda: _skimage("astronaut"), "astronaut: NASA, public domain (scikit-image)"),
        Scene("coffee", lambda: _skimage("coffee"), "coffee: Rachel Michetti, CC0 (scikit-image)"),
        Scene("cat", lambda: _skimage("chelsea"), "chelsea: Stefan van der Walt, CC0 (scikit-image)"),
        Scene("rocket", lambda: _skimage("rocket"), "rocket: SpaceX, CC0 (scikit-image)"),
        Scene("garage_a", lambda: _stereo(0), "motorcycle: Daniel Scharstein, CC0 (scikit-image)"),
        Scene("garage_b", lambda: _stereo(1), "motorcycle, second camera: Daniel Scharstein, CC0"),
    )
}

REFERENCE_SCENES = ("garage_a", "garage_b")
"""Two real cameras side by side: the reference frame is from the first, shots are from both."""
REFERENCE_VIEW = View(0.5, 0.5, 0.95)

_WIDE, _MEDIUM = 0.92, 0.62

SHOTS = (
    DemoShot(
        "garage wide", "garage_b", View(0.5, 0.5, _WIDE), View(0.55, 0.5, 0.8),
        {"exposure": -0.5, "temperature": 0.6, "black_point": 0.3},
    ),
    DemoShot(
        "garage engine", "garage_b", View(0.45, 0.55, _MEDIUM), View(0.55, 0.55, _MEDIUM),
        {"temperature": -0.7, "contrast": -0.5, "saturation": -0.4},
    ),
    DemoShot(
        "garage pan", "garage_a", View(0.4, 0.5, 0.7), View(0.62, 0.5, 0.7),
        {"exposure": 0.45, "tint": 0.5, "white_point": -0.3},
    ),
    DemoShot(
        "garage clean", "garage_b", View(0.6, 0.45, 0.7), View(0.5, 0.5, 0.8),
        {},
    ),
    DemoShot(
        "temple wide", "temple", View(0.5, 0.5, _WIDE), View(0.5, 0.5, 0.75),
        {"exposure": -0.8, "temperature": -0.5},
    ),
    DemoShot(
        "temple roof", "temple", View(0.4, 0.42, _MEDIUM), View(0.6, 0.42, _MEDIUM),
        {"contrast": -0.7, "black_point": 0.6, "saturation": -0.5},
    ),
    DemoShot(
        "portrait", "portrait", View(0.5, 0.32, 0.8), View(0.5, 0.36, 0.7),
        {"temperature": 0.9, "tint": 0.4},
    ),
    DemoShot(
        "coffee", "coffee", View(0.5, 0.5, 0.9), View(0.5, 0.55, 0.7),
        {"exposure": 0.7, "temperature": -0.6},
    ),
    DemoShot(
        "cat", "cat", View(0.5, 0.5, 0.9), View(0.45, 0.45, 0.75),
        {"tint": -0.8, "white_point": -0.6},
    ),
    DemoShot(
        "flower", "flower", View(0.5, 0.5, 0.9), View(0.55, 0.5, 0.75),
        {"exposure": -0.6, "contrast": 0.5, "temperature": -0.7},
    ),
    DemoShot(
        "rocket", "rocket", View(0.5, 0.5, 0.95), View(0.5, 0.55, 0.8),
        {"black_point": 0.8, "temperature": -0.5},
    ),
)  # fmt: skip
