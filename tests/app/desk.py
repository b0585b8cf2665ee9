"""A controller whose panels and workers are mocks: what it sends and shows, without a window."""

import typing
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np

from app.controller import Controller
from app.messages import CaptureOpened, Message, RunState, State, Stats
from app.panels import Panels
from app.session import Session
from app.settings import Settings
from app.window_state import WindowState
from core.types import ImageKey
from tests.app.fake_captures import camera, keys
from widgets.relight_panel import PanelLight
from widgets.viewport_tools import Choices


class Desk:
    def __init__(self, *, session: Session | None = None, settings: Settings | None = None) -> None:
        self.sent: list[Message] = []
        self.drawn: list[Message] = []
        self.now = 0.0
        self.window = WindowState(
            to_fit=self.sent.append,
            to_view=self.drawn.append,
            settings=settings or Settings(),
            session=session or Session(),
            new_run_folder=lambda capture: Path("runs") / f"{capture.name}-now",
        )
        kinds = typing.get_type_hints(Panels)
        self.panels: Any = Panels(**{name: MagicMock(spec=kind) for name, kind in kinds.items()})
        self.panels.scene.choices = Choices()
        self.panels.relight.light = PanelLight(
            to_light=(0.0, 0.6, 0.8), frame="camera", intensity=1.5, colour=(1.0, 1.0, 1.0), shadows=True
        )
        self.panels.capture.included = frozenset(keys())
        self.panels.masks.unsaved_masks = {}
        self.window.panels = self.panels
        self.controller = Controller(self.window, clock=lambda: self.now)

    def handle(self, *events: Message) -> None:
        for event in events:
            self.controller.handle(event)

    def open(self, state: RunState = "ready", **more: Any) -> None:
        self.handle(opened(), run_state(state, **more))
        self.sent.clear()
        self.drawn.clear()

    def last(self, kind: type[Message]) -> Any:
        return [message for message in self.sent if isinstance(message, kind)][-1]

    def sent_kinds(self) -> list[str]:
        return [type(message).__name__ for message in self.sent]


def opened(folder: str = "captures/vase", images: tuple[ImageKey, ...] = keys()) -> CaptureOpened:
    return CaptureOpened(
        folder=Path(folder),
        keys=images,
        cameras=tuple(camera(key.view) for key in images),
        thumbnails={key.view: np.zeros((4, 4, 3), np.float32) for key in images},
        light_ids=tuple(sorted({key.light for key in images})),
        has_truth=True,
        problems=(("mask/V01.png", "It is empty; draw one."),),
        image_size=(24, 24),
        scene_centre=(0.0, 0.0, 0.0),
        scene_radius=1.0,
    )


def run_state(state: RunState, *, step: int = 0, saved_step: int = 0, **more: Any) -> State:
    values: dict[str, Any] = {
        "run_folder": None, "included": keys(), "preset": "draft", "seed": 0, "planned_seconds": 60.0,
        "number": 0 if state == "empty" else 1,
    }  # fmt: skip
    values |= more
    return State(
        state=state, step=step, saved_step=saved_step, **({"asked_seconds": values["planned_seconds"]} | values)
    )


def stats(
    step: int, *, elapsed: float = 5.0, planned: float = 60.0, trial: float | None = None, tried: str = ""
) -> Stats:
    return Stats(
        step=step,
        steps_per_second=40.0,
        elapsed_seconds=elapsed,
        planned_seconds=planned,
        converged=False,
        trial=trial,
        tried=tried,
        losses={"total": 0.5, "colour": 0.4},
        psnr_db=25.0,
        held_out_psnr_db=None,
        normal_error_deg=6.0,
        light_error_deg=0.5,
        device="cpu",
        memory_bytes=10**9,
    )
