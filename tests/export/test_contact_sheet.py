from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lutnet.export.caption import WARNING_LINE, Finding, described, findings_of, warnings_below
from lutnet.export.contact_sheet import CELL, ROWS_PER_PAGE, Thumbnails, pages
from lutnet.export.lettering import cut, legible, width, wrapped
from lutnet.export.run import RunSettings, UsedLook
from lutnet.grade import Correction, Diagnosis
from lutnet.result import ClipResult, InScene, KeptAs, Status
from tests.export.examples import skipped_result, some_diagnosis, some_result, some_shot

RED, GREEN, BLUE = np.eye(3, dtype=np.float32)


def flat(colour: np.ndarray, height: int = 225, width: int = 400) -> np.ndarray:
    return np.broadcast_to(colour, (height, width, 3)).astype(np.float32)


def drawn(results: list[ClipResult], thumbnails: dict[str, Thumbnails]) -> list[Image.Image]:
    return [
        Image.open(io.BytesIO(page.to_png())).convert("RGB") for page in pages("cut", results, thumbnails)
    ]


def count(page: Image.Image, colour: tuple[int, int, int]) -> int:
    return int((np.asarray(page) == colour).all(-1).sum())


def test_every_picture_is_shown_whole_with_its_own_colours() -> None:
    result = some_result()
    (page,) = drawn([result], {result.shot.id: Thumbnails(flat(RED), flat(GREEN), flat(BLUE))})
    for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
        assert count(page, colour) == CELL[0] * CELL[1]


def test_eight_bit_pictures_are_shown_as_they_are() -> None:
    result = some_result()
    picture = np.full((225, 400, 3), (12, 200, 99), np.uint8)
    (page,) = drawn([result], {result.shot.id: Thumbnails(picture, picture)})
    assert count(page, (12, 200, 99)) == 2 * CELL[0] * CELL[1]


@pytest.mark.parametrize("shape", [(90, 400), (500, 100), (1, 1), (1, 5000), (1080, 1920)])
def test_pictures_of_any_shape_keep_it_within_their_cell(shape: tuple[int, int]) -> None:
    result = some_result()
    (page,) = drawn([result], {result.shot.id: Thumbnails(flat(RED, *shape), flat(GREEN, *shape))})
    rows, columns = np.nonzero((np.asarray(page) == (255, 0, 0)).all(-1))
    height, across = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert height <= CELL[1] and across <= CELL[0]
    assert height == CELL[1] or across == CELL[0]
    expected = max(1, across * shape[0] / shape[1]), max(1, height * shape[1] / shape[0])
    assert height == pytest.approx(expected[0], abs=1) or across == pytest.approx(expected[1], abs=1)


def test_every_word_of_the_warnings_is_shown_below_the_row() -> None:
    said = ("the reference shows another scene: " + "only the look was applied, " * 12, "untagged")
    warned, quiet = replace(some_result(), warnings=said), replace(some_result(), warnings=())
    lines = warnings_below(warned, 1500)
    assert " ".join(lines).split() == " ".join(said).split()
    assert all(width(line, 13) <= 1500 for line in lines)
    (tall,), (low,) = drawn([warned], {}), drawn([quiet], {})
    assert tall.height - low.height >= WARNING_LINE * len(lines) and warnings_below(quiet, 1500) == []


def test_the_head_says_what_was_asked_for() -> None:
    result = some_result()
    told = [next(pages("cut", [result], {}, said=said)) for said in ("", "matched to a.png")]
    assert told[0].facts != told[1].facts
    plain, named = (np.asarray(Image.open(io.BytesIO(page.to_png()))) for page in told)
    assert not np.array_equal(plain[:90], named[:90]) and np.array_equal(plain[90:], named[90:])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (RunSettings("1"), "faults corrected, no reference"),
        (RunSettings("1", reference="hero.png"), "matched to hero.png"),
        (
            RunSettings("1", reference="hero.png", strength=0.5, cdl_only=True),
            "hero.png   strength 0.5   CDL only",
        ),
        (
            RunSettings("1", look=UsedLook("silver", "", b""), balance=0.5, bake=True),
            "look silver, balance 0.5   baked",
        ),
    ],
)
def test_what_was_asked_for_in_words(settings: RunSettings, words: str) -> None:
    assert settings.said.endswith(words)


