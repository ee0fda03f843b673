"""The package: one folder per timeline that holds everything a run made, written whole or not at all.

::

    <stem>.lutnet/
      grades.json            the contract (see manifest)
      <stem>.otio            the timeline with its grades
      <stem>.edl             first video track; <stem>_V2.edl and so on for the others
      cdl/<clip>.cc          one CDL per graded clip
      luts/<clip>_<hash>.cube  the residual LUT, where one is needed; luts/scene_01_<hash>.cube where clips share it
      looks/<name>.look      the look that was put on every clip, where there was one
      review.png             contact sheet; review_2.png and so on
      cuts.png               the worst cuts, before and after
      reference.png          the still that the clips were matched to
      source/<stem>.edl      the EDL or ALE that came in, with its CDLs
      carriers/<name>/       the same grades in other files, where asked for (see carriers)
      state.sqlite           people's decisions: not ours, left as it is
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from opentimelineio.schema import Clip, Timeline

from lutnet.errors import OutputError
from lutnet.export import contact_sheet, manifest
from lutnet.export.caption import Describe, described
from lutnet.export.cdl_xml import cc_text
from lutnet.export.contact_sheet import Thumbnails
from lutnet.export.cube import cube_bytes
from lutnet.export.edl import edl_text
from lutnet.export.folder import NEW, OLD, exchanged
from lutnet.export.ledger import Ledger, key_of
from lutnet.export.manifest import LutFile
from lutnet.export.naming import file_stems, portable_stem, safe_stem
from lutnet.export.otio import graded_timeline, timeline_text
from lutnet.export.run import LOOKS, RunSettings
from lutnet.export.soundness import require_sound, summary
from lutnet.export.write_back import written_back
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.plain import Json
from lutnet.result import ClipResult, LutPer, Status

MANIFEST = "grades.json"
CARRIERS = "carriers"
SOURCE = "source"
CONTACT_SHEET = "review.png"
REFERENCE = "reference.png"
CUTS = "cuts.png"
STATE = "state.sqlite"
CACHE = ".lutnet-cache"
"""A folder of what can be made again: stills and proxies for the review."""
BAKED_SIZE = 33
NEEDS_LUT = "THIS CDL IS NO USE WITHOUT ITS LUT"
_HASH_DIGITS = 10


class SourceTimeline(Protocol):
    """The timeline that was graded: what the package needs of it."""

    @property
    def path(self) -> Path: ...
    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> Fraction: ...
    @property
    def otio(self) -> Timeline: ...
    @property
    def clips(self) -> Mapping[str, Clip]: ...


def default_folder(timeline: Path) -> Path:
    """``<stem>.lutnet`` beside the timeline."""
    return timeline.with_name(f"{timeline.stem}.lutnet")


def exported_grade(result: ClipResult, *, bake: bool = False) -> Grade | None:
    """The grade that a package's files carry: the identity for a rejected clip, None for a skipped one."""
    if result.grade is None or result.status is Status.SKIPPED:
        return None
    if result.status is Status.REJECTED or result.grade.is_identity:
        return Grade()
    return result.grade.baked(BAKED_SIZE) if bake else result.grade


def write_package(
    folder: Path,
    results: Sequence[ClipResult],
    timeline: SourceTimeline,
    settings: RunSettings,
    thumbnails: Mapping[str, Thumbnails] | None = None,
    *,
    describe: Describe = described,
    finish: Callable[[Path], None] | None = None,
    ledger: Ledger | None = None,
    reference: bytes | None = None,
    cuts: bytes | None = None,
) -> Path:
    """Write the package of ``results`` (in timeline order); returns the path of its ``grades.json``.

    folder: new, empty or an older package, which is replaced; files in it that are not the package's
    (``state.sqlite``) stay. thumbnails: by shot id; without any there is no contact sheet.
    describe: a diagnosis in words, for the contact sheet. finish: called with the complete package before it
    is put in place, to add carriers or to prove it. ledger: of ``folder``, to take over files that stay the same.
    reference, cuts: the PNGs that become ``reference.png`` and ``cuts.png``.
    Raises OutputError, also where a LUT folds, and what ``finish`` raises; the folder is then as it was.
    """
    check_folder(folder)
    ledger = ledger or Ledger(folder)
    with exchanged(folder, MANIFEST, _owned) as new:
        writer = _Writer(new, folder, timeline, settings, describe=describe, ledger=ledger)
        writer.write(results, thumbnails or {}, cuts)
        if reference is not None:
            ledger.put(new, REFERENCE, reference)
        if finish is not None:
            finish(new)
        ledger.note_rest(new)
    return folder / MANIFEST


