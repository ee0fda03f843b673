"""Spoiled frames in files: the pixels are the detune's, the labels say which, and nothing is half-written."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from lutnet.cli.main import main
from lutnet.training.spoil import PAPER_CLASSES, SpoilSettings, draw_amounts
from tests.ops.test_detune import by_the_definition

NAMES = ("exposure", "temperature", "tint", "contrast", "black_point", "white_point", "saturation")


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "a still.png"
    Image.fromarray(np.asarray(data.astronaut())[::8, ::8]).save(path)
    return path


def rows_of(folder):
    with (folder / "labels.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_class_is_written_as_the_definition_says(still, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["detune", str(still), "-o", str(out)]) == 0
    assert "43 frames" in capsys.readouterr().out
    right = np.asarray(Image.open(still), dtype=np.float64) / 255.0
    rows = rows_of(out)
    assert len(rows) == 43 and rows[0]["fault"] == "clean"
    for row in rows:
        written = np.asarray(Image.open(out / row["file"]))
        assert written.dtype == np.uint8
        expected = by_the_definition(right, np.array([float(row[name]) for name in NAMES])) * 255.0
        # Rounding, and the floor of the tone curve at black.
        assert np.abs(written - expected).max() < 0.51 + 0.2
    entry = json.loads((out / "labels.json").read_text())[5]
    assert entry["amounts"]["exposure"] == float(rows[5]["exposure"])
    assert {row["fault"] for row in rows[1:]} >= {"tint +66", "saturation -100"}


def test_the_paper_has_24_classes():
    assert len(set(PAPER_CLASSES)) == 24
    drawn = draw_amounts(SpoilSettings(classes=PAPER_CLASSES, clean=False), torch.Generator())
    assert all(int((amounts != 0).sum()) == 1 for _, amounts in drawn)


def test_several_faults_have_their_number_and_strength_and_the_seed_repeats_them(still, tmp_path):
    words = [
        "detune",
        str(still),
        "--faults",
        "3",
        "--strength",
        "40",
        "90",
        "--per-frame",
        "6",
        "--no-clean",
    ]
    for name in ("one", "two"):
        assert main([*words, "-o", str(tmp_path / name), "--seed", "4"]) == 0
    rows = rows_of(tmp_path / "one")
    assert len(rows) == 6
    for row in rows:
        amounts = [abs(float(row[name])) for name in NAMES if float(row[name])]
        assert len(amounts) == 3 and min(amounts) >= 0.4 and max(amounts) <= 0.9
    assert (tmp_path / "one" / "labels.csv").read_bytes() == (tmp_path / "two" / "labels.csv").read_bytes()
    first = rows[0]["file"]
    assert (tmp_path / "one" / first).read_bytes() == (tmp_path / "two" / first).read_bytes()


def test_frames_of_a_video_are_labelled_with_their_number(footage, tmp_path):
    out = tmp_path / "out"
    words = ["--fault", "tint+66", "--frames", "2"]
    assert main(["detune", str(footage / "media" / "0.mp4"), "-o", str(out), *words]) == 0
    rows = rows_of(out)
    assert len(rows) == 4 and len({row["frame"] for row in rows}) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fault", "tint+50"], "no such fault class"),
        (["--faults", "9"], "faults at once"),
        (["--faults", "2", "--strength", "90", "10"], "strengths are out of range"),
    ],
)
def test_bad_words_write_nothing(still, tmp_path, words, message, capsys):
    assert main(["detune", str(still), "-o", str(tmp_path / "out"), *words]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [still.name]


def test_a_damaged_source_leaves_nothing_behind(still, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    assert main(["detune", str(still), str(bad), "-o", str(tmp_path / "out")]) == 2
    assert {path.name for path in tmp_path.iterdir()} == {still.name, bad.name}
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("keep")
    assert main(["detune", str(still), "-o", str(full)]) == 2
    assert "in use" in capsys.readouterr().err
