"""Calls to Resolve that cannot fail in silence.

Resolve raises almost nothing: a failure is False, None or an empty answer, a missing call is None, and
``hasattr`` is true of every name. Every call of the bridge goes through one of these.
"""

from typing import Any, Type, TypeVar

from resolve_bridge.errors import CallFailed

Answer = TypeVar("Answer")

# What the connection to Resolve has been seen to raise: a missing call is None, a lost one ends the pipe.
_RAISED = (TypeError, ValueError, AttributeError, LookupError, RuntimeError, OSError, EOFError)


def offers(thing: Any, name: str) -> bool:
    """Whether this Resolve has the call: ``dir`` tells, ``hasattr`` would be true of anything."""
    return name in dir(thing)


def ask(thing: Any, name: str, *arguments: Any) -> Any:
    """Whatever the call answers. Raises CallFailed where there is no such call or it raises."""
    try:
        call = getattr(thing, name, None)
        if call is None:
            raise CallFailed(name, "is not there: this Resolve lacks it, or what it belongs to is gone")
        return call(*arguments)
    except _RAISED as error:
        raise CallFailed(name, f"raised {type(error).__name__}: {error}") from error


def expect(kind: Type[Answer], thing: Any, name: str, *arguments: Any) -> Answer:
    """The call's answer, of this kind. Raises CallFailed for None, False and any other kind.

    An empty table is an empty list and an empty dict alike: Resolve's own language knows no difference.
    """
    answer = ask(thing, name, *arguments)
    if answer in ([], {}) and kind in (list, dict):
        return kind()
    if not isinstance(answer, kind) or isinstance(answer, bool):
        raise CallFailed(name, f"answered {answer!r}")
    return answer


def whole(thing: Any, name: str, *arguments: Any) -> int:
    """A whole number: 21.1 answers floats, older ones ints. Raises CallFailed for anything else."""
    answer = ask(thing, name, *arguments)
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or answer != answer // 1:
        raise CallFailed(name, f"answered {answer!r}")
    return int(answer)


def thing_of(thing: Any, name: str, *arguments: Any) -> Any:
    """The object the call answers. Raises CallFailed for None and False."""
    answer = ask(thing, name, *arguments)
    if answer is None or answer is False:
        raise CallFailed(name, f"answered {answer!r}")
    return answer


def succeed(thing: Any, name: str, *arguments: Any) -> None:
    """The call must answer True. Raises CallFailed otherwise."""
    answer = ask(thing, name, *arguments)
    if answer is not True:
        raise CallFailed(name, f"was refused: Resolve answered {answer!r} and no reason")
