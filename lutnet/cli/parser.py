"""A command line read: what is wrong with it is one line, and says what was probably meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NoReturn

_CHOICE = re.compile(r"invalid choice: '?([^' ]*)'? \(choose from (.*)\)$")


class Parser(argparse.ArgumentParser):
    """Errors without the usage, which would bury them; exit code 2, as for any bad input."""

    def error(self, message: str) -> NoReturn:
        chosen = _CHOICE.search(message)
        meant = "" if chosen is None else _meant(chosen[1], re.findall(r"[\w.-]+", chosen[2]))
        self.exit(2, f"lutnet: error: {message}{meant} ({self.prog} --help says what there is)\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Unknown options are an error here already: only the command itself knows its own."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            name = unknown[0].split("=")[0]
            self.error(
                f"unknown option or too many words: {name!r}{_meant(name, self._option_string_actions)}"
            )
        return found, unknown


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
