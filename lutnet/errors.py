"""The error tree. Every message says what, which value, what is allowed, where, and what to do.

LutnetError                 exit code 2
├── InputError              a value, option or file that cannot be used
│   ├── TimelineError       a timeline that cannot be read or holds nothing to grade
│   ├── MediaError          footage or a still that cannot be decoded
│   ├── GradeFileError      a CDL, LUT, look or package file that is malformed
│   └── WeightsError        network weights that are corrupt, foreign or missing
├── OutputError             a place that cannot be written
├── DecisionError           people's decisions would be overwritten
└── MissingPartError        an optional package or system part is not installed
"""

from __future__ import annotations

from collections.abc import Sequence


class LutnetError(Exception):
    """Base of all errors that a user can cause or mend.

    Parameters
    ----------
    what: what is wrong, one clause.
    value: the offending value, shown as ``repr`` when given.
    allowed: what would have been accepted.
    where: file, line, clip or option.
    fix: what to do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        value: object = None,
        allowed: str | None = None,
        where: object = None,
        fix: str | None = None,
    ) -> None:
        self.what = what
        self.value = value
        self.allowed = allowed
        self.where = where
        self.fix = fix
        super().__init__(self._message())

    def _message(self) -> str:
        text = self.what if self.value is None else f"{self.what}: {_short(self.value)}"
        if self.allowed is not None:
            text += f" (allowed: {self.allowed})"
        if self.where is not None:
            text += f", in {self.where}"
        return f"{text}. {self.fix}" if self.fix else text


class InputError(LutnetError):
    pass


class TimelineError(InputError):
    pass


class MediaError(InputError):
    pass


class GradeFileError(InputError):
    pass


class WeightsError(InputError):
    pass


class OutputError(LutnetError):
    pass


class DecisionError(LutnetError):
    pass


class MissingPartError(LutnetError):
    pass


def listed(names: Sequence[str], most: int = 8) -> str:
    """The first of ``names``, and that there are more."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _short(value: object, limit: int = 200) -> str:
    text = repr(str(value)) if not isinstance(value, (int, float, tuple, list)) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
