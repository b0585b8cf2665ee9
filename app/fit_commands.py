"""How the fit thread answers each command of the window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import messages as msg
from app.fit_desk import FitDesk
from core.capture.capture import Capture
from core.capture.subset import check_subset
from core.errors import SubsetError
from core.types import ImageKey, Progress

if TYPE_CHECKING:
    from app.open_run import OpenedRun


class FitCommands:
    """Answers commands one after the other; raises what goes wrong, with everything left as it was."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk
        pictures = desk.pictures
        self._answers: dict[type[msg.Message], Callable[[Any], None]] = {
            msg.OpenCapture: self._open_capture,
            msg.OpenRun: self._open_run,
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
        }

    def answer(self, message: msg.Message) -> None:
        """Do what ``message`` asks."""
        self._answers[type(message)](message)

    def _open_capture(self, command: msg.OpenCapture) -> None:
        engine = self._desk.engine

        def work(progress: Progress) -> "OpenedRun":
            folder = command.folder or engine.ensure_demo(progress)
            capture = engine.read_capture(folder, progress)
            self._desk.send(engine.describe(capture))
            return engine.new_run(
                capture,
                preset=command.preset,
                seconds=command.seconds,
                seed=command.seed,
                included=_without(capture, command.left_out),
                progress=progress,
            )

        self._keep_open_run(command.save_to)
        name = "the demo capture" if command.folder is None else command.folder.name
        self._open(f"Opening {name}", work, start=command.start)

    def _open_run(self, command: msg.OpenRun) -> None:
        engine = self._desk.engine

        def work(progress: Progress) -> "OpenedRun":
            run = engine.load_run(command.folder, progress)
            self._desk.send(engine.describe(run.capture))
            return run

        self._keep_open_run(command.save_to)
        self._open(f"Opening {command.folder.name}", work, start=False)

    def _restart(self, command: msg.Restart) -> None:
        before = self._desk.run
        if before is None:
            return

        def work(progress: Progress) -> "OpenedRun":
            return self._desk.engine.new_run(
                before.capture,
                preset=command.preset,
                seconds=command.seconds,
                seed=command.seed,
                included=tuple(sorted(before.trainer.included)),
                progress=progress,
            )

        self._open("Preparing a fresh start", work, start=False)

    def _open(self, title: str, work: "Callable[[Progress], OpenedRun]", *, start: bool) -> None:
        """Replace the open run by the one ``work`` makes; when that fails, go on with what is open."""
        desk = self._desk
        state = desk.state
        desk.set_state("loading")
        try:
            opened = desk.long_task(title, work)
        except Exception:
            if desk.run is not None:
                desk.send(desk.engine.describe(desk.run.capture))
            desk.set_state(state)
            raise
        desk.take_up(opened, start=start)

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
        overwrite = command.overwrite or command.folder == run.folder
        desk.long_task(
            f"Saving to {command.folder.name}",
            lambda progress: desk.engine.save(
                run, command.folder, overwrite=overwrite, results=True, progress=progress
            ),
        )
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
        """Save the open run, quickly and without results, before it is left."""
        desk, run = self._desk, self._desk.run
        if run is None or save_to is None or not run.unsaved:
            return
        desk.long_task(
            "Saving the run",
            lambda progress: desk.engine.save(
                run, save_to, overwrite=save_to == run.folder, results=False, progress=progress
            ),
            cancellable=False,
        )
        desk.send(msg.Saved(folder=save_to, what="run", command=desk.engine.save_command(run)))

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
