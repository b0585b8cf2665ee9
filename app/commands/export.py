"""``export``: write a run's results, into the run folder itself or elsewhere."""

from dataclasses import asdict
from pathlib import Path

from app.arguments import Export
from app.commands.opening import opened_run
from app.outcome import Outcome
from app.progress import progress_bar
from core.errors import RunError
from core.fit.export_options import PLAIN, ExportOptions, FilmOptions
from core.fit.history import History
from core.fit.result_names import Result
from core.fit.results import Figures
from core.fit.run_folder import check_export_folder, export_results, read_run, refresh_results, result_files
from core.mesh.options import AS_PLY, MeshOptions

_FEWEST_CELLS, _MOST_CELLS = 16, 1024
_OPTIONS: dict[Result, tuple[str, ...]] = {
    "mesh": ("cells", "format", "faces", "texture", "smooth"),
    "maps": ("map_format", "all_shadows"),
    "latent": ("features",),
    "film": ("film",),
}
"""The options that say how a result is written."""


def export(arguments: Export) -> Outcome:
    """Write the chosen results."""
    if arguments.cells is not None and not _FEWEST_CELLS <= arguments.cells <= _MOST_CELLS:
        raise RunError(f"--cells must lie between {_FEWEST_CELLS} and {_MOST_CELLS}, not {arguments.cells}.")
    if not arguments.what:
        raise RunError("Nothing to write; name at least one result after --what.")
    _check_options(arguments)
    options = export_options(arguments)
    elsewhere = arguments.out
    if elsewhere is not None and elsewhere.resolve() == arguments.run.resolve():
        elsewhere = None
    if elsewhere is not None:
        check_export_folder(elsewhere, what=arguments.what, options=options, overwrite=arguments.overwrite)
    figures = _write(arguments, options, elsewhere)
    folder = elsewhere or arguments.run
    names = sorted(set(_present(folder, result_files(arguments.what, options))))
    return Outcome(
        lines=[f"Written to {folder}: {', '.join(names)}."],
        data={"folder": str(folder), "written": names, "figures": asdict(figures)},
    )


def _check_options(arguments: Export) -> None:
    """Raise RunError for an option that changes nothing of what is asked for."""
    for result, names in _OPTIONS.items():
        for name in names if result not in arguments.what else ():
            value = getattr(arguments, name)
            if value is not None and value is not False:
                option = f"--{name.replace('_', '-')}"
                raise RunError(f"{option} is for {result}, which is not asked for; add it to --what or leave it out.")
    if arguments.texture is not None and arguments.format in (None, "ply"):
        raise RunError("--texture is for meshes as glb or obj (--format); ply has colours at its vertices.")


def export_options(arguments: Export) -> ExportOptions:
    """How what is asked for is written. Raises RunError for what is not possible."""
    mesh = MeshOptions(
        cells=arguments.cells,
        format=arguments.format or AS_PLY.format,
        faces=arguments.faces,
        texture=AS_PLY.texture if arguments.texture is None else arguments.texture,
        smooth=AS_PLY.smooth if arguments.smooth is None else arguments.smooth,
    )
    return ExportOptions(
        mesh=mesh,
        maps=arguments.map_format or PLAIN.maps,
        all_shadows=arguments.all_shadows,
        features=arguments.features,
        film=FilmOptions(path=arguments.film or PLAIN.film.path, beside=PLAIN.film.beside),
    )


def _write(arguments: Export, options: ExportOptions, elsewhere: Path | None) -> Figures:
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    what = arguments.what
    with progress_bar("Writing the results") as progress:
        if elsewhere is None:
            return refresh_results(trainer, arguments.run, what=what, options=options, progress=progress)
        records = History.from_json(read_run(arguments.run).get("metrics") or [], up_to_step=trainer.steps).records
        return export_results(
            trainer,
            elsewhere,
            what=what,
            options=options,
            records=records,
            overwrite=arguments.overwrite,
            progress=progress,
        )


def _present(folder: Path, patterns: tuple[str, ...]) -> list[str]:
    """The files or folders of results, as first path parts."""
    return [Path(pattern).parts[0] for pattern in patterns if any(folder.glob(pattern))]
