"""A package on the desk: everything the page may ask about it, as plain values and files."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lutnet.errors import InputError, MediaError
from lutnet.export.cube import read_cube
from lutnet.export.manifest import read_manifest
from lutnet.export.package import MANIFEST, REFERENCE
from lutnet.export.reader import run_settings
from lutnet.export.run import RunSettings
from lutnet.frames import read_frames, read_shot
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.grading import grade_shot
from lutnet.looks import SUFFIX, read_look, shipped_looks
from lutnet.plain import Json, cdl_to_plain
from lutnet.reference import Reference
from lutnet.result import Status
from lutnet.review import words
from lutnet.review.cache import Cache
from lutnet.review.colour import VIEW, Colours
from lutnet.review.controls import Controls, controls_from_plain, fitted, graded, scaled
from lutnet.review.cuts import Cuts, cut_words
from lutnet.review.history import replayed
from lutnet.review.media import Media
from lutnet.review.pictures import Pictures, Place, jpeg
from lutnet.review.state import Entry, State, Wish
from lutnet.review.wishes import Wishes, copied
from lutnet.shot import Shot
from lutnet.store import Decision

if TYPE_CHECKING:
    from torch import Tensor

_KEPT_LUTS = 64


class Desk:
    """One package under review. Methods may be called from any thread; ids are those of its shots.

    Raises InputError for ids and values that cannot be, MediaError where media cannot be shown.
    """

    def __init__(self, folder: Path, looks: Path | None = None, config: Path | None = None) -> None:
        """looks: a folder of ``.cube`` and ``.look`` files, offered beside the package's own look and those that ship.
        config: see ``Colours``."""
        self.folder = folder
        self.config = config
        self.manifest = read_manifest(folder / MANIFEST)
        self.settings = run_settings(folder, self.manifest)
        self.colours = Colours(self.settings, config)
        self.state = State(folder)
        self.cache = Cache(folder)
        self.pictures = Pictures(self.cache, self.colours)
        self.media = Media(self.cache, self.colours)
        self._cuts = Cuts(self.state, self.colours)
        self._wishes = Wishes(self.state, self._made, self._undone)
        self.looks = _looks(folder, looks, self.settings)
        self._luts: OrderedDict[str, LUT3D] = OrderedDict()
        self._guard = threading.Lock()

    def close(self) -> None:
        self.state.close()

    def overview(self) -> Json:
        """The package, and every clip in a few words."""
        manifest = self.manifest
        return {
            "name": manifest["timeline"]["name"],
            "rate": manifest["timeline"]["rate"],
            "space": manifest["space"],
            "reference": manifest["reference"],
            "still": self.reference() is not None,
            "version": manifest["lutnet"],
            "looks": list(self.looks),
            "view": VIEW if self.colours.view_lattice else None,
            "corrections": words.corrections(),
            "shots": [words.outline(entry) for entry in self.state.entries().values()],
        }

    def changes(self, known: Mapping[str, str]) -> list[Json]:
        """The clips whose stamp is not the one in ``known``."""
        entries = self.state.entries()
        return [
            words.outline(entry) for shot_id, entry in entries.items() if known.get(shot_id) != entry.stamp
        ]

    def history(self) -> Json:
        """The steps that can be taken back, and done once more (see ``replayed``)."""
        return replayed(self.state.steps(), self.state.entries())

    def details(self, shot_id: str) -> Json:
        """One clip in full."""
        entry = self.state.entry(shot_id)
        shot = entry.proposed.shot
        space = self.pictures.space_of(shot)
        return {
            **words.outline(entry),
            **words.details(entry),
            "grade": self._grade(entry.grade),
            "proposed": self._grade(entry.proposed.grade or Grade()),
            "into": space if self.colours.converts(space) else None,
            "based": entry.decision is not None and entry.decision.base is not None,
            "undoing": self._offers_undoing(entry),
            "media": self.media.described(shot),
        }

    def preview(self, shot_id: str, plain: Any) -> Json:
        """The grade that controls (see ``lutnet.review.controls``) make; nothing is recorded."""
        return self._grade(self._made(self.state.entry(shot_id), controls_from_plain(plain)))

    def decide(self, plain: Any) -> list[Json]:
        """Record what the page wishes (see ``Wishes``), all or none; returns the clips as they are now."""
        return self._recorded(self._wishes.read(plain))

    def rematch(self, shot_id: str, still: bytes) -> Json:
        """Match a clip to a reference frame, the content of an image file; its new grade is recorded."""
        entry = self.state.entry(shot_id)
        colour = self.colours.management
        shot, settings = entry.proposed.shot, self.settings
        with tempfile.TemporaryDirectory(prefix="lutnet-") as folder:
            path = Path(folder) / "reference.png"  # the reader goes by content, whatever the name says
            path.write_bytes(still)
            reference = read_frames(path, count=1)
        frames = colour.developed(read_shot(shot, every=True))
        seen = Reference((colour.seen_file(reference),), "dropped")
        graded = grade_shot(
            shot,
            frames,
            seen,
            settings.strength,
            colour=colour,
            look=None if settings.look is None else read_look(settings.look.content, settings.look.path),
            balance=settings.balance,
        )
        decision = copied(shot_id, graded.result.grade or Grade())
        return self._recorded([Wish(shot_id, decision, entry.note, entry.stamp)])[0]

    def _recorded(self, wishes: list[Wish]) -> list[Json]:
        entries = self.state.decide(wishes)
        return [words.outline(entries[wish.shot_id]) for wish in wishes]

    def cuts(self) -> Json:
        """What jumps at every cut, by the id of the clip after it; waiting: cuts yet to be measured."""
        found, waiting = self._cuts.measured(self.state.entries().values())
        return {"cuts": {shot_id: cut_words(cut) for shot_id, cut in found.items()}, "waiting": waiting}

    def reference(self) -> Path | None:
        """The still that the package was matched to, where one was kept."""
        path = self.folder / REFERENCE
        return path if path.is_file() else None

    def lut_bytes(self, digest: str) -> bytes:
        """A LUT that was named before: size, then domain, then ``[b, g, r, 3]`` float32, little endian."""
        with self._guard:
            lut = self._luts.get(digest)
        if lut is None:
            raise InputError("no such LUT is at hand any more", value=digest)
        head = np.array([lut.size, *lut.domain_min, *lut.domain_max], "<f4")
        return head.tobytes() + lut.table.transpose(2, 1, 0, 3).astype("<f4").tobytes()

    def thumb(self, shot_id: str, place: Place) -> bytes:
        """A small JPEG of one frame of the clip as it stands."""
        entry = self.state.entry(shot_id)
        shot = entry.proposed.shot
        return jpeg(
            self.colours.picture(self.pictures.thumb(shot, place), entry.grade, self.pictures.space_of(shot))
        )

    def shot(self, shot_id: str) -> Shot:
        return self.state.entry(shot_id).proposed.shot

    def look(self, name: str) -> LUT3D | None:
        if not name:
            return None
        if name not in self.looks:
            raise InputError("no such look", value=name, allowed=", ".join(self.looks))
        path = self.looks[name]
        return read_look(path).lut() if path.suffix == SUFFIX else read_cube(path)

    def _made(self, entry: Entry, controls: Controls, base: Grade | None = None) -> Grade:
        """base: instead of the entry's own."""
        colours, look = self._colours(entry.proposed.shot), self.look(controls.look)
        return graded(base or entry.base, controls, colours, look, self.colours.view_lattice)

    def _offers_undoing(self, entry: Entry) -> bool:
        settings = self.settings
        kept = settings.look is None or settings.look.name in self.looks
        return kept and words.offers_undoing(entry.proposed, referred=settings.reference is not None)

    def _undone(self, entry: Entry) -> Decision:
        """What was found of a clip undone as far as this run undoes faults, and its look behind it."""
        found, settings = entry.proposed.diagnosis, self.settings
        if found is None:
            raise InputError(
                "nothing is known of what is wrong with this clip", value=entry.proposed.shot.name
            )
        view, look = self.colours.view_lattice, settings.look
        base = found.grade
        if view is not None:
            base = Grade(fitted(base.apply_colours, self._colours(entry.proposed.shot), CDL(), view))
        share = settings.strength if look is None else settings.balance
        base = Grade(base.cdl.scaled(share), None if base.lut is None else scaled(base.lut, share))
        controls = Controls(look="" if look is None else look.name, look_mix=min(1.0, settings.strength))
        made = self._made(entry, controls, base)
        return Decision(
            entry.proposed.shot.id, Status.CHANGED, made, controls=words.controls_text(controls), base=base
        )

    def _colours(self, shot: Shot) -> Tensor:
        """Of the shot, ``[P, 3]``, in the grading space; none where its media cannot be read: the lattice of all
        colours alone decides then."""
        import torch

        try:
            return self.colours.developed(self.pictures.colours(shot), self.pictures.space_of(shot))
        except MediaError:
            return torch.zeros(0, 3)

    def _grade(self, grade: Grade) -> Json:
        return {
            "cdl": cdl_to_plain(grade.cdl),
            "lut": None if grade.lut is None else {"digest": self._kept(grade.lut), "size": grade.lut.size},
        }

    def _kept(self, lut: LUT3D) -> str:
        digest = lut.digest
        with self._guard:
            self._luts[digest] = lut
            self._luts.move_to_end(digest)
            while len(self._luts) > _KEPT_LUTS:
                self._luts.popitem(last=False)
        return digest


def _looks(package: Path, folder: Path | None, settings: RunSettings) -> dict[str, Path]:
    """Looks that can be put on the package's clips, by name: those of another space are left out."""
    found = shipped_looks()
    if settings.look is not None:
        found[settings.look.name] = package / settings.look.path
    if folder is not None:
        found |= {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    fitting = {name: path for name, path in found.items() if read_look(path).space == settings.space}
    cubes = [] if folder is None else sorted(folder.glob("*.cube"))
    return {**fitting, **{path.stem: path for path in cubes}}
