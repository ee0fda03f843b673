"""The way calls reach Resolve: nothing raises, every name seems to be there, handles go stale."""

from typing import Any, Callable, Dict, List, Optional

from tests.resolve_bridge.standin.data import STUDIO, Call, Edition, Fault, Item

Faults = Callable[[int, str], Optional[Fault]]


class World:
    """One running Resolve. ``faults(number of the call, name)`` may let it fail.

    studio_only: calls that raise a dialog in the free edition, after which all calls fail until it is closed.
    fabricates: a missing call is not None but a call that answers this in a list, as an early 21.0.0 was seen to do.
    """

    def __init__(self, edition: Edition = STUDIO) -> None:
        self.edition = edition
        self.page: Optional[str] = "edit"
        self.calls: List[Call] = []
        self.faults: Faults = lambda number, name: None
        self.dialog = False
        self.studio_only: List[str] = []
        self.hidden: List[str] = []
        self.fabricates: List[Any] = []

    def called(self, thing: "Remote", name: str, arguments: Any) -> Any:
        fault = self.faults(len(self.calls), name)
        self.calls.append(Call(name, thing.concerns(), arguments))
        if self.dialog:
            return None if name.startswith("Get") else False
        if name in self.studio_only and not self.edition.studio:
            self.dialog = True
            return False
        if fault is None:
            return thing.perform(name, arguments)
        if fault.does_it:
            thing.perform(name, arguments)
        if fault.raises is not None:
            raise fault.raises
        return fault.answer

    def counts(self) -> Dict[int, int]:
        """Calls per timeline item, by the identity of its data."""
        found: Dict[int, int] = {}
        for call in self.calls:
            if call.item is not None:
                found[id(call.item)] = found.get(id(call.item), 0) + 1
        return found


class Remote:
    """An object of the scripting API. Its calls are its methods with capital letters.

    ``hasattr`` is true of every name, and a name that is not there is None: only ``dir`` tells.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def __dir__(self) -> List[str]:
        if self.stale():
            return []
        return [name for name in type(self).__dict__ if name[0].isupper() and self.offers(name)]

    def __getattribute__(self, name: str) -> Any:
        if not name[:1].isupper():
            return object.__getattribute__(self, name)
        found = type(self).__dict__.get(name)
        if found is None or self.stale() or not self.offers(name):
            answers = self._world.fabricates
            return (lambda *arguments: answers[0]) if answers else None
        if not callable(found):
            return found
        return lambda *arguments: self._world.called(self, name, arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def perform(self, name: str, arguments: Any) -> Any:
        return type(self).__dict__[name](self, *arguments)

    def offers(self, name: str) -> bool:
        """Whether this edition has the call."""
        return name not in self._world.hidden

    def stale(self) -> bool:
        return False

    def concerns(self) -> Optional[Item]:
        return None
