"""Bring a package's files up to what people decided: CDLs, LUTs, lists, timeline, contact sheet, carriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lutnet.continuity.decided import cuts_as_decided
from lutnet.continuity.strip import strip_of
from lutnet.delivery import in_words, ledger_of
from lutnet.export.carriers import CARRIERS, complete_package
from lutnet.export.otio import packaged_timeline
from lutnet.export.package import CARRIERS as CARRIERS_FOLDER
from lutnet.export.package import REFERENCE, exported_grade, write_package
from lutnet.export.reader import Package, read_package
from lutnet.result import ClipResult, Status
from lutnet.review.colour import Colours
from lutnet.store import FILE_NAME, Store, StoredPictures
from lutnet.store.decision import same_grade
from lutnet.thumbnails import StoredThumbnails, reference_thumbnail

BY_REVIEW = "review"
"""Stamp of a package that no run wrote: the next one has to look at it."""


@dataclass(frozen=True, eq=False)
class _Packaged:
    """The timeline that was graded, from the package's own copy: the original may have moved."""

    path: Path
    name: str
    rate: Fraction
    otio: Any
    clips: Mapping[str, Any]


def refresh_package(folder: Path, config: Path | None = None) -> int:
    """Write the package anew where its files differ from what was decided; returns how many clips differed.

    config: the OpenColorIO configuration for the contact sheet (see ``Colours``).
    Raises GradeFileError where ``folder`` is no package, OutputError where it cannot be written; it is then as it was.
    """
    package = read_package(folder)
    if not (folder / FILE_NAME).is_file():
        return 0
    with Store(folder) as store:
        results = store.results()
        stale = _stale(package, results)
        if stale:
            _rewrite(package, store, results, config)
    return stale


def _stale(package: Package, results: Sequence[ClipResult]) -> int:
    """How many clips the files state otherwise. Clips that the store does not know count for nothing."""
    known = {result.shot.id: result for result in results}
    count = 0
    for clip in package.clips:
        result = known.get(clip.shot.id)
        if result is None:
            continue
        same = clip.status is result.status
        if same and result.status is Status.CHANGED:
            same = same_grade(package.grade(clip), exported_grade(result, bake=package.settings.bake))
        count += not same
    return count


def _rewrite(package: Package, store: Store, results: Sequence[ClipResult], config: Path | None) -> None:
    """As a run delivers: what stays the same is taken over, and the next run takes over what is written here."""
    otio, clips = packaged_timeline(package.otio, package.source.parent, package.folder)
    timeline = _Packaged(package.source, package.name, package.rate, otio, clips)
    settings = replace(package.settings, version=version("lutnet"))
    carriers = package.folder / CARRIERS_FOLDER
    kept = tuple(name for name in CARRIERS if (carriers / name).is_dir())
    reference = package.folder / REFERENCE
    still = reference.read_bytes() if reference.is_file() else None
    view = Colours(package.settings, config).management.view
    ledger = ledger_of(store)
    jobs = store.jobs()

    def pictures(shot_id: str) -> StoredPictures:
        return store.pictures_of(jobs.get(shot_id, ""))

    results = cuts_as_decided(results, pictures, view)
    write_package(
        package.folder,
        results,
        timeline,
        settings,
        StoredThumbnails(store, results, jobs, reference_thumbnail(still), view),
        describe=in_words,
        finish=partial(complete_package, names=kept),
        ledger=ledger,
        reference=still,
        cuts=strip_of(package.name, results, pictures, view),
    )
    store.set_written(BY_REVIEW, ledger.to_text())
