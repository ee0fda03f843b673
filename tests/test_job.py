"""A job's hash changes with everything the grade follows from, and with nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import torch

from lutnet.job import job_hash, reference_hash
from lutnet.reference import Reference
from lutnet.shot import FrameRange, Frames, Shot

SETTINGS = {"strength": 1.0}


def shot(media: Path | str) -> Shot:
    frames = FrameRange(Fraction(0), Fraction(24), Fraction(24))
    return Shot("id", "name", 1, "V1", frames, frames, str(media))


def test_hash_follows_media_range_reference_and_settings(tmp_path: Path) -> None:
    media = tmp_path / "a.mov"
    media.write_bytes(b"1234")
    first = shot(media)
    known = job_hash(first, None, SETTINGS)
    assert job_hash(replace(first, name="renamed", track=2), None, SETTINGS) == known
    longer = replace(first.source, duration=Fraction(25))
    others = [
        job_hash(replace(first, source=longer), None, SETTINGS),
        job_hash(first, "reference", SETTINGS),
        job_hash(first, None, {"strength": 0.5}),
    ]
    media.write_bytes(b"12345")
    others.append(job_hash(first, None, SETTINGS))
    os.utime(media, ns=(1, 1))
    others.append(job_hash(first, None, SETTINGS))
    media.unlink()
    others.append(job_hash(first, None, SETTINGS))
    assert len({known, *others}) == 7


def test_hash_follows_every_image_of_a_sequence(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"plate.{number:04}.png").write_bytes(b"image")
    plates = shot(f"{tmp_path}/plate.[0001-0002].png")
    known = job_hash(plates, None, SETTINGS)
    (tmp_path / "plate.0002.png").write_bytes(b"another")
    assert job_hash(plates, None, SETTINGS) != known


def test_reference_hash_follows_pixels() -> None:
    pixels = torch.rand(1, 3, 8, 8)
    same = [Reference((Frames(pixels.clone()),), name) for name in ("a", "b")]
    assert reference_hash(same[0]) == reference_hash(same[1])
    assert reference_hash(Reference((Frames(pixels * 0.5),), "a")) != reference_hash(same[0])