class _Writer:
    """Writes the contents of one package into ``new``, which will become ``folder``."""

    def __init__(
        self,
        new: Path,
        folder: Path,
        timeline: SourceTimeline,
        settings: RunSettings,
        *,
        describe: Describe,
        ledger: Ledger,
    ) -> None:
        self.describe = describe
        self.new = new
        self.ledger = ledger
        self.folder = folder
        self.timeline = timeline
        self.settings = settings
        self.stem = portable_stem(timeline.path.stem)

    def write(
        self, results: Sequence[ClipResult], thumbnails: Mapping[str, Thumbnails], cuts: bytes | None
    ) -> None:
        stems = file_stems([result.shot for result in results])
        (self.new / "cdl").mkdir()
        (self.new / "luts").mkdir()
        cdls: dict[str, CDL] = {}
        made: dict[str, tuple[str, Callable[[], tuple[str, bytes]]]] = {}
        for result in results:
            shot_id = result.shot.id
            grade = exported_grade(result, bake=self.settings.bake)
            if grade is None:
                continue
            cdls[shot_id] = grade.cdl
            self._write_cc(grade.cdl, stems[shot_id], result.shot.name)
            if grade.lut is not None:
                made[shot_id] = self._lut_file(grade.lut, *self._lut_name(result, stems[shot_id]))
        once = dict(made.values())  # clips may share a file
        placed = dict(zip(once, self.ledger.place_all(self.new, once.items()), strict=True))
        luts = {shot_id: LutFile(*placed[key]) for shot_id, (key, _) in made.items()}
        files = {
            "otio": self._write_otio(results, cdls, luts),
            "edl": self._write_edls(results, cdls),
            "contact_sheet": self._write_contact_sheet(results, thumbnails),
            **({} if cuts is None else {"cuts": CUTS}),
        }
        if cuts is not None:
            self.ledger.put(self.new, CUTS, cuts)
        self._write_source(results, cdls)
        if self.settings.look is not None:
            (self.new / LOOKS).mkdir()
            self.ledger.put(self.new, self.settings.look.path, self.settings.look.content)
        entries = [
            manifest.clip_entry(result, cdls.get(result.shot.id), luts.get(result.shot.id))
            for result in results
        ]
        self._put(MANIFEST, manifest.manifest_text(self._manifest(files, entries)))

    def _put(self, name: str, text: str) -> None:
        self.ledger.put(self.new, name, text.encode("utf-8"))

    def _write_cc(self, cdl: CDL, stem: str, name: str) -> None:
        self._put(f"cdl/{stem}.cc", cc_text(cdl, id=stem, description=f"{name} - {self._space_note()}"))

    def _lut_name(self, result: ClipResult, stem: str) -> tuple[str, str]:
        """Of the file, and for people: those of what shares the LUT where it is shared."""
        if result.shared is None or not result.has_shared_lut:
            return stem, result.shot.name
        scene = result.shared.scene
        return (
            (safe_stem(self.stem), self.stem) if scene is None else (f"scene_{scene:02d}", f"scene {scene}")
        )

    def _lut_file(self, lut: LUT3D, stem: str, name: str) -> tuple[str, Callable[[], tuple[str, bytes]]]:
        facts = (self.settings.version, self.settings.space, self.settings.bake, self._look_note())
        return key_of("lut", lut.digest, stem, name, *facts), partial(self._made_lut, lut, stem, name)

    def _made_lut(self, stored: LUT3D, stem: str, name: str) -> tuple[str, bytes]:
        lut = LUT3D(stored.table, stored.domain_min, stored.domain_max)  # read once, not at every question
        space = self.settings.space
        require_sound(lut, name, clips=self.settings.bake)
        content = cube_bytes(
            lut,
            title=f"{name} - lutnet",
            comments=(
                f"lutnet {self.settings.version} ; input {space} ; output {space}",
                "holds CDL and LUT: apply alone" if self.settings.bake else "apply after the clip's CDL",
                *self._look_note(),
                summary(lut),
            ),
        )
        digest = hashlib.sha256(content).hexdigest()
        return f"luts/{stem}_{digest[:_HASH_DIGITS]}.cube", content

    def _look_note(self) -> tuple[str, ...]:
        look = self.settings.look
        return () if look is None else (f"with the look {look.name} at strength {self.settings.strength:g}",)

    def _write_otio(
        self, results: Sequence[ClipResult], cdls: Mapping[str, CDL], luts: Mapping[str, LutFile]
    ) -> str:
        facts = {result.shot.id: self._facts(result, luts.get(result.shot.id)) for result in results}
        graded = graded_timeline(
            self.timeline.otio, self.timeline.clips, cdls, facts, self._way_to(self.timeline.path.parent)
        )
        name = f"{self.stem}.otio"
        self._put(name, timeline_text(graded))
        return name

    def _facts(self, result: ClipResult, lut: LutFile | None) -> dict[str, str | bool | None]:
        return {
            "id": result.shot.id,
            "status": result.status.value,
            "lut": None if lut is None else lut.path,
            "lut_sha256": None if lut is None else lut.sha256,
            "baked": self.settings.bake,
            "space": self.settings.space,
            "version": self.settings.version,
            **({} if result.shot.space is None else {"clip_space": result.shot.space}),
        }

    def _write_edls(self, results: Sequence[ClipResult], cdls: Mapping[str, CDL]) -> list[str]:
        names: list[str] = []
        for track in sorted({result.shot.track for result in results}):
            stem = self.stem if not names else f"{self.stem}_V{track}"
            shown = [result for result in results if result.shot.track == track]
            remarks = (
                {} if self.settings.bake else {each.shot.id: NEEDS_LUT for each in shown if each.needs_lut}
            )
            shots = [result.shot for result in shown]
            self._put(f"{stem}.edl", edl_text(stem, shots, cdls, self.timeline.rate, remarks=remarks))
            names.append(f"{stem}.edl")
        return names

    def _write_source(self, results: Sequence[ClipResult], cdls: Mapping[str, CDL]) -> None:
        path = self.timeline.path
        if self.settings.split:
            return  # the list as it came in has one event for both parts of a clip
        content = written_back(path, [result.shot for result in results], cdls)
        if content is not None:
            (self.new / SOURCE).mkdir()
            self.ledger.put(self.new, f"{SOURCE}/{self.stem}{path.suffix}", content)

    def _write_contact_sheet(
        self, results: Sequence[ClipResult], thumbnails: Mapping[str, Thumbnails]
    ) -> list[str]:
        if not thumbnails:
            return []
        sheets = contact_sheet.pages(
            self.timeline.name, results, thumbnails, self.describe, said=self.settings.said
        )
        named = [(_page_name(number), page) for number, page in enumerate(sheets, start=1)]
        files = ((key_of(name, page.facts), partial(_made_page, name, page)) for name, page in named)
        self.ledger.place_all(self.new, files)
        return [name for name, _ in named]

    def _manifest(self, files: dict[str, Any], clips: list[Json]) -> Json:
        return {
            "format": manifest.FORMAT,
            "version": manifest.VERSION,
            "lutnet": self.settings.version,
            "timeline": {
                "name": self.timeline.name,
                "source": f"{self._way_to(self.timeline.path.parent)}/{self.timeline.path.name}",
                "rate": str(self.timeline.rate),
            },
            "space": self.settings.space,
            **({} if self.settings.view is None else {"view": asdict(self.settings.view)}),
            "strength": float(self.settings.strength),
            "reference": self.settings.reference,
            "bake": self.settings.bake,
            **({} if self.settings.weights is None else {"weights": asdict(self.settings.weights)}),
            **self._look(),
            **({} if self.settings.lut_per is LutPer.CLIP else {"lut_per": self.settings.lut_per.value}),
            **({"split": True} if self.settings.split else {}),
            "cdl_only": self.settings.cdl_only,
            "keep_brightness": self.settings.keep_brightness,
            "files": files,
            "clips": clips,
        }

    def _look(self) -> Json:
        look = self.settings.look
        if look is None:
            return {}
        stated = {"name": look.name, "sha256": look.sha256, "path": look.path}
        return {"look": stated, "balance": float(self.settings.balance)}

    def _way_to(self, path: Path) -> str:
        """``path`` as seen from the package, so that both can move together; absolute on another drive."""
        try:
            return Path(os.path.relpath(path.resolve(), self.folder.resolve())).as_posix()
        except ValueError:
            return path.resolve().as_posix()

    def _space_note(self) -> str:
        return f"lutnet {self.settings.version}, in {self.settings.space}"


