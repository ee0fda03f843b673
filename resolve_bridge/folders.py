"""Where DaVinci Resolve keeps what the bridge needs, per system."""

import sys
from pathlib import Path
from typing import List, Mapping

from resolve_bridge.errors import BridgeError

_PRODUCT = ("Blackmagic Design", "DaVinci Resolve")


def lut_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The master LUT folder: Resolve finds LUTs only there, not in the user's own. Raises BridgeError."""
    named = environ.get("BMD_RESOLVE_LUT_DIR")
    candidates = [Path(named)] if named else _shared(environ, platform, "LUT")
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise BridgeError(
        "Resolve's LUT folder is not at {}".format(" or ".join(str(folder) for folder in candidates)),
        "Name it with --lut-folder (Project Settings > Color Management > Open LUT Folder shows it).",
    )


def scripts_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The user's own folder of scripts, whether it exists or not."""
    home = Path(environ.get("HOME") or Path.home())
    if platform == "darwin":
        base = home.joinpath("Library", "Application Support", *_PRODUCT)
    elif platform == "win32":
        base = Path(environ.get("APPDATA") or home / "AppData" / "Roaming").joinpath(*_PRODUCT, "Support")
    else:
        base = home / ".local" / "share" / "DaVinciResolve"
    return base / "Fusion" / "Scripts"


def scripting_modules(environ: Mapping[str, str], platform: str = sys.platform) -> List[Path]:
    """Where ``DaVinciResolveScript`` may lie, the most likely first."""
    named = environ.get("RESOLVE_SCRIPT_API")
    places = [Path(named)] if named else _shared(environ, platform, "Developer/Scripting")
    return [place / "Modules" for place in places]


def _shared(environ: Mapping[str, str], platform: str, what: str) -> List[Path]:
    if platform == "darwin":
        return [Path("/Library/Application Support").joinpath(*_PRODUCT, what)]
    if platform == "win32":
        data = environ.get("PROGRAMDATA") or "C:\\ProgramData"
        return [Path(data).joinpath(*_PRODUCT, "Support", what)]
    return [Path("/opt/resolve", what), Path("/home/resolve", what)]
