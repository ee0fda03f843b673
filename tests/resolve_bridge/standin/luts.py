"""Which LUTs Resolve knows: those below its master folder and the project's own, as of the last refresh."""

from pathlib import Path
from typing import Dict, List, Optional


class LutLibrary:
    """``user``: the user's own LUT folder, in which Resolve finds nothing. ``known``: relative path -> file."""

    def __init__(self, master: Path, user: Path, custom: Optional[List[Path]] = None) -> None:
        self.master = master
        self.user = user
        self.custom = custom or []
        self.known: Dict[str, Path] = {}
        self.refresh()

    def refresh(self) -> None:
        self.known = {
            file.relative_to(root).as_posix(): file
            for root in [self.master, *self.custom]
            for file in sorted(root.rglob("*.cube"))
        }

    def found(self, path: str) -> Optional[str]:
        """The relative path of a LUT that was discovered, however it is named; None for any other."""
        if not Path(path).is_absolute():
            name = path.replace("\\", "/")
            return name if name in self.known else None
        return next((name for name, file in self.known.items() if str(file) == path), None)
