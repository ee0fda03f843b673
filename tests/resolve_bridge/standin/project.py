"""Timeline, Project, ProjectManager, gallery and the Resolve object itself."""

from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from tests.resolve_bridge.standin import data
from tests.resolve_bridge.standin.item import TimelineItem
from tests.resolve_bridge.standin.luts import LutLibrary
from tests.resolve_bridge.standin.remote import Remote, World

PAGES = ("media", "cut", "edit", "fusion", "color", "fairlight", "deliver")
Renderer = Callable[[data.Item, Path], None]

SETTINGS = {
    "colorScienceMode": "davinciYRGB",
    "separateColorSpaceAndGamma": "0",
    "colorSpaceTimeline": "Rec.709 Gamma 2.4",
    "colorSpaceTimelineGamma": "",
    "colorSpaceOutput": "Rec.709 Gamma 2.4",
    "colorSpaceOutputGamma": "",
    "colorAcesNodeLUTProcessingSpace": "projectSetting",
}


class Desk:
    """What is open: one project with its timelines. ``render(item, file)`` writes a still."""

    def __init__(self, world: World, timelines: List[data.Timeline], luts: LutLibrary) -> None:
        self.world = world
        self.timelines = timelines
        self.luts = luts
        self.open_timeline: Optional[data.Timeline] = timelines[0] if timelines else None
        self.settings: Dict[str, Any] = dict(SETTINGS)
        self.render: Renderer = lambda item, file: None
        self.gallery_open = False
        self.stills: List[data.Item] = []
        self.exports = ["EXPORT_OTIO", "EXPORT_FCP_7_XML"]

    def resolve(self) -> "Resolve":
        return Resolve(self)

    def scriptapp(self) -> Optional["Resolve"]:
        """What another process gets."""
        return Resolve(self) if self.world.edition.lets_others_in else None

    def current_item(self) -> Optional[data.Item]:
        """The uppermost enabled clip under the playhead."""
        timeline = self.open_timeline
        if timeline is None:
            return None
        frame = _frames_of(timeline.timecode, timeline.rate)
        covering = [
            item
            for track in reversed(timeline.tracks)
            for item in track
            if item.media and item.enabled and item.start <= frame < item.start + item.duration
        ]
        return covering[0] if covering else None


