"""What of a spoiled frame reaches the diagnosis when a protocol asks for more than a flawless 8-bit file."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lutnet.training.sampling import detune_bytes, quantised


@dataclass(frozen=True, slots=True)
class Through:
    """Seen through noise of ``noise_codes`` 8-bit codes (deviation), or reduced to ``lines`` (None: as it is).

    The reduction is done after spoiling, as footage is reduced for analysis; then 8 bit again.
    """

    noise_codes: float = 0.0
    lines: int | None = None
    seed: int = 11

    def frames(self, photo: Tensor, spoiled: Tensor, amounts: Tensor) -> Tensor:
        """The frames that are diagnosed.

        ``photo [3, H, W]`` uint8 is the clean one, ``spoiled [K, 3, G, G]`` in 0..1 its samples after
        ``amounts [K, 7]``; returns ``[K, 3, h, w]`` in 0..1.
        """
        seen = spoiled if self.lines is None else self._reduced(photo, amounts, self.lines)
        if self.noise_codes > 0.0:
            generator = torch.Generator().manual_seed(self.seed)
            seen = seen + torch.randn(seen.shape, generator=generator) * (self.noise_codes / 255.0)
        return quantised(seen.clamp(0.0, 1.0))

    def _reduced(self, photo: Tensor, amounts: Tensor, lines: int) -> Tensor:
        whole = quantised(detune_bytes(photo.expand(len(amounts), -1, -1, -1), amounts))
        height, width = whole.shape[-2:]
        scale = min(1.0, lines / min(height, width))
        size = (round(height * scale), round(width * scale))
        return nn.functional.interpolate(whole, size=size, mode="bilinear", antialias=True)
