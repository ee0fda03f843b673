"""Bring a package's files up to what people decided: CDLs, LUTs, lists, timeline, contact sheet, carriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lutnet.delivery import in_words
from lutnet.errors import LutnetError
from lutnet.export.carriers import CARRIERS, complete_package
from lutnet.export.contact_sheet import Thumbnails
from lutnet.export.otio import packaged_timeline
from lutnet.export.package import CARRIERS as CARRIERS_FOLDER
from lutnet.export.package import exported_grade, write_package
from lutnet.export.reader import Package, read_package
from lutnet.grade import Grade
from lutnet.result import ClipResult, Status
from lutnet.review.cache import Cache
from lutnet.review.colour import Colours
from lutnet.review.pictures import Pictures, Place, read_picture
from lutnet.store import FILE_NAME, Store
from lutnet.store.decision import same_grade
from lutnet.thumbnails import fitted, read_reference_picture


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
    Raises OutputError where it cannot be written; the package is then as it was.
    """
    if not (folder / FILE_NAME).is_file():
        return 0
    package = read_package(folder)
    with Store(folder) as store:
        results = store.results()
    stale = _stale(package, results)
    if stale:
        _rewrite(package, results, config)
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


def _rewrite(package: Package, results: Sequence[ClipResult], config: Path | None) -> None:
    otio, clips = packaged_timeline(package.otio, package.source.parent, package.folder)
    timeline = _Packaged(package.source, package.name, package.rate, otio, clips)
    settings = replace(package.settings, version=version("lutnet"))
    carriers = package.folder / CARRIERS_FOLDER
    kept = tuple(name for name in CARRIERS if (carriers / name).is_dir())
    write_package(
        package.folder,
        results,
        timeline,
        settings,
        _Sheet(package.folder, results, Colours(package.settings, config)),
        describe=in_words,
        finish=partial(complete_package, names=kept),
    )


class _Sheet(Mapping[str, Thumbnails]):
    """The pictures of the contact sheet, from the cache or the media; none for a clip whose media is gone."""

    def __init__(self, folder: Path, results: Sequence[ClipResult], colours: Colours) -> None:
        self._colours = colours
        self._pictures = Pictures(Cache(folder))
        self._results = {result.shot.id: result for result in results if result.grade is not None}
        self._reference = read_reference_picture(folder)

    def __getitem__(self, shot_id: str) -> Thumbnails:
        result = self._results[shot_id]
        try:
            still = fitted(read_picture(self._pictures.still(result.shot, Place.MIDDLE)))
        except LutnetError as error:
            raise KeyError(shot_id) from error
        grades = (Grade(), exported_grade(result) or Grade())
        before, after = (self._colours.picture(still, grade, result.shot.space) for grade in grades)
        return Thumbnails(before, after, self._reference)

    def __iter__(self) -> Any:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)
