"""The clips of a graded timeline as a table, and what its columns mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from lutnet.cli.console import table
from lutnet.result import Basis, ClipResult, DeltaE, Followed, Status

GOES_BY = {Followed.PIXELS: "its pixels", Followed.LOOK: "its look", Followed.NOTHING: "not"}
"""What of the reference a clip goes by."""

DECIDED = (Status.APPROVED, Status.CHANGED, Status.REJECTED)
"""What people decide."""

STATUS, CHANGE, OFF, BY, SKIN = "status", "change", "off the reference", "follows", "skin turns"


def clips_table(clips: Sequence[ClipResult]) -> Table:
    """A row for each clip; columns that would be empty are left out."""
    differences = [clip.delta_e for clip in clips if clip.delta_e is not None]
    bases = {each.basis for each in differences}
    shown = {
        STATUS: any(clip.status in DECIDED for clip in clips),
        BY: any(clip.followed is not None for clip in clips),
        OFF: Basis.ALIGNED in bases,
        CHANGE: Basis.PREDICTED in bases,
        SKIN: any(clip.skin is not None for clip in clips),
    }
    columns = [name for name in (STATUS, BY, OFF, CHANGE, SKIN) if shown[name]]
    rows = table(headline(clips), "clip", "found", *columns, right=(OFF, CHANGE, SKIN))
    for clip in clips:
        cells = {
            STATUS: clip.status.value if clip.status in DECIDED else "",
            BY: "" if clip.followed is None else GOES_BY[clip.followed],
            OFF: _off(clip.delta_e),
            CHANGE: _change(clip.delta_e),
            SKIN: "" if clip.skin is None else f"{clip.skin.median:.0f}°",
        }
        rows.add_row(clip.shot.name, Text(found_of(clip)), *(cells[name] for name in columns))
    return rows


def headline(clips: Sequence[ClipResult]) -> str:
    """How many clips were graded, and by what of the reference."""
    graded = [clip for clip in clips if clip.status is not Status.SKIPPED]
    said = f"{len(graded)} of {len(clips)} clips graded"
    counts = Counter(clip.followed for clip in graded if clip.followed is not None)
    if not counts:
        return said
    told = {
        Followed.PIXELS: "by pixels that the reference shows too",
        Followed.LOOK: "by its look",
        Followed.NOTHING: "not by it",
    }
    return f"{said}: {', '.join(f'{counts[each]} {words}' for each, words in told.items() if counts[each])}"


def legend(clips: Sequence[ClipResult]) -> Iterator[str]:
    """What the columns of figures mean, where there are such."""
    differences = [clip.delta_e for clip in clips if clip.delta_e is not None]
    if any(each.basis is Basis.ALIGNED for each in differences):
        yield (
            f"{OFF}: mean DE2000 on the pixels that both show, as the clip is, with its CDL, with CDL and LUT."
        )
    predicted = [each for each in differences if each.basis is Basis.PREDICTED]
    if predicted:
        lut = (
            "; LUT: what its LUT does of that, behind its CDL" if any(each.cdl for each in predicted) else ""
        )
        yield f"{CHANGE}: mean DE2000 between the clip as it is and graded{lut}. It says how much, not how well."


def _off(delta_e: DeltaE | None) -> str:
    if delta_e is None or delta_e.basis is not Basis.ALIGNED:
        return ""
    steps = (delta_e.before, delta_e.cdl, delta_e.cdl_lut)
    return ", ".join(f"{step:.1f}" for step in steps)


def _change(delta_e: DeltaE | None) -> str:
    if delta_e is None or delta_e.basis is not Basis.PREDICTED:
        return ""
    lut = f" (LUT {delta_e.cdl:.1f})" if delta_e.cdl else ""
    return f"{delta_e.before:.1f}{lut}"


def found_of(clip: ClipResult) -> str:
    if clip.status is Status.SKIPPED:
        return f"skipped: {clip.shot.skipped or '; '.join(clip.warnings)}"
    from lutnet.diagnosis.words import findings, summary

    if clip.diagnosis is None:
        return ""
    told = summary(clip.diagnosis)
    if not findings(clip.diagnosis):
        moved = clip.is_joined and clip.grade is not None and not clip.grade.is_identity
        return f"{told}; matched to its scene" if moved else told
    return told if clip.left is None else f"{told}; {clip.left.word}"
