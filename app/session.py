"""What is open, selected and chosen in the window; saved when it closes and restored when it opens again."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self, get_args

from app.messages import Shown
from app.settings import read_object, write_object
from core.fit.choices import PRESET_SECONDS, FitChoices, PresetName
from core.types import ImageKey

_MOST_SUBSETS = 32


@dataclass(frozen=True, kw_only=True)
class Session:
    """Plain values only, so that it survives being written and read."""

    capture: str | None = None
    """Folder of the open capture."""
    run: str | None = None
    """Folder the open run was saved to, when it was."""
    selected: str | None = None
    """``VxxLyy`` of the photograph that is shown."""
    tab: Shown = "images"
    preset: PresetName = "draft"
    seconds: float = PRESET_SECONDS["draft"]
    """Planned length of the run at hand, or of the next."""
    own_seconds: bool = False
    """Whether the user has typed that length for a run that has not begun."""
    seed: int = 0
    choices: FitChoices = field(default_factory=FitChoices)
    """What the model of the run at hand, or of the next, is made with."""
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Per capture folder, the names of the images that are not used."""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What ``values`` holds in the right form; defaults for the rest."""
        left_out = values.get("left_out")
        return cls(
            capture=_text(values.get("capture")),
            run=_text(values.get("run")),
            selected=_text(values.get("selected")),
            tab=values["tab"] if values.get("tab") in get_args(Shown) else "images",
            preset=values["preset"] if values.get("preset") in get_args(PresetName) else "draft",
            seconds=_number(values.get("seconds"), PRESET_SECONDS["draft"]),
            own_seconds=values.get("own_seconds") is True,
            seed=int(_number(values.get("seed"), 0.0)),
            choices=FitChoices.from_json(values.get("choices")),
            left_out={str(folder): tuple(map(str, names)) for folder, names in left_out.items()}
            if isinstance(left_out, dict)
            else {},
        )

    def seconds_for(self, capture: Path | None) -> float:
        """Planned length of a new run of ``capture`` (None: the demo): the preset's, or one typed for just this."""
        name = None if capture is None else str(capture.absolute())
        return self.seconds if self.own_seconds and self.capture in (None, name) else PRESET_SECONDS[self.preset]

    @property
    def selected_key(self) -> ImageKey | None:
        """The photograph that is shown."""
        try:
            return ImageKey.parse(self.selected or "")
        except ValueError:
            return None

    def included(self, capture: Path, keys: tuple[ImageKey, ...]) -> tuple[ImageKey, ...]:
        """The images of ``capture`` that are used, as remembered."""
        names = set(self.left_out.get(str(capture.absolute()), ()))
        return tuple(key for key in keys if key.name not in names)

    def with_included(self, capture: Path, keys: tuple[ImageKey, ...], included: frozenset[ImageKey]) -> "Session":
        """The session that remembers which images of ``capture`` are used."""
        folder = str(capture.absolute())
        others = {name: names for name, names in self.left_out.items() if name != folder}
        left_out = tuple(key.name for key in keys if key not in included)
        if left_out:
            others = dict([*others.items(), (folder, left_out)][-_MOST_SUBSETS:])
        return replace(self, left_out=others)


def load_session(file: Path) -> Session:
    """The session in ``file``; an empty one when there is none or it is damaged."""
    return Session.from_json(read_object(file))


def save_session(file: Path, session: Session) -> None:
    """Write the session. Raises RunError when that is impossible."""
    write_object(file, asdict(session))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else default