def _page_name(number: int) -> str:
    return CONTACT_SHEET if number == 1 else CONTACT_SHEET.replace(".", f"_{number}.")


def _made_page(name: str, page: contact_sheet.Page) -> tuple[str, bytes]:
    return name, page.to_png()


def check_folder(folder: Path) -> None:
    """Make sure that ``folder`` can become or is a package: missing, empty, or one already.

    To be asked before the work begins; nothing is written. Raises OutputError where it holds something else,
    GradeFileError where its ``grades.json`` is another program's, damaged or of a newer lutnet.
    """
    if folder.is_file():
        raise OutputError("the package's folder is a file", where=folder, fix="Name a new folder with -o.")
    if (folder / MANIFEST).exists():
        manifest.read_files(folder / MANIFEST)
    elif foreign := _foreign(folder):
        raise OutputError(
            "the folder holds files that are no package's",
            value=foreign[0],
            where=folder,
            fix="Name a new or empty folder with -o.",
        )


def _foreign(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        path.name for path in folder.iterdir() if not path.name.startswith((STATE, CACHE, NEW, OLD))
    )


def _owned(seal: Path) -> set[str]:
    """The entries of a package's folder that its ``grades.json`` answers for."""
    if not seal.exists():
        return set()
    files = manifest.read_files(seal)
    names = {files["otio"], *files["edl"], *files["contact_sheet"]}
    return {"cdl", "luts", LOOKS, SOURCE, CARRIERS, REFERENCE, *names}
