"""Clips that nobody declared and that look like log footage: whether they are, by what else the timeline shows.

A flat picture alone may be log or a fault of video. A camera does not change into log for one shot, so the shots of a
file are judged together; and where a clip shows the places of clips that are ordinary, faults of video either explain
what sets it apart from them or do not: log is flatter than they make anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from lutnet.colourspace import looks_like_log, may_be_log
from lutnet.colourspace.log_look import log_look
from lutnet.result import ClipResult, Status
from lutnet.shot import LogDoubt
from lutnet.store import Store

if TYPE_CHECKING:
    from lutnet.continuity.compared import Compared
    from lutnet.continuity.solve import Link

FLAT = (
    "as flat as log footage, but the clips around it say that this is a fault: it is taken as {}; if it is log, say so "
    "with --clip-space"
)
EXPLAINED = 1.5
"""Mean Huber loss (DE) up to which faults explain what sets a clip apart from an ordinary one."""

FLATTEST = -1.2
"""Sum of the amounts of contrast and white point below which that is more than faults do. With both limits, 97 % of the
flat spoiled shots of clips that choices are made with pass beside a clean shot, and 7 % of their log recordings."""


class Verdict(Enum):
    """VIDEO: no doubt is left. FLAT: taken as video in spite of its looks. MAY: possibly log. LOG: not to be graded."""

    VIDEO = "video"
    FLAT = "flat"
    MAY = "may"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Seen:
    """A clip as far as this goes. media: its file. doubt: None where it was declared. compared: what is kept of it."""

    media: str | None
    doubt: LogDoubt | None
    compared: Callable[[], Compared | None]


def verdicts(clips: Sequence[Seen]) -> list[Verdict]:
    """What each of ``clips`` (in timeline order) is; pictures are compared only where files leave it open."""
    by_file = _by_file(clips)
    doubted = [place for place, verdict in enumerate(by_file) if verdict is Verdict.LOG]
    found = list(by_file)
    if doubted and any(verdict is Verdict.VIDEO for verdict in by_file):
        for place in _explained(clips, by_file, doubted):
            found[place] = Verdict.FLAT
    return found


def without_log(store: Store, results: Sequence[ClipResult], jobs: Mapping[str, str]) -> list[ClipResult]:
    """``results`` of clips judged by themselves, those skipped that are log, with warnings where doubt is left.

    jobs: content hash by shot id; what the store keeps of them is compared.
    """
    if not any(result.doubt is not None and result.doubt.may for result in results):
        return list(results)
    graded = [result for result in results if result.grade is not None]
    seen = [
        Seen(each.shot.media, each.doubt, partial(_compared, store, jobs[each.shot.id])) for each in graded
    ]
    judged = iter(verdicts(seen))
    return [result if result.grade is None else _told(result, next(judged)) for result in results]


def _compared(store: Store, job: str) -> Compared | None:
    from lutnet.continuity.compared import Compared

    kept = store.pictures_of(job).compared
    return Compared.from_bytes(kept) if kept else None


def _told(result: ClipResult, verdict: Verdict) -> ClipResult:
    if result.doubt is None or verdict is Verdict.VIDEO:
        return result
    taken_for = result.doubt.taken_for
    if verdict is Verdict.LOG:
        reason = str(looks_like_log(result.shot.media or result.shot.name, taken_for))
        return ClipResult(result.shot, Status.SKIPPED, warnings=(reason,), doubt=result.doubt)
    warning = may_be_log(taken_for) if verdict is Verdict.MAY else FLAT.format(taken_for)
    return replace(result, warnings=tuple(dict.fromkeys((*result.warnings, warning))))


def _by_file(clips: Sequence[Seen]) -> list[Verdict]:
    """The verdict on each clip by all clips of its file."""
    look = log_look()
    scores: dict[str | None, list[float]] = {}
    for clip in clips:
        if clip.doubt is not None:
            scores.setdefault(clip.media, []).append(clip.doubt.score)

    def of(clip: Seen) -> Verdict:
        doubt = clip.doubt
        if doubt is None or not doubt.may:
            return Verdict.VIDEO
        others = scores[clip.media]
        mean = sum(others) / len(others)
        if len(others) == 1 or look.suspect < mean <= look.refuse:
            return Verdict.LOG if doubt.looks else Verdict.MAY
        if mean > look.refuse:
            return Verdict.LOG
        return Verdict.FLAT if doubt.looks else Verdict.VIDEO

    return [of(clip) for clip in clips]


def _explained(clips: Sequence[Seen], by_file: Sequence[Verdict], doubted: Sequence[int]) -> Iterator[int]:
    """Those of ``doubted`` that show places of at least as many ordinary clips, and differ from one of them by no more
    than faults."""
    from lutnet.continuity.links import LOOK_BACK, links_with

    shown = lru_cache(maxsize=2 * LOOK_BACK + 1)(lambda place: clips[place].compared())
    for doubtful in doubted:
        shot = shown(doubtful)
        near = range(max(0, doubtful - LOOK_BACK), min(len(clips), doubtful + LOOK_BACK + 1))
        others = {place: each for place in near if place != doubtful and (each := shown(place)) is not None}
        if shot is None or not others:
            continue
        places, beside = list(others), list(others.values())
        links = links_with(shot, beside)
        ordinary = [link for link in links if by_file[places[link.other - 1]] is Verdict.VIDEO]
        if 2 * len(ordinary) > len(links) and any(
            _is_fault(beside[link.other - 1], link) for link in ordinary
        ):
            yield doubtful


def _is_fault(ordinary: Compared, link: Link) -> bool:
    """Whether faults make of the ``theirs`` of ``link``, as they are or as they should be, its ``ours``."""
    from lutnet.ops.balance import apply_balance
    from lutnet.ops.detune import NAMES
    from lutnet.ops.fit_detune import DetunePairs, fit_detune

    mended = apply_balance(link.theirs, ordinary.guess.balance).clamp(0.0, 1.0)
    for right in (link.theirs, mended):
        fit = fit_detune(DetunePairs(right, link.ours, link.weights))
        amounts = dict(zip(NAMES, fit.amounts.tolist(), strict=True))
        if fit.cost <= EXPLAINED and amounts["contrast"] + amounts["white_point"] >= FLATTEST:
            return True
    return False
