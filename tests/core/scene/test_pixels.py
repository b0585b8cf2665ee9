"""Drawing pixels: every drawn colour is the photograph's at the drawn ray, from memory and from a mapped file alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.capture.mapped import KeptView, MappedPhotographs
from core.capture.rim import kept_pixels
from core.scene.frame import SceneFrame, scene_frame
from core.scene.pixels import PixelPool

CPU = torch.device("cpu")


def mapped(capture: Capture) -> Capture:
    views = {view: KeptView(mask=mask, kept=kept_pixels(mask)) for view, mask in capture.masks.items()}
    view_of_image = [key.view for key in capture.keys]
    rows = [capture.photographs[i][views[view].kept] for i, view in enumerate(view_of_image)]
    table = np.concatenate(rows)
    return replace(capture, photographs=MappedPhotographs(table, views=views, view_of_image=view_of_image))


@pytest.fixture
def frame(tiny_capture: Capture) -> SceneFrame:
    return scene_frame(tiny_capture)


def test_a_mapped_capture_draws_the_same_batches(tiny_capture: Capture, frame: SceneFrame) -> None:
    pools = [PixelPool(capture, frame, device=CPU) for capture in (tiny_capture, mapped(tiny_capture))]
    for pool in pools:
        pool.include([0, 1, 3, 5, 6, 9])
    first, second = (pool.draw(300, 100, 3, torch.Generator().manual_seed(4)) for pool in pools)
    assert pools[0].exposure == pools[1].exposure
    for name in ("origins", "directions", "images", "lights", "valid"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name
    assert torch.equal(first.colours[first.valid], second.colours[second.valid])


def test_drawn_colours_are_the_photographs(tiny_capture: Capture, frame: SceneFrame) -> None:
    pool = PixelPool(mapped(tiny_capture), frame, device=CPU)
    batch = pool.draw(400, 50, 2, torch.Generator().manual_seed(0))
    camera_of = tiny_capture.cameras
    for ray in range(0, 400, 7):
        for slot in range(2):
            image = int(batch.images[ray, slot])
            camera = camera_of[image]
            direction = batch.directions[ray].double().numpy() @ camera.rotation
            u, v, _ = camera.intrinsics @ (direction / direction[2])
            expected = tiny_capture.linear(image)[round(v), round(u)] * pool.exposure
            np.testing.assert_allclose(batch.colours[ray, slot].numpy(), expected, rtol=1e-5)


def test_rays_beside_miss_the_masks(tiny_capture: Capture, frame: SceneFrame) -> None:
    pool = PixelPool(tiny_capture, frame, device=CPU)
    batch = pool.draw(10, 200, 2, torch.Generator().manual_seed(0))
    beside = batch.directions[10:].double().numpy()
    origins = batch.origins[10:].double().numpy()
    groups = tiny_capture.pose_groups()
    centres = np.stack([frame.scene_from_world(group.camera.centre) for group in groups])
    for origin, direction in zip(origins, beside, strict=True):
        group = groups[int(np.argmin(np.linalg.norm(centres - origin, axis=1)))]
        in_camera = direction @ group.camera.rotation
        u, v, _ = group.camera.intrinsics @ (in_camera / in_camera[2])
        assert not tiny_capture.masks[group.view][round(v), round(u)]


def test_without_masks_nothing_is_known_to_be_beside(tiny_capture: Capture, frame: SceneFrame) -> None:
    pool = PixelPool(replace(tiny_capture, masked=False), frame, device=CPU)
    batch = pool.draw(64, 32, 2, torch.Generator().manual_seed(0))
    assert len(batch.directions) == len(batch.colours) == 64


def test_a_mapped_photograph_is_black_beyond_its_rim(tiny_capture: Capture) -> None:
    small = mapped(tiny_capture)
    for image, key in enumerate(tiny_capture.keys):
        kept = kept_pixels(tiny_capture.masks[key.view])
        assert np.array_equal(small.photographs[image][kept], tiny_capture.photographs[image][kept])
        assert not small.photographs[image][~kept].any()
        assert np.array_equal(small.object_pixels(image), tiny_capture.object_pixels(image))
    assert len(small.photographs[2:4]) == 2
    assert np.array_equal(small.photographs[-1], small.photographs[len(tiny_capture.keys) - 1])


def test_pixels_at_the_masks_edge_are_told_apart(tiny_capture: Capture) -> None:
    pool = PixelPool(tiny_capture, scene_frame(tiny_capture), device=torch.device("cpu"))
    image = 0
    mask = tiny_capture.masks[tiny_capture.keys[image].view]
    batch = pool.of_image(image, int(mask.sum()))
    rows, columns = np.nonzero(mask)
    padded = np.pad(mask, 1, constant_values=True)
    whole = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    assert batch.edge.numpy().tolist() == (~whole[rows, columns]).tolist()
    assert 0 < int(batch.edge.sum()) < len(batch.edge) / 2


def test_rays_clear_of_the_object_pass_no_mask_pixel_next_to_them(tiny_capture: Capture, frame: SceneFrame) -> None:
    batch = PixelPool(tiny_capture, frame, device=CPU).draw(1, 400, 1, torch.Generator().manual_seed(5))
    beside = len(batch.colours)
    close = 0
    for ray, clear in enumerate(batch.clear.tolist(), start=beside):
        origin = batch.origins[ray].double().numpy()
        places = [np.abs(frame.scene_from_world(camera.centre) - origin).max() for camera in tiny_capture.cameras]
        image = int(np.argmin(places))
        camera = tiny_capture.cameras[image]
        pixel = camera.intrinsics @ camera.rotation.T @ batch.directions[ray].double().numpy()
        column, row = (round(float(value)) for value in pixel[:2] / pixel[2])
        mask = np.pad(tiny_capture.masks[tiny_capture.keys[image].view], 1)
        assert not mask[row + 1, column + 1]
        neighbours = mask[[row, row + 2, row + 1, row + 1], [column + 1, column + 1, column, column + 2]]
        assert clear == (not neighbours.any())
        close += not clear
    assert 10 < close < 200


def test_brightness_is_told_as_the_mean_and_as_what_most_pixels_are(tiny_capture: Capture, frame: SceneFrame) -> None:
    inside = [
        tiny_capture.linear(image)[tiny_capture.masks[key.view]].mean(1) for image, key in enumerate(tiny_capture.keys)
    ]
    values = np.concatenate(inside)
    for capture in (tiny_capture, mapped(tiny_capture)):
        pool = PixelPool(capture, frame, device=CPU)
        assert pool.exposure == pytest.approx(0.25 / values.mean(), rel=1e-4)
        assert pool.evenness == pytest.approx(np.median(values) / values.mean(), rel=1e-3)
