"""Stills under looks that are known, and what they show of them: photographs, each with a look of its own.

Looks are detunes of protocol M, CDLs, and film looks: the LUTs, mixtures of them and made-up ones. A quarter of the
stills are worn. Half have twice as many pixels a side as the sampling grid, so that the mirrored view sees other ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from lutnet.diagnosis.content import content_of
from lutnet.diagnosis.model import default_model
from lutnet.diagnosis.predict import views_of
from lutnet.diagnosis.shipped import fingerprint
from lutnet.grade import LUT3D
from lutnet.refinement.still_evidence import features_of
from lutnet.training.alone_material import AT_ONCE, PER_FILE, both_looks_each
from lutnet.training.grades import GradeKind, KnownGrade, random_grade
from lutnet.training.kept import in_parts
from lutnet.training.looks import look_pool
from lutnet.training.pairs import stored
from lutnet.training.photos import PhotoSet
from lutnet.training.sampling import draw_views, draw_wear, take_views, wear_out

KINDS = (0.38, 0.34, 0.28)
"""Shares of the stills with a detune, a CDL and a film look."""

WHOLE, WORN, WORN_SHARE = 0.4, 0.25, 0.8
LOOKS = 600
"""Film looks that LUTs are mixed and made up to."""

_WHOLE_BOX = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Stills:
    """S stills. features: ``[S, F]`` in half precision. amounts: ``[S, 7]``, the first guess. kinds: ``[S]``, the place
    of each look's kind in GradeKind. graded: ``[S, P, 3]`` in half precision, the colours of a bank under it."""

    features: Tensor
    amounts: Tensor
    kinds: Tensor
    graded: Tensor

    def __len__(self) -> int:
        return len(self.kinds)


def film_looks(luts: Sequence[tuple[str, LUT3D]], seed: int) -> list[tuple[str, LUT3D]]:
    """LOOKS film looks, of ``luts`` and made up."""
    pool = look_pool(luts, LOOKS, torch.Generator().manual_seed(seed))
    return [(f"look {number}", LUT3D(lattice.double().numpy())) for number, lattice in enumerate(pool)]


def make_up(
    photos: PhotoSet,
    looks: Sequence[tuple[str, LUT3D]],
    bank: Tensor,
    count: int,
    *,
    seed: int,
    worn: float = WORN,
    keep: Path | None = None,
) -> Stills:
    """``count`` stills of ``photos`` (less those of which nothing can be told), diagnosed by the weights that ship.

    keep: a folder where finished parts are left, and taken from where those of this diagnosis are there already.
    """
    judge, asked = fingerprint(default_model().network), _digest(looks, bank, worn)
    name = f"still_{photos.digest[:12]}_{judge[:12]}_{asked[:12]}_{seed}"

    def made(first: int, last: int) -> Mapping[str, Tensor]:
        draws = (_Draw(seed, start // AT_ONCE, worn) for start in range(first, last, AT_ONCE))
        return _as_tensors(joined(_group(photos, looks, bank, draw) for draw in draws))

    return joined(Stills(**part) for part in in_parts(made, count, PER_FILE, name, keep))


def _digest(looks: Sequence[tuple[str, LUT3D]], bank: Tensor, worn: float) -> str:
    """Of what stills follow from beside photographs, diagnosis and seed: stills under other looks are others."""
    digest = hashlib.sha256(repr(worn).encode() + bank.numpy().tobytes())
    for _, lut in looks:
        digest.update(lut.digest.encode())
    return digest.hexdigest()


def joined(parts: Iterable[Stills]) -> Stills:
    whole = [_as_tensors(part) for part in parts]
    return Stills(**{name: torch.cat([part[name] for part in whole]) for name in whole[0]})


@dataclass(frozen=True, slots=True)
class _Draw:
    """All that AT_ONCE stills follow from, beside what they are made of."""

    seed: int
    number: int
    worn: float


@torch.inference_mode()
def _group(photos: PhotoSet, looks: Sequence[tuple[str, LUT3D]], bank: Tensor, drawn: _Draw) -> Stills:
    """AT_ONCE stills."""
    draw = torch.Generator().manual_seed(drawn.seed * 1_000_003 + drawn.number)
    model = default_model()
    views = draw_views(AT_ONCE, len(photos), 0.0, draw)
    boxes = views.boxes.clone()
    boxes[torch.rand(AT_ONCE, generator=draw) < WHOLE] = torch.tensor(_WHOLE_BOX)
    size = model.network.config.grid * (1 + drawn.number % 2)
    clean = take_views(photos, replace(views, boxes=boxes), size).float() / 255.0
    kinds = torch.multinomial(torch.tensor(KINDS), AT_ONCE, replacement=True, generator=draw)
    grades = list(_grades(kinds, looks, draw))
    frames = torch.stack([stored(grade.apply(each)) for grade, each in zip(grades, clean, strict=True)])
    wearing = torch.rand(AT_ONCE, generator=draw) < drawn.worn
    if bool(wearing.any()):
        frames[wearing] = wear_out(frames[wearing], draw_wear(int(wearing.sum()), WORN_SHARE, draw))
    straight, mirrored = views_of(frames, model)
    content = content_of(straight)
    tell = content.telling & content.coloured
    alone = both_looks_each(straight[tell], mirrored[tell], model)
    graded = torch.stack([grade.apply_colours(bank) for grade in grades])
    return Stills(
        features_of(straight[tell], alone).half(), alone.first.repair, kinds[tell], graded[tell].half()
    )


def _grades(kinds: Tensor, looks: Sequence[tuple[str, LUT3D]], draw: torch.Generator) -> Iterator[KnownGrade]:
    sorts = list(GradeKind)
    for kind in kinds.tolist():
        yield random_grade(sorts[kind], looks, draw)


def _as_tensors(stills: Stills) -> dict[str, Tensor]:
    return {part.name: getattr(stills, part.name).clone() for part in fields(Stills)}
