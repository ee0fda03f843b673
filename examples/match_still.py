"""Match one camera's picture to another's and write what a grading system reads: a .cc and a .cube.

python examples/match_still.py OUTPUT_FOLDER
"""

import sys
from pathlib import Path

import skimage.data
import torch

import lutnet
from lutnet.export.cdl_xml import write_cc
from lutnet.export.cube import write_cube


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    left, right = (
        torch.from_numpy(view).movedim(-1, 0).unsqueeze(0).float() / 255  # [1, 3, H, W] in 0..1
        for view in skimage.data.stereo_motorcycle()[:2]
    )
    too_blue_and_dark = left * torch.tensor([0.7, 0.8, 0.95]).view(3, 1, 1)

    grade = lutnet.match(too_blue_and_dark, right)
    write_cc(folder / "match.cc", grade.cdl, id="match")
    if grade.lut is not None:
        write_cube(folder / "match.cube", grade.lut, title="match")

    def distance(pixels: torch.Tensor) -> float:
        return float((pixels - left).abs().mean())

    print(f"mean distance to the unspoiled picture: {distance(too_blue_and_dark):.3f} before, "
          f"{distance(grade.apply(too_blue_and_dark)):.3f} after")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
