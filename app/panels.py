"""The parts of the window, by name; made by the studio, told what to show by the controllers."""

from dataclasses import dataclass

from widgets.capture_panel import CapturePanel
from widgets.check_panel import CheckPanel
from widgets.dialogs import Dialogs
from widgets.evaluation_panel import EvaluationPanel
from widgets.export_dialog import ExportDialog
from widgets.fit_panel import FitPanel
from widgets.image_panes import ImagePanes
from widgets.layout import Layout
from widgets.light_panel import LightPanel
from widgets.loss_plot import LossPlots
from widgets.mask_editor import MaskEditor
from widgets.raw_panel import RawPanel
from widgets.relight_panel import RelightPanel
from widgets.status_bar import StatusBar
from widgets.tabs import Tabs
from widgets.toolbar import Toolbar
from widgets.viewport3d import Viewport3D


@dataclass(frozen=True, kw_only=True)
class Panels:
    """Every panel of the window."""

    layout: Layout
    toolbar: Toolbar
    tabs: Tabs
    fit: FitPanel
    capture: CapturePanel
    check: CheckPanel
    images: ImagePanes
    scene: Viewport3D
    relight: RelightPanel
    masks: MaskEditor
    raw: RawPanel
    evaluation: EvaluationPanel
    lights: LightPanel
    plots: LossPlots
    status: StatusBar
    dialogs: Dialogs
    export: ExportDialog

    def update(self) -> None:
        """What every panel does once a frame."""
        for panel in (
            self.layout, self.toolbar, self.fit, self.capture, self.check, self.images, self.scene, self.relight,
            self.masks, self.raw, self.lights, self.plots, self.status, self.dialogs, self.export,
        ):  # fmt: skip
            panel.update()