def test_the_surround_has_no_colour_of_its_own() -> None:
    (page,) = drawn([replace(some_result(), warnings=())], {})
    pixels = np.asarray(page).astype(int)
    assert (np.ptp(pixels, axis=-1) == 0).all()
    assert np.median(pixels) < 64


def test_many_clips_go_on_further_pages_and_none_is_lost() -> None:
    results = [some_result(number) for number in range(2 * ROWS_PER_PAGE + 1)]
    pictures = {result.shot.id: Thumbnails(flat(RED), flat(GREEN)) for result in results}
    sheets = drawn(results, pictures)
    assert len(sheets) == 3
    assert sum(count(sheet, (255, 0, 0)) for sheet in sheets) == len(results) * CELL[0] * CELL[1]


def test_a_skipped_clip_has_its_place_and_its_reason() -> None:
    skipped, offline = skipped_result(1), skipped_result(1)
    offline = replace(offline, shot=replace(offline.shot, skipped="another reason"))
    (first,), (second,) = drawn([skipped], {}), drawn([offline], {})
    assert first.size == second.size
    assert not np.array_equal(np.asarray(first), np.asarray(second))


def test_without_a_reference_there_is_no_column_for_one() -> None:
    result = some_result()
    (two,) = drawn([result], {result.shot.id: Thumbnails(flat(RED), flat(GREEN))})
    (three,) = drawn([result], {result.shot.id: Thumbnails(flat(RED), flat(GREEN), flat(BLUE))})
    assert three.width - two.width > CELL[0]


def test_names_of_any_kind_are_drawn() -> None:
    names = ["", "日本語", "a" * 500, "<b>\n\0</b>", "Ünï"]
    results = [replace(some_result(n), shot=some_shot(n, name=name)) for n, name in enumerate(names)]
    (page,) = drawn(results, {})
    assert page.height > 5 * CELL[1]


def test_findings_near_nothing_are_left_out_and_the_surest_comes_first() -> None:
    weak = Correction(0.1, 0.1, "stop", 0.99, (0.0,) * 7)
    sure = Correction(-0.6, -0.92, "stop", 0.9, (0.0,) * 7)
    doubtful = Correction(0.4, 12.4, "%", 0.5, (0.0,) * 7)
    diagnosis = Diagnosis(
        {"exposure": doubtful, "tint": weak, "black_point": sure}, None, some_diagnosis().grade
    )
    assert described(diagnosis) == [Finding("black point -0.9 stop", 0.9), Finding("exposure +12 %", 0.5)]


def test_what_was_left_as_it_is_is_said_before_what_was_found() -> None:
    result = some_result()
    found = [Finding("tint +0.5 stop", 0.9)]
    scenes = [None, InScene(1), InScene(1, kept=0.9, kept_as=KeptAs.LOOK)]
    told = [findings_of(replace(result, scene=scene), lambda _: found) for scene in scenes]
    assert told == [found, found, [Finding("left as a look", None), *found]]
    changed = replace(result, scene=scenes[2], status=Status.CHANGED)
    assert findings_of(changed, lambda _: found) == found
    right = replace(result, scene=scenes[2])
    assert findings_of(right, lambda _: []) == [Finding("leave alone", None)]
    assert findings_of(skipped_result(), lambda _: found) == []


def test_lines_are_cut_and_wrapped_to_their_room() -> None:
    text = "media is offline: /Volumes/RAID/day3/A007_C012_0815XY.mov and so on and on"
    assert width(cut(text, 15, 200), 15) <= 200
    lines = wrapped(text, 15, 200, 3)
    assert len(lines) == 3
    assert " ".join(lines) == text
    assert legible("Café – 日\n") == "Cafe - ?"
