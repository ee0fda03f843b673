"""Spoil a photograph by a known amount and ask what is wrong with it.

python examples/diagnose_photo.py
"""

import skimage.data
import torch

import lutnet
from lutnet.ops.detune import NAMES, detune


def main() -> None:
    photo = torch.from_numpy(skimage.data.coffee()).movedim(-1, 0).float() / 255  # [3, H, W] in 0..1
    amounts = torch.zeros(7)
    amounts[NAMES.index("exposure")] = -0.66
    amounts[NAMES.index("temperature")] = 0.66
    spoiled = detune(photo.movedim(0, -1), amounts).movedim(-1, 0)

    diagnosis = lutnet.diagnose(spoiled.unsqueeze(0))
    for name, correction in diagnosis.corrections.items():
        print(
            f"{name:12} {correction.value:+6.2f} {correction.unit:5} sure to {100 * correction.confidence:.0f} %"
        )
    print(diagnosis.cdl)


if __name__ == "__main__":
    main()
