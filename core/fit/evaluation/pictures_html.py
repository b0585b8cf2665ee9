"""Pictures as parts of an HTML page: encoded into the page itself, in sheets with captions and legends."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from core.color import ERROR_COLOURS, error_colours, srgb_from_linear
from core.fit.contact_sheet import bright_exposure, error_limit
from core.fit.evaluation.markup import Markup, element, joined
from core.fit.evaluation.picture_book import ImagePicture, ViewPicture
from core.fit.sphere_map import lit_colours, sphere_colours
from core.types import FloatArray

_QUALITY = 84
_IN_A_ROW = 7
"""Tiles of a view with ground truth; so many are shown a little smaller, so that they stand in one row."""
_DEGREE_LIMITS = (5.0, 10.0, 20.0, 45.0, 90.0)


def picture(display: FloatArray, alt: str) -> Markup:
    """A display-referred picture [height, width, 3] as an image of the page."""
    pixels = np.rint(np.clip(display, 0.0, 1.0) * 255.0).astype(np.uint8)
    encoded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    source = "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")
    return element("img", src=source, alt=alt, width=pixels.shape[1], height=pixels.shape[0])


def image_sheet(pictures: Sequence[ImagePicture]) -> Markup:
    """Photograph, render and error side by side, a row a photograph, with one brightness and one error scale."""
    exposure = bright_exposure([kept.photograph[kept.inside] for kept in pictures])
    limit = error_limit([kept.error[kept.inside] for kept in pictures])
    rows = [_image_row(kept, exposure, limit) for kept in pictures]
    return joined([_legend(f"{limit:g} or more, linear difference"), element("div", *rows, class_="sheet")])


def view_sheet(pictures: Sequence[ViewPicture]) -> Markup:
    """Normals, true normals, their error, the error of renders, albedo, specular colour and roughness, a row a view."""
    scales = _Scales(pictures)
    legends: list[Markup] = []
    if scales.has_degrees:
        legends.append(_legend(f"{scales.degrees:g}° or more, normals"))
    if scales.has_differences:
        legends.append(_legend(f"{scales.difference:g} or more, linear difference, mean over the view's photographs"))
    return joined([*legends, element("div", *(_view_row(kept, scales) for kept in pictures), class_="sheet")])


class _Scales:
    """What all views of a sheet share: brightness, and the errors drawn in the last colour."""

    def __init__(self, pictures: Sequence[ViewPicture]) -> None:
        degrees = [kept.error_deg[kept.inside] for kept in pictures if kept.error_deg is not None]
        differences = [kept.difference[kept.inside] for kept in pictures if kept.difference is not None]
        largest = float(np.percentile(np.concatenate(degrees), 95.0)) if degrees else 0.0
        self.has_degrees, self.has_differences = bool(degrees), bool(differences)
        self.degrees = next((limit for limit in _DEGREE_LIMITS if limit >= largest), _DEGREE_LIMITS[-1])
        self.difference = error_limit(differences)
        # One for both: the albedo of a metal is as dark as it is beside its shine.
        self.colour = bright_exposure([c[kept.inside] for kept in pictures for c in (kept.albedo, kept.specular)])


def sphere_picture(spheres: FloatArray) -> Markup:
    """The material spheres, exposed so that their shine is near white."""
    return picture(sphere_colours(spheres, bright_exposure([lit_colours(spheres)])), "Material spheres")


def _image_row(kept: ImagePicture, exposure: float, limit: float) -> Markup:
    name = kept.figures.name
    tiles = [
        ("Photograph", srgb_from_linear(kept.photograph * exposure)),
        ("Render", srgb_from_linear(kept.render * exposure)),
        ("Error", error_colours(kept.error, limit)),
    ]
    kind = "trained on" if kept.figures.trained else "kept out"
    return _row(f"{name}, {kind}: {kept.figures.psnr_db:.1f} dB, SSIM {kept.figures.ssim:.3f}", tiles, name)


def _view_row(kept: ViewPicture, scales: _Scales) -> Markup:
    grey = np.repeat(kept.roughness[..., None], 3, axis=-1)
    tiles = [("Normals", kept.normals)]
    if kept.true_normals is not None and kept.error_deg is not None:
        tiles += [("Ground truth", kept.true_normals), ("Error", error_colours(kept.error_deg, scales.degrees))]
    if kept.difference is not None:
        tiles.append(("Error of renders", error_colours(kept.difference, scales.difference)))
    tiles += [
        ("Albedo", srgb_from_linear(kept.albedo * scales.colour)),
        ("Specular", srgb_from_linear(kept.specular * scales.colour)),
        ("Roughness", grey),
    ]
    figures = kept.figures
    off = "" if figures.normal_error_deg is None else f": {figures.normal_error_deg:.2f}° off"
    return _row(f"View {figures.view}{off}", tiles, f"V{figures.view:02d}")


def _row(caption: str, tiles: Sequence[tuple[str, FloatArray]], name: str) -> Markup:
    figures = [
        element("div", picture(tile, f"{what} of {name}"), element("span", what), class_="tile") for what, tile in tiles
    ]
    kind = "tiles seven" if len(tiles) == _IN_A_ROW else "tiles"
    return element("figure", element("figcaption", caption), element("div", *figures, class_=kind))


def _legend(text: str) -> Markup:
    bar = np.broadcast_to(ERROR_COLOURS[None], (10, len(ERROR_COLOURS), 3)).astype(np.float32)
    return element("p", "Error: 0 ", picture(bar, "Colours of the error maps"), f" {text}", class_="legend")
