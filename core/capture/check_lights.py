"""Findings about what was photographed: views, lights, exposure, photographs that are there twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.capture.capture import Capture, Photograph, full_range
from core.capture.checks import DARK_LEVEL, SATURATED_PART, Exposure, exposure_of
from core.capture.duplicates import Pair
from core.capture.report import Finding, Fix, Severity
from core.types import ImageKey, Progress

FEW_LIGHTS = 4
"""Fewer lights a view leave shape and material ambiguous, unless there are many views."""
_MANY_SHOTS = 40
"""So many photographs, each under its own light, are as good as several lights a view."""
_FEW_VIEWS = 6
_NAMED = 4
_DARKEST = 0.01
"""Pixels under this part of the full range are counted as under-exposed."""
_DARK_PART = 0.5
_EVERY = 5
"""One pixel in so many is enough to tell how dark a photograph is."""


def set_findings(keys: Sequence[ImageKey]) -> list[Finding]:
    """Too few views, too few lights a view, lights seen once."""
    views = sorted({key.view for key in keys})
    if len(views) == 1:
        text = "All photographs show one view; training needs at least two. It can be looked at and converted as it is."
        return [Finding(severity=Severity.MUST_FIX, topic="Views", file="", text=text, view=views[0])]
    found: list[Finding] = []
    if len(views) < _FEW_VIEWS:
        text = f"There are {len(views)} views only. Sides that none shows are guessed; six or more around are better."
        found.append(Finding(severity=Severity.LOOK, topic="Views", file="", text=text))
    return [*found, *_few_lights(keys), *_seen_once(keys)]


def _few_lights(keys: Sequence[ImageKey]) -> list[Finding]:
    lights: dict[int, set[int]] = defaultdict(set)
    for key in keys:
        lights[key.view].add(key.light)
    typical = int(np.median([len(of_view) for of_view in lights.values()]))
    if typical < FEW_LIGHTS:
        if len(keys) >= _MANY_SHOTS:
            return []
        text = (
            f"Each view is seen under {typical} light{'' if typical == 1 else 's'}, {len(keys)} photographs in all. "
            f"Shape and material need more: {FEW_LIGHTS} or more lights a view, or {_MANY_SHOTS} photographs or more."
        )
        return [Finding(severity=Severity.LOOK, topic="Lights", file="", text=text)]
    poor = sorted(view for view, of_view in lights.items() if len(of_view) < min(FEW_LIGHTS, typical))
    if not poor:
        return []
    text = f"{_views(poor)} seen under fewer than {FEW_LIGHTS} lights, the others under about {typical}."
    return [Finding(severity=Severity.LOOK, topic="Lights", file="", text=text, view=poor[0])]


def _seen_once(keys: Sequence[ImageKey]) -> list[Finding]:
    count = Counter(key.light for key in keys)
    single = sorted(light for light, images in count.items() if images == 1)
    if not single or max(count.values()) == 1:
        return []
    names = ", ".join(f"L{light:02d}" for light in single[:_NAMED])
    more = f" and {len(single) - _NAMED} more" if len(single) > _NAMED else ""
    of_single = tuple(key for key in keys if key.light in single)
    text = f"Lights with a single photograph: {names}{more}. Their direction rests on that one alone."
    fix = Fix(label=f"Leave out {len(of_single)} photographs", action="untick", keys=of_single)
    return [Finding(severity=Severity.NOTE, topic="Lights", file="", text=text, fixes=(fix,))]


def exposures(capture: Capture, progress: Progress) -> dict[ImageKey, Exposure]:
    """How each photograph uses its range. Raises Cancelled when ``progress`` does."""
    found: dict[ImageKey, Exposure] = {}
    for image, key in enumerate(capture.keys):
        progress(f"Measuring photograph {key.name}", image / len(capture.keys))
        found[key] = exposure_of(capture.object_pixels(image))
    return found


def exposure_findings(found: Mapping[ImageKey, Exposure]) -> list[Finding]:
    """Saturated and almost black photographs, and how much of the object that is."""
    saturated = {key: e.saturated for key, e in found.items() if e.saturated > SATURATED_PART}
    dark = {key: e.bright_level for key, e in found.items() if e.bright_level < DARK_LEVEL}
    findings: list[Finding] = []
    if saturated:
        worst = max(saturated, key=lambda key: saturated[key])
        mean = float(np.mean([e.saturated for e in found.values()]))
        text = (
            f"{_photographs(len(saturated), len(found))} saturated on more than {SATURATED_PART:.0%} of the object, "
            f"{worst.name} on {saturated[worst]:.1%}; {mean:.1%} of all pixels. Highlights lose their shape; expose "
            "shorter."
        )
        findings.append(_about(Severity.LOOK, worst, text, saturated, of=len(found)))
    if dark:
        worst = min(dark, key=lambda key: dark[key])
        text = (
            f"{_photographs(len(dark), len(found))} almost black, under {DARK_LEVEL:.1%} of the range, {worst.name} "
            f"most of all. They hold little but noise; leave them out or expose longer."
        )
        findings.append(_about(Severity.LOOK, worst, text, dark, of=len(found)))
    return findings


def under_exposed_findings(capture: Capture) -> list[Finding]:
    """How much of the object is hardly exposed at all: darker than a hundredth of the range in every channel."""
    parts = [_dark_part(capture.object_pixels(image)[::_EVERY]) for image in range(len(capture.keys))]
    mean = float(np.mean(parts))
    if mean < _DARK_PART:
        return []
    text = (
        f"{mean:.0%} of the object's pixels are under-exposed, darker than {_DARKEST:.0%} of the range. "
        "What no light reaches is dark, but this much means noise; expose longer."
    )
    darkest = capture.keys[int(np.argmax(parts))]
    return [Finding(severity=Severity.NOTE, topic="Photographs", file=darkest.name, text=text, view=darkest.view)]


def _dark_part(pixels: Photograph) -> float:
    return float(np.mean(pixels.max(axis=1) < _DARKEST * full_range(pixels)))


def repeated_findings(same_bytes: Sequence[Pair], same_light: Sequence[Pair]) -> list[Finding]:
    """Photographs that are there twice."""
    findings: list[Finding] = []
    if same_bytes:
        text = f"{_pairs(same_bytes)} the same file. One of them has the wrong name or is a copy."
        findings.append(_about(Severity.LOOK, same_bytes[0].second, text, [pair.second for pair in same_bytes]))
    if same_light:
        text = (
            f"{_pairs(same_light)} alike but for noise, under two light ids (difference "
            f"{same_light[0].difference:.1%}). If the light did not change, they count twice."
        )
        findings.append(_about(Severity.LOOK, same_light[0].second, text, [pair.second for pair in same_light]))
    return findings


def _pairs(pairs: Sequence[Pair]) -> str:
    more = "" if len(pairs) == 1 else f" (and {len(pairs) - 1} more pairs)"
    return f"{pairs[0].first.name} and {pairs[0].second.name}{more} are"


def _about(
    severity: Severity, worst: ImageKey, text: str, keys: Iterable[ImageKey], *, of: int | None = None
) -> Finding:
    """``of``: how many photographs there are; leaving out most of them is not offered."""
    unticked = tuple(sorted(keys))
    label = f"Leave out {unticked[0].name}" if len(unticked) == 1 else f"Leave out {len(unticked)} photographs"
    fix = Fix(label=label, action="untick", keys=unticked)
    fixes = () if of is not None and 2 * len(unticked) > of else (fix,)
    return Finding(severity=severity, topic="Photographs", file=worst.name, text=text, fixes=fixes, view=worst.view)


def _photographs(part: int, whole: int) -> str:
    return f"{part} of {whole} photographs {'is' if part == 1 else 'are'}"


def _views(views: Sequence[int]) -> str:
    names = ", ".join(f"V{view:02d}" for view in views[:_NAMED])
    more = f" and {len(views) - _NAMED} more" if len(views) > _NAMED else ""
    return f"View {names} is" if len(views) == 1 else f"Views {names}{more} are"
