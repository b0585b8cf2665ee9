"""Findings about photograph files: what is left over, sizes, and whether the numbers stand for light."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.capture.decode import encoding_of, is_raw
from core.capture.file_colour import declared_curve, is_eight_bits_in_disguise
from core.capture.images import image_depth
from core.capture.import_options import Encoding, ImportOptions, RawOptions
from core.capture.layouts.chrome import CHROME
from core.capture.layouts.plain import PLAIN
from core.capture.listing import Listing, Shot
from core.capture.report import Finding, Fix, Severity

_LOOKED_INTO = 3
"""Photographs that are decoded to see whether their 16 bits are real."""
_LOSSY_SUFFIXES = (".jpg", ".jpeg")
_NAMED = 3


def file_findings(listing: Listing, options: ImportOptions) -> list[Finding]:
    """Everything that can be said before masks and cameras are looked at; decodes three photographs."""
    return [*_left_over(listing), *_sizes(listing), *_encoding(listing, options), *_idle(listing, options)]


def _idle(listing: Listing, options: ImportOptions) -> list[Finding]:
    """Choices that mean nothing for this capture."""
    idle: list[str] = []
    if options.raw != RawOptions() and not any(is_raw(shot) for shot in listing.shots):
        idle.append("How RAW files are developed (--raw-curve, --raw-crop) has no effect: there are none.")
    single = len({shot.key.view for shot in listing.shots}) == 1
    if options.ball is not None and not (single and listing.layout in (CHROME.name, PLAIN.name)):
        idle.append("The mirror ball (--ball) has no effect: it is for chrome-ball and plain folders of a single view.")
    return [Finding(severity=Severity.NOTE, topic="Options", file="", text=text) for text in idle]


def name_of(shot: Shot, listing: Listing) -> str:
    """The photograph's name relative to the capture."""
    inside = shot.file.is_relative_to(listing.folder)
    return shot.file.relative_to(listing.folder).as_posix() if inside else shot.file.name


def some_names(names: Sequence[str]) -> str:
    """The first few of ``names``, and how many more there are."""
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


def _left_over(listing: Listing) -> list[Finding]:
    found: list[Finding] = []
    if listing.without_camera:
        names = listing.without_camera
        text = f"{_counted(len(names), 'photograph')} without a camera: {some_names(names)}. {_left(names)} left out."
        found.append(Finding(severity=Severity.LOOK, topic="Cameras", file=names[0], text=text))
    if listing.without_photograph:
        names = listing.without_photograph
        text = f"{_counted(len(names), 'camera')} without a photograph: {some_names(names)}. {_left(names)} left out."
        found.append(Finding(severity=Severity.NOTE, topic="Cameras", file=listing.camera_file, text=text))
    return found


def _left(names: Sequence[str]) -> str:
    return "It is" if len(names) == 1 else "They are"


def _sizes(listing: Listing) -> list[Finding]:
    sizes = Counter((shot.camera.width, shot.camera.height) for shot in listing.shots)
    if len(sizes) < 2:
        return []
    mixed = [view for view, of_view in _sizes_by_view(listing).items() if len(of_view) > 1]
    usual, _ = sizes.most_common(1)[0]
    others = [shot for shot in listing.shots if _size(shot) != usual]
    width, height = _size(others[0])
    text = (
        f"Photographs differ in size: {_counted(len(others), 'photograph')} not {usual[0]} x {usual[1]} pixels as "
        f"most, such as {name_of(others[0], listing)} with {width} x {height}."
    )
    if not mixed:
        advice = "Each view is used at its own size."
        return [_finding(Severity.NOTE, others[0], listing, f"{text} {advice}")]
    unusual = [s for s in listing.shots if s.key.view in mixed and _size(s) != usual]
    odd = unusual or [s for s in listing.shots if s.key.view in mixed]
    advice = f"Those of one view must agree ({some_names([name_of(s, listing) for s in odd])}), or leave the odd out."
    keys = tuple(shot.key for shot in odd)
    fix = Fix(label=f"Leave out {_counted(len(keys), 'photograph')}", action="untick", keys=keys)
    return [_finding(Severity.LOOK, odd[0], listing, f"{text} {advice}", fix)]


