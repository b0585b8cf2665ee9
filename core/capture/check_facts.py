"""What a capture is, in a few words each: the head of the report."""

from collections import Counter

from core.capture.capture import Capture
from core.capture.decode import encoding_of, is_raw
from core.capture.images import image_depth
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.listing import Listing
from core.capture.sphere import sphere_of
from core.errors import CaptureError

_DEPTHS = {"uint8": "8 bits", "uint16": "16 bits", "float": "floating point"}
_CURVES = {"linear": "linear", "srgb": "sRGB, made linear"}


def facts(listing: Listing, options: ImportOptions, capture: Capture | None) -> tuple[tuple[str, str], ...]:
    """(what, value) pairs."""
    rows = [
        ("Layout", listing.layout),
        ("Photographs", _counts(listing)),
        ("Size", _sizes(listing)),
        ("Light values", _values(listing, options)),
        ("Cameras", _cameras(listing)),
        ("Masks", _masks(listing, options)),
        ("Sphere", _sphere(listing, options, capture)),
        ("Up", options.up or listing.up or "not known"),
        ("Ground truth", _truth(capture)),
        *(("Assumed", sentence) for sentence in listing.assumptions),
    ]
    return tuple((what, value) for what, value in rows if value)


def _counts(listing: Listing) -> str:
    views = len({shot.key.view for shot in listing.shots})
    lights = len({shot.key.light for shot in listing.shots})
    return f"{len(listing.shots)}: {views} view{_s(views)}, {lights} light{_s(lights)}"


def _sizes(listing: Listing) -> str:
    sizes = Counter((shot.camera.width, shot.camera.height) for shot in listing.shots)
    (width, height), _ = sizes.most_common(1)[0]
    more = f" and {len(sizes) - 1} other size{_s(len(sizes) - 1)}" if len(sizes) > 1 else ""
    return f"{width} x {height} pixels{more}"


def _values(listing: Listing, options: ImportOptions) -> str:
    try:
        kinds = Counter(
            "RAW, developed as linear light"
            if is_raw(shot)
            else f"{_DEPTHS[image_depth(shot.file)]}, {_CURVES[encoding_of(shot, listing, options)]}"
            for shot in listing.shots
        )
    except CaptureError:
        return ""
    return "; ".join(kind if len(kinds) == 1 else f"{kind} ({count})" for kind, count in kinds.most_common())


def _cameras(listing: Listing) -> str:
    lenses = {shot.lens.model for shot in listing.shots if shot.lens is not None}
    parts = [listing.camera_file or "assumed"]
    if lenses:
        parts.append(f"undistorted from {', '.join(sorted(lenses))}")
    if listing.camera_choices:
        parts.append(f"also there: {', '.join(listing.camera_choices)}")
    return "; ".join(parts)


def _masks(listing: Listing, options: ImportOptions) -> str:
    filled = ", holes closed" if options.fill_holes else ""
    match options.masks:
        case MaskChoice.ALPHA:
            return f"alpha channel{filled}"
        case MaskChoice.THRESHOLD:
            level = "level found by itself" if options.threshold is None else f"level {options.threshold:g}"
            return f"brightness, {level}{filled}"
        case MaskChoice.NONE:
            return "none: all inside the sphere"
        case MaskChoice.FILES:
            count = len(listing.masks)
            if listing.mask_is_alpha and count == 0:
                return f"alpha channel{filled}"
            return f"files for {count} view{_s(count)}{filled}" if count else "no files"


def _sphere(listing: Listing, options: ImportOptions, capture: Capture | None) -> str:
    if options.sphere is not None:
        return "placed by you"
    if listing.file_frame is not None:
        return "as the files declare it"
    if sphere_of(listing, options) is not None:
        return "around the sparse points"
    return "found from the masks" if capture is not None and capture.masked else "not known"


def _truth(capture: Capture | None) -> str:
    if capture is None:
        return ""
    truth = capture.truth
    known = [
        ("normals", bool(truth.normals_gl)),
        ("light directions", truth.knows_directions),
        ("light intensities", truth.light_intensities is not None),
        ("mesh", truth.mesh is not None),
    ]
    return ", ".join(name for name, there in known if there)


def _s(count: int) -> str:
    return "" if count == 1 else "s"
