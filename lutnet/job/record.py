"""The records of a job: what is common to all shots of a run, and one shot of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lutnet.colourspace import ColourSettings
from lutnet.job.outcome import Outcome
from lutnet.plain import Json, shot_from_plain, shot_to_plain
from lutnet.reference import ReferenceSource
from lutnet.shot import Shot


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all jobs of a run share: with the shot, everything that its grade follows from.

    reference: the look to match, None for corrections alone. strength: 0 and above. frames: looked at per shot.
    weights: of the diagnosis; None are those that ship. colour: the grading space and how people see it.
    cdl_only, keep_brightness: see ``lutnet.pipeline.GradeSettings``, as for look (its file) and balance.
    """

    reference: ReferenceSource | None = None
    strength: float = 1.0
    frames: int = 3
    weights: Path | None = None
    colour: ColourSettings = field(default_factory=ColourSettings)
    cdl_only: bool = False
    keep_brightness: bool = False
    look: Path | None = None
    balance: float = 1.0

    def to_plain(self) -> Json:
        source = self.reference
        return {
            "strength": self.strength,
            "frames": self.frames,
            "cdl_only": self.cdl_only,
            "keep_brightness": self.keep_brightness,
            "weights": _absolute(self.weights),
            "look": _absolute(self.look),
            "balance": self.balance,
            "colour": {
                "space": self.colour.space,
                "display": self.colour.display,
                "view": self.colour.view,
                "config": _absolute(self.colour.config),
                "clip_spaces": [list(pair) for pair in self.colour.clip_spaces],
                "assume_space": self.colour.assume_space,
            },
            "reference": None
            if source is None
            else {
                "description": source.description,
                "files": [str(path.absolute()) for path in source.files],
                "count": source.count,
                "shot": None if source.shot is None else shot_to_plain(source.shot),
            },
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Recipe:
        source = plain["reference"]
        if source is not None:
            source = ReferenceSource(
                source["description"],
                tuple(Path(name) for name in source["files"]),
                source["count"],
                None if source["shot"] is None else shot_from_plain(source["shot"]),
            )
        colour = {
            **plain["colour"],
            "config": _path(plain["colour"]["config"]),
            "clip_spaces": tuple((pattern, space) for pattern, space in plain["colour"]["clip_spaces"]),
        }
        weights = _path(plain["weights"])
        return cls(
            source,
            plain["strength"],
            plain["frames"],
            weights,
            ColourSettings(**colour),
            plain["cdl_only"],
            plain["keep_brightness"],
            _path(plain["look"]),
            plain["balance"],
        )


@dataclass(frozen=True, slots=True)
class Job:
    """Grading ``shot``. hash: of everything that the grade follows from: equal hashes mean equal outcomes."""

    shot: Shot
    hash: str

    def to_plain(self) -> Json:
        shot = {**shot_to_plain(self.shot), "warnings": list(self.shot.warnings)}
        return {"hash": self.hash, "shot": shot}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Job:
        shot = plain["shot"]
        return cls(shot_from_plain(shot, shot["warnings"]), plain["hash"])


Engine = Callable[[Recipe, Sequence[Job]], Iterator[tuple[Job, Outcome]]]
"""Does jobs, in any order, and gives each outcome when it is there. Closing the iterator stops the work."""


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)
