"""The way to a running Resolve: from its own menu and console, or from outside."""

import importlib
import os
import sys
from typing import Any, Dict

from resolve_bridge.api import ask
from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.folders import scripting_modules

_MODULE = "DaVinciResolveScript"


def connect() -> Any:
    """Resolve, from another process. Raises BridgeError with what may be the matter.

    The module comes from ``RESOLVE_SCRIPT_API`` or the place where Resolve installs it.
    """
    for folder in scripting_modules(os.environ):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.append(str(folder))
    try:
        module = importlib.import_module(_MODULE)
        resolve = ask(module, "scriptapp", "Resolve")
    except (ImportError, CallFailed) as error:
        raise BridgeError(
            f"Resolve's scripting module cannot be used here ({error})",
            "Is DaVinci Resolve installed? Set RESOLVE_SCRIPT_API where it is in another place.",
        ) from error
    if resolve is None:
        raise BridgeError(
            "Resolve does not let other programs in",
            "Start DaVinci Resolve Studio and set Preferences > System > General > External scripting using "
            "to Local. The free edition allows no scripting from outside: use its Scripts menu (up to 21.0), "
            "or the EDL and LUT files of the package (docs/resolve.md).",
        )
    return resolve


def connect_inside(names: Dict[str, Any]) -> Any:
    """Resolve, from what a script started in its menu finds in its globals. Raises BridgeError."""
    if names.get("resolve") is not None:
        return names["resolve"]
    for name, call, arguments in (("app", "GetResolve", ()), ("bmd", "scriptapp", ("Resolve",))):
        try:
            resolve = ask(names[name], call, *arguments) if names.get(name) is not None else None
        except CallFailed:
            continue
        if resolve is not None:
            return resolve
    return connect()
