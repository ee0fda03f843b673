"""What the page is told of a clip, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lutnet.result import InScene, KeptAs
from lutnet.review.state import Entry
from lutnet.review.words import details
from tests.export.examples import some_result


@pytest.mark.parametrize(("kept_as", "said"), [(KeptAs.LOOK, "look that is meant"), (KeptAs.SMALL, "errs")])
def test_a_clip_says_why_what_is_wrong_with_it_was_left(kept_as: KeptAs, said: str) -> None:
    """Else a sentence names a fault that the grade does not touch."""
    kept, corrected = (InScene(1, matched=True, kept=share, kept_as=kept_as) for share in (0.9, 0.1))
    told = [
        details(Entry(replace(some_result(), scene=scene), None, "", ""))["warnings"]
        for scene in (kept, corrected)
    ]
    assert said in told[0][-1] and told[0][:-1] == told[1]
