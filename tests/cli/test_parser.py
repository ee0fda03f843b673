"""A command line that is wrong: one line, what was probably meant, exit code 2."""

from __future__ import annotations

import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "grade cut.otio --strenght 0.5",
            "unknown option or too many words: '--strenght'; did you mean --strength?",
        ),
        ("grade cut.otio --strenght=0.5", "'--strenght'; did you mean --strength?"),
        ("grad cut.otio", "did you mean grade?"),
        ("resolve aply cut.lutnet", "did you mean apply?"),
        (
            "grade cut.otio --strength abc",
            "argument --strength: invalid float value: 'abc' (lutnet grade --help",
        ),
        ("grade one.otio two.otio", "too many words: 'two.otio' (lutnet grade --help"),
        ("grade", "required: timeline"),
    ],
)
def test_a_mistyped_command_line_is_one_line(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == EXIT_BAD_INPUT
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
