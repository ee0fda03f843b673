"""The last look at a LUT of our own before it is written: a fold keeps it from leaving the house."""

from __future__ import annotations

from lutnet.errors import OutputError
from lutnet.grade import LUT3D


def require_sound(lut: LUT3D, name: str, *, clips: bool = False) -> None:
    """Raise OutputError, naming ``name``, where ``lut`` has a folded cell.

    clips: the LUT holds a CDL, which clips: cells that the clipping cut through do not count.
    """
    import torch

    from lutnet.ops.lattice import cut_cells, folded_cells

    lattice = torch.from_numpy(lut.table.copy())
    folded = folded_cells(lattice)
    if clips:
        folded &= ~cut_cells(lattice)
    if bool(folded.any()):
        raise OutputError(
            "the LUT folds: colours change places",
            value=f"{int(folded.sum())} of {folded.numel()} cells",
            where=f"clip {name}",
            fix="Lower --strength, or choose a reference nearer to the clip.",
        )


def summary(lut: LUT3D) -> str:
    """What a LUT's header says of it, in one line of ASCII."""
    import torch

    from lutnet.ops.folds import neutral_steps
    from lutnet.ops.lattice import clipped_cells, cut_cells, folded_cells, largest_step

    lattice = torch.from_numpy(lut.table.copy())
    folded = folded_cells(lattice)
    folds = int((folded & ~cut_cells(lattice)).sum()) if bool(folded.any()) else 0
    neutrals = "rise" if float(neutral_steps(lattice).min()) >= 0 else "fall somewhere"
    clipped = 100 * float(clipped_cells(lattice).float().mean())
    return (
        f"checked: {folds} folded cells ; neutrals {neutrals} ; {clipped:.1f} % of cells clipped ; "
        f"largest step {largest_step(lattice):.2f} x identity"
    )
