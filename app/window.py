"""The window: DearPyGui's context, the panels in their places, and the keys."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager

import dearpygui.dearpygui as dpg

from app.controller import Controller
from app.key_bindings import bindings
from app.mailbox import Mailbox
from app.panels import Panels
from app.screen_size import fitted, screen_size
from app.session import Session
from app.settings import UI_SCALES, Settings
from app.window_state import WindowState
from widgets.capture_panel import CapturePanel
from widgets.check_panel import CheckPanel
from widgets.controls import Tag
from widgets.dialogs import Dialogs
from widgets.evaluation_panel import EvaluationPanel
from widgets.export_dialog import ExportDialog
from widgets.fit_panel import FitPanel
from widgets.image_panes import ImagePanes
from widgets.layout import Layout, Split
from widgets.light_panel import LightPanel
from widgets.loss_plot import LossPlots
from widgets.mask_editor import MaskEditor
from widgets.mask_intents import Intents as MaskIntents
from widgets.raw_panel import Intents as RawIntents
from widgets.raw_panel import RawPanel
from widgets.relight_panel import RelightPanel
from widgets.shortcuts import Shortcuts
from widgets.status_bar import StatusBar
from widgets.tabs import Tabs
from widgets.texture import TexturePool
from widgets.theme import build_theme, fitting_scale
from widgets.toolbar import Toolbar
from widgets.viewport3d import Viewport3D

_log = logging.getLogger(__name__)
TITLE = "Chiaro"
SMALLEST = (960, 600)
_TEXTURES = 32
_TABS = (
    ("check", "Check"), ("images", "Images"), ("scene", "3D"), ("relight", "Relight"), ("masks", "Masks"),
    ("raw", "RAW"), ("evaluation", "Evaluation"),
)  # fmt: skip


@contextmanager
def window_context(settings: Settings) -> Generator[None, None, None]:
    """A DearPyGui context with an empty window; both are gone when the block ends."""
    dpg.create_context()
    try:
        dpg.configure_app(manual_callback_management=True)
        width, height = fitted((settings.width, settings.height), screen_size(), SMALLEST)
        build_theme(fitting_scale(settings.ui_scale, width, height))
        dpg.create_viewport(
            title=TITLE,
            width=width,
            height=height,
            min_width=SMALLEST[0],
            min_height=SMALLEST[1],
            x_pos=0,
            y_pos=0,
            clear_color=(15, 16, 18, 255),
            disable_close=True,
        )
        yield
    finally:
        dpg.destroy_context()


class Window:
    """All panels, wired to a controller."""

    def __init__(
        self, *, to_fit: Mailbox, to_view: Mailbox, settings: Settings, session: Session, now: Callable[[], float]
    ) -> None:
        self.pool = TexturePool(_TEXTURES)
        state = WindowState(to_fit=to_fit.send, to_view=to_view.send, settings=settings, session=session)
        self.controller = Controller(state, clock=now)
        state.panels = panels = self._build(settings)
        self._shortcuts = Shortcuts(
            bindings(self.controller), blocked=lambda: panels.dialogs.open is not None or panels.export.open
        )
        self.controller.sheet = self._shortcuts.sheet
        panels.tabs.offer("raw", False)  # until a capture has RAW photographs
        panels.tabs.show("check" if session.tab == "raw" else session.tab)
        self.controller.run.show()

    def _build(self, settings: Settings) -> Panels:
        """Make every panel; what the user does in it goes to the controller."""
        layout = Layout(Split(left=settings.left, right=settings.right, lights=settings.lights))
        toolbar = self._toolbar(layout.parent("toolbar"), settings)
        tabs = Tabs(layout.parent("centre"), _TABS, on_show=self.controller.show_tab)
        return Panels(
            layout=layout,
            toolbar=toolbar,
            tabs=tabs,
            fit=self._fit(layout.parent("fit")),
            capture=self._capture(layout.parent("capture")),
            check=self._check(tabs.parent("check")),
            images=ImagePanes(tabs.parent("images"), self.pool),
            scene=self._scene(tabs.parent("scene")),
            relight=RelightPanel(tabs.parent("relight"), self.pool, on_light=self.controller.relight.turn),
            masks=self._masks(tabs.parent("masks")),
            raw=self._raw(tabs.parent("raw")),
            evaluation=self._evaluation(tabs.parent("evaluation")),
            lights=LightPanel(layout.parent("lights"), on_select_light=self.controller.images.select_light),
            plots=LossPlots(layout.parent("plots")),
            status=StatusBar(layout.parent("status")),
            dialogs=Dialogs(),
            export=ExportDialog(on_export=self.controller.files.choose_export_folder),
        )

    def _toolbar(self, parent: Tag, settings: Settings) -> Toolbar:
        c = self.controller
        return Toolbar(
            parent,
            on_open=c.files.ask_open,
            on_open_run=c.files.ask_open_run,
            on_demo=c.files.open_demo,
            on_save=c.files.save,
            on_save_as=c.files.save_as,
            on_export=c.files.ask_export,
            on_scale=c.choose_scale,
            on_shortcuts=c.show_shortcuts,
            scales=UI_SCALES,
            scale=settings.ui_scale,
        )

    def _fit(self, parent: Tag) -> FitPanel:
        run = self.controller.run
        return FitPanel(
            parent,
            on_start=run.start,
            on_pause=run.pause,
            on_stop=run.stop,
            on_extend=run.extend,
            on_preset=run.choose_preset,
            on_seconds=run.choose_seconds,
            on_seed=run.choose_seed,
            on_choices=run.choose_model,
        )

    def _capture(self, parent: Tag) -> CapturePanel:
        images = self.controller.images
        return CapturePanel(
            parent,
            self.pool,
            on_select=images.select,
            on_include=images.include,
            on_load_subset=images.ask_load_subset,
            on_save_subset=images.ask_save_subset,
            on_outlier=images.select_outlier,
        )

    def _check(self, parent: Tag) -> CheckPanel:
        check = self.controller.check
        return CheckPanel(
            parent,
            self.pool,
            on_pointer=check.picture.point,
            on_size=check.picture.resize,
            on_jump=check.picture.jump,
            on_view=check.views.select,
            on_sphere=check.move_sphere,
            on_masks_sphere=check.sphere_from_masks,
            on_undo_sphere=check.undo_sphere,
            on_forget_sphere=check.forget_sphere,
            on_fix=check.fix,
            on_read=check.read_again,
            on_check=check.check_now,
            on_paint=check.paint,
        )

    def _scene(self, parent: Tag) -> Viewport3D:
        scene = self.controller.scene
        return Viewport3D(
            parent,
            self.pool,
            on_pointer=scene.point,
            on_size=scene.resize,
            on_choices=scene.choose,
            on_jump=scene.jump,
        )

    def _masks(self, parent: Tag) -> MaskEditor:
        masks = self.controller.masks
        intents = MaskIntents(view=masks.choose_view, make=masks.make, save=masks.save, use=masks.use)
        return MaskEditor(parent, self.pool, intents)

    def _raw(self, parent: Tag) -> RawPanel:
        raw = self.controller.raw
        return RawPanel(parent, self.pool, RawIntents(step=raw.step, curve=raw.choose_curve, apply=raw.apply))

    def _evaluation(self, parent: Tag) -> EvaluationPanel:
        c = self.controller
        return EvaluationPanel(
            parent, on_measure=c.evaluation.measure, on_report=c.evaluation.ask_report, on_select=c.images.select
        )

    def update(self) -> None:
        """Once a frame."""
        self.controller.tick()
        self.controller.window.panels.update()
        self.pool.update()
