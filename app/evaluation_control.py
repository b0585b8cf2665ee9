"""Measuring the run that is open, and looking at what came of it."""

from app.evaluation_words import figures_of
from app.messages import Evaluate, Evaluated
from app.window_state import WindowState
from core.fit.evaluation.figures import Evaluation, ImageFigures
from core.types import ImageKey
from widgets.evaluation_panel import PhotographLine

_WAITING = "Train for a few seconds, then measure the run here."
_READY = "Not measured yet"


class EvaluationControl:
    """Intents of the evaluation panel; figures."""

    def __init__(self, window: WindowState) -> None:
        self._window = window
        self._measured: Evaluation | None = None

    def measure(self) -> None:
        """Measure the run as it stands."""
        if self._can_measure():
            self._window.to_fit(Evaluate())

    def ask_report(self) -> None:
        """Let the user choose where the report goes, then measure and write it."""
        window = self._window
        if not self._can_measure() or window.capture is None:
            return
        folder = window.run.run_folder or window.new_run_folder(window.capture.folder).parent
        start = (folder if folder.is_dir() else window.capture.folder.parent) / f"{window.capture.folder.name}.html"
        window.panels.dialogs.path(
            "Write a report",
            folders=False,
            save=True,
            start=start,
            recents=(),
            on_path=lambda file: window.to_fit(Evaluate(report=file.with_suffix(".html"))),
            filter_suffix=".html",
        )

    def _can_measure(self) -> bool:
        """Whether there is something to measure; says so when there is not."""
        if self._window.run.state in ("empty", "loading"):
            return False
        if self._window.step == 0:
            self._window.show_note("There is nothing to measure yet; press Start first.", "warning")
        return self._window.step > 0

    def show_empty(self) -> None:
        """Another run is open: what was measured is not its own."""
        self._measured = None
        self._window.panels.evaluation.show_empty()
        self.show_progress()

    def show_progress(self) -> None:
        """The run has come further, or can now be measured."""
        panel = self._window.panels.evaluation
        step = self._window.step
        panel.enable(step > 0 and self._window.run.state not in ("empty", "loading"))
        if self._measured is None:
            panel.show_note(_READY if step else _WAITING)
        elif step > self._measured.steps:
            further = step - self._measured.steps
            steps = "1 step" if further == 1 else f"{further:,} steps"
            panel.show_note(f"Measured at step {self._measured.steps:,}, {steps} ago")
        else:
            panel.show_note(f"Measured at step {self._measured.steps:,}")

    def show(self, event: Evaluated) -> None:
        """The run has been measured."""
        found = self._measured = event.evaluation
        groups = [
            (group.title, str(group.images), f"{group.psnr_db:.2f}", f"{group.ssim:.4f}") for group in found.groups
        ]
        worst_first = sorted(found.images, key=lambda image: image.psnr_db)
        self._window.panels.evaluation.show(
            figures=figures_of(found),
            groups=groups,
            photographs=[_line(image) for image in worst_first],
            notes=found.notes,
        )
        self.show_progress()
        if event.report is not None:
            text = f"Written to {event.report}.\n\nThe same from the command line:\n{event.command}"
            self._window.panels.dialogs.message("Report written", text)


def _line(image: ImageFigures) -> PhotographLine:
    return PhotographLine(
        key=ImageKey(image.view, image.light),
        use="trained on" if image.trained else "kept out",
        psnr_db=f"{image.psnr_db:.2f}",
        ssim=f"{image.ssim:.4f}",
    )