def _size(shot: Shot) -> tuple[int, int]:
    return shot.camera.width, shot.camera.height


def _sizes_by_view(listing: Listing) -> dict[int, set[tuple[int, int]]]:
    sizes: dict[int, set[tuple[int, int]]] = {}
    for shot in listing.shots:
        sizes.setdefault(shot.key.view, set()).add(_size(shot))
    return sizes


def _encoding(listing: Listing, options: ImportOptions) -> list[Finding]:
    developed = [shot for shot in listing.shots if not is_raw(shot)]
    eight = [shot for shot in developed if image_depth(shot.file) == "uint8"]
    linear = [shot for shot in developed if encoding_of(shot, listing, options) == "linear"]
    found: list[Finding] = []
    if eight:
        found.append(_eight_bits(eight, listing, options))
    marked = [(shot, curve) for shot in linear if shot not in eight and (curve := declared_curve(shot.file))]
    if marked:
        shot, curve = marked[0]
        text = (
            f"{_counted(len(marked), 'photograph')} taken for linear, but {name_of(shot, listing)} carries {curve}. "
            "If a colour curve was applied, shading and lights come out wrong."
        )
        # Programs put such marks on linear data, too: where the layout lays linear light down, it is worth a word only.
        laid_down = options.encoding or listing.encoding
        severity = Severity.LOOK if laid_down is None else Severity.NOTE
        found.append(_finding(severity, shot, listing, text, _as(options, "srgb")))
    disguised = [s for s in _spread(linear) if s not in eight and is_eight_bits_in_disguise(s.file)]
    if disguised:
        text = (
            f"{name_of(disguised[0], listing)} has 16 bits but holds 8-bit values only, and these are rarely linear. "
            "Export 16 bits from the RAW files, or read them as sRGB if they were made for a screen."
        )
        found.append(_finding(Severity.LOOK, disguised[0], listing, text, _as(options, "srgb")))
    return found


def _eight_bits(eight: list[Shot], listing: Listing, options: ImportOptions) -> Finding:
    lossy = any(shot.file.suffix.lower() in _LOSSY_SUFFIXES for shot in eight)
    kind = "JPEG" if lossy else "8-bit"
    count = _counted(len(eight), f"{kind} photograph")
    if encoding_of(eight[0], listing, options) == "linear":
        text = (
            f"{count} taken for linear light. Such files are nearly always sRGB; read as linear, "
            "shading and lights come out wrong."
        )
        return _finding(Severity.LOOK, eight[0], listing, text, _as(options, "srgb"))
    text = (
        f"{count} taken for sRGB and made linear, as such files nearly always are; shadows are coarse. There is "
        "nothing to do, unless the files are known to be linear (then --encoding linear)."
    )
    # Only a layout whose files are linear speaks for it: of ordinary files it would spoil the colours.
    fixes = (_as(options, "linear"),) if listing.encoding == "linear" else ()
    return _finding(Severity.NOTE, eight[0], listing, text, *fixes)


def _as(options: ImportOptions, encoding: Encoding) -> Fix:
    label = "Read them as sRGB" if encoding == "srgb" else "Read them as linear"
    chosen = replace(options, encoding=encoding)
    return Fix(label=label, action="options", options=chosen, argument=f"--encoding {encoding}")


def _spread(shots: Sequence[Shot]) -> Iterable[Shot]:
    """The first, the middle and the last."""
    step = max(1, (len(shots) - 1) // max(1, _LOOKED_INTO - 1))
    return shots[::step][:_LOOKED_INTO]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _finding(severity: Severity, shot: Shot, listing: Listing, text: str, *fixes: Fix) -> Finding:
    return Finding(
        severity=severity,
        topic="Photographs",
        file=name_of(shot, listing),
        text=text,
        fixes=fixes,
        view=shot.key.view,
    )
