"""How the fit thread answers each command of the window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import messages as msg
from app.evaluation_answers import EvaluationAnswers
from app.fit_desk import FitDesk
from app.import_answers import ImportAnswers
from core.capture.capture import Capture
from core.capture.subset import check_subset
from core.errors import Cancelled, CaptureError, SubsetError
from core.types import ImageKey, Progress
from widgets.check_data import Checked

if TYPE_CHECKING:
    from app.checking import ReadCapture
    from app.open_run import OpenedRun


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """What came of opening something."""

    run: "OpenedRun | None"
    """None for a capture that cannot be trained on as it is."""
    read: "ReadCapture | None"
    """What looking it over needs."""
    checked: Checked | None
    start: bool
    """Train at once."""


class FitCommands:
    """Answers commands one after the other; raises what goes wrong, with everything left as it was."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk
        pictures = desk.pictures
        self._answers: dict[type[msg.Message], Callable[[Any], None]] = {
            msg.OpenCapture: self._open_capture,
            msg.OpenRun: self._open_run,
            msg.CheckCapture: self._check_capture,
            msg.SetUp: self._set_up,
            msg.SetRunning: self._set_running,
            msg.Restart: self._restart,
            msg.ExtendPlan: self._extend_plan,
            msg.Include: self._include,
            msg.ShowImage: lambda message: pictures.show_image(message.key),
            msg.Relight: pictures.relight,
            msg.SetShown: pictures.set_shown,
            msg.SetPace: pictures.set_pace,
            msg.SaveRun: self._save,
            msg.Export: self._export,
            msg.CancelTask: lambda _: None,  # arrives after the task it was meant for has ended
            msg.Close: self._close,
            **ImportAnswers(desk).answers,
            **EvaluationAnswers(desk).answers,
        }

    def answer(self, message: msg.Message) -> None:
        """Do what ``message`` asks."""
        self._answers[type(message)](message)

    def _open_capture(self, command: msg.OpenCapture) -> None:
        self._keep_open_run(command.save_to)
        name = "the demo capture" if command.folder is None else command.folder.name
        self._open(f"Opening {name}", lambda progress: self._read(command, progress))

    def _read(self, command: msg.OpenCapture, progress: Progress) -> "_Opened":
        """Read a capture, look at it, and make a run of one that can be trained on."""
        engine = self._desk.engine
        folder = command.folder or engine.ensure_demo(progress)
        try:
            read = engine.read_capture(folder, command.options, progress)
        except CaptureError as error:
            return self._cannot_read(folder, command, error, progress)
        checked = engine.first_look(read)
        if not checked.trainable:
            checked = engine.full_check(read, checked, progress)
        start = command.start and checked.trainable and checked.report.trainable
        self._tell_opening(command, checked, start=start)
        if not checked.trainable:
            return _Opened(run=None, read=read, checked=checked, start=False)
        self._desk.send(engine.describe(read.capture, checked))
        run = self._new_run(read.capture, command, _without(read.capture, command.left_out), progress)
        return _Opened(run=run, read=read, checked=checked, start=start)

    def _new_run(
        self,
        capture: Capture,
        command: msg.OpenCapture | msg.Restart,
        included: tuple[ImageKey, ...] | None,
        progress: Progress,
    ) -> "OpenedRun":
        return self._desk.engine.new_run(
            capture,
            preset=command.preset,
            seconds=command.seconds,
            seed=command.seed,
            choices=command.choices,
            included=included,
            progress=progress,
        )

    def _cannot_read(
        self, folder: Path, command: msg.OpenCapture, error: CaptureError, progress: Progress
    ) -> "_Opened":
        """Show what is wrong with a folder and what would mend it; one that nothing can be made of is an error."""
        checked = self._desk.engine.unreadable(folder, command.options, progress)
        if not (checked.report.guesses or checked.views):
            raise error
        self._tell_opening(command, checked, start=False)
        return _Opened(run=None, read=None, checked=checked, start=False)

    def _tell_opening(self, command: msg.OpenCapture, checked: Checked, *, start: bool) -> None:
        """Keep the choices it was opened with, and tell the window what is known."""
        kept = command.options is None or self._desk.engine.keep_choices(checked.folder, command.options)
        self._desk.send(msg.CaptureChecked(checked=checked, opening=True, started=start, choices_kept=kept))

    def _check_capture(self, _: msg.CheckCapture) -> None:
        desk = self._desk
        if desk.read is not None:
            desk.long_task(f"Checking {desk.read.capture.folder.name}", self._check)

    def _set_up(self, command: msg.SetUp) -> None:
        desk, engine = self._desk, self._desk.engine
        if desk.run is None or desk.read is None or desk.checked is None:
            return
        desk.read, desk.checked = engine.with_up(desk.read, desk.checked, command.up)
        desk.run.trainer.capture = desk.read.capture
        kept = engine.keep_choices(desk.checked.folder, desk.checked.options)
        desk.send(msg.CaptureChecked(checked=desk.checked, opening=False, choices_kept=kept))

    def check_when_idle(self) -> bool:
        """Look the open capture over while there is nothing else to do, until there is; whether there was need to."""
        desk = self._desk
        if desk.read is None or desk.checked is None or desk.checked.complete:
            return False

        def progress(_what: str, fraction: float) -> None:
            desk.send(msg.CheckProgress(fraction=fraction))
            if desk.asked():
                raise Cancelled

        try:
            self._check(progress)
        finally:
            desk.send(msg.CheckProgress(fraction=None))
        return True

    def _check(self, progress: Progress) -> None:
        desk = self._desk
        assert desk.read is not None
        assert desk.checked is not None
        desk.checked = desk.engine.full_check(desk.read, desk.checked, progress)
        desk.send(msg.CaptureChecked(checked=desk.checked, opening=False))

    def _open_run(self, command: msg.OpenRun) -> None:
        engine = self._desk.engine

        def work(progress: Progress) -> "_Opened":
            run = engine.load_run(command.folder, progress)
            read = engine.listed_again(run.capture)
            checked = None if read is None else engine.first_look(read)
            if checked is not None:
                self._desk.send(msg.CaptureChecked(checked=checked, opening=False))
            self._desk.send(engine.describe(run.capture, checked))
            return _Opened(run=run, read=read, checked=checked, start=False)

        self._keep_open_run(command.save_to)
        self._open(f"Opening {command.folder.name}", work)

    def _restart(self, command: msg.Restart) -> None:
        before = self._desk.run
        if before is None:
            return

        def work(progress: Progress) -> "_Opened":
            run = self._new_run(before.capture, command, tuple(sorted(before.trainer.included)), progress)
            return _Opened(run=run, read=self._desk.read, checked=self._desk.checked, start=False)

        self._open("Preparing a fresh start", work)
        self._desk.autosave.drop(before)

    def _open(self, title: str, work: "Callable[[Progress], _Opened]") -> None:
        """Replace the open run by the one ``work`` makes; when that fails, go on with what is open."""
        desk = self._desk
        state = desk.state
        desk.set_state("loading")
        try:
            opened = desk.long_task(title, work)
        except Exception:
            if desk.run is not None:
                if desk.checked is not None:
                    desk.send(msg.CaptureChecked(checked=desk.checked, opening=False))
                desk.send(desk.engine.describe(desk.run.capture, desk.checked))
            desk.set_state(state)
            desk.tell_anew()
            raise
        desk.checked = opened.checked
        if opened.run is None:
            desk.leave()
        else:
            desk.read = opened.read
            desk.take_up(opened.run, start=opened.start)

    def _set_running(self, command: msg.SetRunning) -> None:
        desk = self._desk
        if desk.run is None or (command.running and desk.run.trainer.finished):
            return
        if command.running != (desk.state == "running"):
            desk.set_state("running" if command.running else "paused")

    def _extend_plan(self, command: msg.ExtendPlan) -> None:
        desk = self._desk
        if desk.run is None:
            return
        trainer = desk.run.trainer
        further = command.planned_seconds - (trainer.planned_seconds or 0.0)
        if further > 0.0:
            trainer.extend(seconds=further)
        desk.set_state("paused" if desk.state == "finished" and not trainer.finished else desk.state)

    def _include(self, command: msg.Include) -> None:
        desk = self._desk
        if desk.run is None:
            return
        try:
            desk.run.trainer.include(command.keys)
        finally:  # also after a refused choice, so that the window shows what is really trained on
            desk.set_state(desk.state)

    def _save(self, command: msg.SaveRun) -> None:
        desk, run = self._desk, self._desk.run
        if run is None:
            return
        overwrite = command.overwrite or command.folder in (run.folder, run.kept_folder)
        desk.long_task(
            f"Saving to {command.folder.name}",
            lambda progress: desk.engine.save(
                run, command.folder, overwrite=overwrite, results=True, progress=progress
            ),
        )
        desk.autosave.drop(run)
        desk.set_state(desk.state)
        desk.send(msg.Saved(folder=command.folder, what="run", command=desk.engine.save_command(run)))

    def _export(self, command: msg.Export) -> None:
        desk, run = self._desk, self._desk.run
        if run is None:
            return
        desk.long_task(
            f"Exporting to {command.folder.name}", lambda progress: desk.engine.export(run, command, progress)
        )
        desk.send(msg.Saved(folder=command.folder, what="export", command=desk.engine.export_command(run, command)))

    def _keep_open_run(self, save_to: Path | None) -> None:
        """Save the open run, quickly and without results, before it is left; where it was saved unasked, if it was."""
        desk, run = self._desk, self._desk.run
        if run is None or save_to is None or not run.unsaved:
            return
        folder = run.kept_folder or save_to
        overwrite = folder in (run.folder, run.kept_folder)
        if run.safe:
            run.folder, run.saved_step = folder, run.kept_step
        else:
            desk.long_task(
                "Saving the run",
                lambda progress: desk.engine.save(run, folder, overwrite=overwrite, results=False, progress=progress),
                cancellable=False,
            )
        desk.autosave.drop(run)
        desk.send(msg.Saved(folder=folder, what="run", command=desk.engine.save_command(run)))

    def _close(self, command: msg.Close) -> None:
        desk = self._desk
        try:
            self._keep_open_run(command.save_to)
        except Exception:  # the window stays, tells, and may close again without saving
            desk.set_state("paused")
            raise
        desk.closing = True


def _without(capture: Capture, names: tuple[str, ...]) -> tuple[ImageKey, ...] | None:
    """The capture's images but for these; None (all) when none is left out or the rest cannot be trained on."""
    rest = tuple(key for key in capture.keys if key.name not in set(names))
    try:
        check_subset(rest)
    except SubsetError:
        return None
    return rest if len(rest) < len(capture.keys) else None
