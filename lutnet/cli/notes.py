"""What is said below the table of clips: decisions, shared LUTs, warnings, offers, and what was left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lutnet.cli.clips import DECIDED
from lutnet.export.package import MANIFEST
from lutnet.pipeline import GradedTimeline
from lutnet.result import NO_ONE_GRADE, ClipResult, SharedLut, Status
from lutnet.settings import GradeSettings

CLIPS_NAMED = 6
PERCENTAGE = re.compile(r"(?<= )(\d+)%(?= )")
CORRECTS_ALL = "--keep-looks 0 corrects all of it"


def notes_on(graded: GradedTimeline, settings: GradeSettings) -> Iterator[str]:
    """All but what was left as a look, a line each."""
    yield from decided(graded)
    yield from shared_luts(graded)
    yield from in_need(graded, settings)
    yield from warnings_of(graded)
    yield from offers(graded)


def kept_looks(graded: GradedTimeline) -> Iterator[str]:
    """A line for each reason for which most of what clips need was left, with their scenes; with their names, where
    they stand alone."""
    from lutnet.diagnosis.words import findings

    together: dict[str, set[int]] = {}
    alone: dict[str, list[str]] = {}
    clips = Counter(clip.scene.number for clip in graded.clips if clip.scene is not None)
    for clip in graded.clips:
        if clip.left is None or clip.left.why is None or clip.status is not Status.PROPOSED:
            continue
        if clip.diagnosis is None or not findings(clip.diagnosis):
            continue
        if clips[clip.left.number] > 1:
            together.setdefault(clip.left.why, set()).add(clip.left.number)
        else:
            alone.setdefault(clip.left.why, []).append(clip.shot.name)
    for why, numbers in together.items():
        scenes = f"scene{'s' if len(numbers) > 1 else ''} {_some(map(str, sorted(numbers)))}"
        yield f"What all clips of {scenes} need alike {why} ({CORRECTS_ALL})."
    for why, names in alone.items():
        yield f"What {_some(names)} need{'' if len(names) > 1 else 's'} {why} ({CORRECTS_ALL})."


def decided(graded: GradedTimeline) -> Iterator[str]:
    """How many decisions of people were kept."""
    counts = Counter(clip.status for clip in graded.clips if clip.status in DECIDED)
    if counts:
        told = ", ".join(f"{counts[status]} {status.value}" for status in DECIDED if counts[status])
        yield f"Decisions kept: {told}. --discard-decisions would overwrite them."


def in_need(graded: GradedTimeline, settings: GradeSettings) -> Iterator[str]:
    """Of which clips the CDL must not be used without the LUT."""
    names = [clip.shot.name for clip in graded.clips if clip.needs_lut]
    if names and not settings.bake:
        yield (
            f"warning: a CDL that is no use without its LUT, as it is farther off than no grade: {_some(names)}"
        )


def shared_luts(graded: GradedTimeline) -> Iterator[str]:
    """One line per LUT that clips share: what it costs them."""
    groups: dict[int | None, list[tuple[SharedLut, str]]] = {}
    for clip in graded.clips:
        if clip.shared is not None and clip.has_shared_lut:
            groups.setdefault(clip.shared.scene, []).append((clip.shared, clip.shot.name))
    for scene, sharers in groups.items():
        whose = "the timeline" if scene is None else f"scene {scene}"
        mean = sum(shared.cost for shared, _ in sharers) / len(sharers)
        worst, name = max(sharers, key=lambda each: each[0].cost)
        yield (
            f"One LUT for {len(sharers)} clips of {whose}: beside a LUT each that costs DE {mean:.1f} on average, "
            f"most in {name} ({worst.cost:.1f})."
        )


def offers(graded: GradedTimeline) -> Iterator[str]:
    """What to do about clips whose light changes."""
    count = sum(clip.light is not None and bool(clip.light.halves) for clip in graded.clips)
    if count:
        clips = "a clip" if count == 1 else f"{count} clips"
        yield (
            f"Two grades are offered for {clips} whose light changes (light_change in {MANIFEST}); "
            "--split cuts there and takes them."
        )


def warnings_of(graded: GradedTimeline) -> Iterator[str]:
    """One line per warning, with the clips that it is about: 1,500 times the same hides the one that matters. Warnings
    that differ in a percentage are the same, and those of cuts inside, whose frames are told beside the clips."""
    about: dict[str, list[tuple[str, str]]] = {}
    cuts: list[str] = []
    for clip in graded.clips:
        if clip.cuts_inside:
            cuts.append(f"{clip.shot.name} ({_frames(clip)})")
        for warning in clip.told:
            if not clip.cuts_inside or warning != clip.cuts_warning:
                about.setdefault(PERCENTAGE.sub("%", warning), []).append((warning, clip.shot.name))
    for told in about.values():
        said = [warning for warning, _ in told]
        shares = sorted({int(each) for warning in said for each in PERCENTAGE.findall(warning)})
        between = f"{shares[0]}% to {shares[-1]}%" if len(shares) > 1 else r"\g<0>"
        yield f"warning: {PERCENTAGE.sub(between, said[0])}: {_some(name for _, name in told)}"
    if cuts:
        yield f"warning: a cut inside: {NO_ONE_GRADE}: {_some(cuts)}"


def _frames(clip: ClipResult) -> str:
    """Where a clip holds cuts: frames of the clip."""
    numbers = [place.number(clip.shot) or place.frame + 1 for place in clip.cuts_inside]
    return f"frame{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _some(names: Iterable[str]) -> str:
    """The first names, and how many there are beside them."""
    first, rest = (every := list(names))[:CLIPS_NAMED], len(every) - CLIPS_NAMED
    return ", ".join(first) + (f" and {rest} more" if rest > 0 else "")