class _Owner(Remote):
    """What has settings: 21.1 renamed the calls."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.world)
        self._desk = desk

    def offers(self, name: str) -> bool:
        new = self._world.edition.since_21_1
        return (
            super().offers(name)
            and not (name == "GetSettings" and not new)
            and not (name == "GetSetting" and new)
        )


class Resolve(_Owner):
    EXPORT_NONE = -1.0
    EXPORT_FCP_7_XML = 3.0
    EXPORT_OTIO = 25.0

    def GetProductName(self) -> str:
        return self._world.edition.name

    def GetVersion(self) -> List[Any]:
        return [*self._world.edition.version, 7, ""]

    def GetVersionString(self) -> str:
        return ".".join(str(number) for number in self._world.edition.version) + ".7"

    def GetProjectManager(self) -> "ProjectManager":
        return ProjectManager(self._desk)

    def GetCurrentPage(self) -> Optional[str]:
        return self._world.page

    def OpenPage(self, name: str) -> bool:
        if name not in PAGES:
            return False
        self._world.page = name
        return True


class ProjectManager(_Owner):
    def GetCurrentProject(self) -> "Project":
        return Project(self._desk)


class Project(_Owner):
    def GetName(self) -> str:
        return "Documentary"

    def GetCurrentTimeline(self) -> Optional["Timeline"]:
        timeline = self._desk.open_timeline
        return Timeline(self._desk, timeline) if timeline else None

    def GetSetting(self, key: Optional[str] = None) -> Any:
        return self._settings() if not key else self._settings().get(key, "")

    def GetSettings(self) -> Dict[str, Any]:
        return self._settings()

    def _settings(self) -> Dict[str, Any]:
        timeline = self._desk.open_timeline
        return dict(self._desk.settings, timelineFrameRate=timeline.rate if timeline else 24.0)

    def RefreshLUTList(self) -> bool:
        self._desk.luts.refresh()
        return True

    def GetGallery(self) -> "Gallery":
        return Gallery(self._desk)

    def ExportCurrentFrameAsStill(self, path: str) -> bool:
        item = self._desk.current_item()
        if item is None or not Path(path).parent.is_dir() or not path.endswith((".png", ".jpg", ".tif")):
            return False
        self._desk.render(item, Path(path))
        return Path(path).is_file()


class Timeline(_Owner):
    def __init__(self, desk: Desk, timeline: data.Timeline) -> None:
        super().__init__(desk)
        self._timeline = timeline

    def stale(self) -> bool:
        return self._timeline.gone

    def GetName(self) -> str:
        return self._timeline.name

    def GetUniqueId(self) -> str:
        return f"timeline-{id(self._timeline)}"

    def GetStartFrame(self) -> int:
        return self._timeline.start

    def GetStartTimecode(self) -> str:
        return _timecode_of(self._timeline.start, self._timeline.rate)

    def GetTrackCount(self, kind: str) -> int:
        return len(self._timeline.tracks) if kind == "video" else 0

    def GetItemListInTrack(self, kind: str, number: int) -> List[TimelineItem]:
        track = self._timeline.tracks[number - 1] if 1 <= number <= len(self._timeline.tracks) else []
        return [TimelineItem(self._world, item, self._desk.luts) for item in track]

    def GetSetting(self, key: Optional[str] = None) -> Any:
        return self._settings() if not key else self._settings().get(key, "")

    def GetSettings(self) -> Dict[str, Any]:
        return self._settings()

    def _settings(self) -> Dict[str, Any]:
        own = self._timeline.settings
        inherited = dict(self._desk.settings, timelineFrameRate=self._timeline.rate)
        return (
            dict(inherited, **own)
            if own["useCustomSettings"] == "1"
            else dict(inherited, useCustomSettings="0")
        )

    def GetCurrentTimecode(self) -> str:
        return self._timeline.timecode

    def SetCurrentTimecode(self, timecode: str) -> bool:
        self._timeline.timecode = timecode
        return True

    def GetCurrentVideoItem(self) -> Optional[TimelineItem]:
        item = self._desk.current_item()
        return TimelineItem(self._world, item, self._desk.luts) if item else None

    def Export(self, path: str, kind: Any, subtype: Any) -> bool:
        """Anything but a constant that this Resolve has: False, and no file."""
        known = {Resolve.__dict__[name] for name in self._desk.exports}
        if not isinstance(kind, float) or kind not in known:
            return False
        Path(path).write_text(
            self._timeline.otio if kind == Resolve.EXPORT_OTIO else "<xmeml/>", encoding="utf-8"
        )
        return True


class Gallery(_Owner):
    def GetCurrentStillAlbum(self) -> "GalleryStillAlbum":
        return GalleryStillAlbum(self._desk)


class GalleryStillAlbum(_Owner):
    def GetStills(self) -> List[data.Item]:
        return list(self._desk.stills)

    def ExportStills(self, stills: List[data.Item], folder: str, prefix: str, kind: str) -> bool:
        if not self._desk.gallery_open or not stills or kind not in ("png", "jpg", "tif"):
            return False
        for number, still in enumerate(stills, 1):
            self._desk.render(still, Path(folder, f"{prefix}_1.{number}.1.{kind}"))
            Path(folder, f"{prefix}_1.{number}.1.drx").write_text("<xml/>", encoding="utf-8")
        return True


def _frames_of(timecode: str, rate: float) -> int:
    hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * round(rate) + frames


def _timecode_of(frame: int, rate: float) -> str:
    base = round(rate)
    seconds, frames = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"
