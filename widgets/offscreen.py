"""An off-screen VTK window: everything about drawing a scene that does not depend on what is in it."""

from typing import Any

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from widgets.orbit import Pose

Colour = tuple[float, float, float]


class Offscreen:
    """Made, used and closed on one thread."""

    def __init__(self, *, bottom: Colour, top: Colour) -> None:
        """``bottom`` and ``top``: the ground, RGB in [0, 1]."""
        self.plotter: Any = pv.Plotter(off_screen=True, window_size=[640, 480])
        self.plotter.set_background(list(bottom), top=list(top))
        self.plotter.disable_anti_aliasing()
        self._smooth = False
        self._pixels = vtkUnsignedCharArray()

    def picture(self, pose: Pose, *, width: int, height: int, smooth: bool) -> NDArray[np.uint8]:
        """[height, width, 4], top row first. ``smooth`` turns anti-aliasing on, at four times the cost."""
        self._set_smooth(smooth)
        if tuple(self.plotter.window_size) != (width, height):
            self.plotter.window_size = [width, height]
        self._set_eye(pose)
        window = self.plotter.render_window
        window.Render()
        window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)
        return np.ascontiguousarray(vtk_to_numpy(self._pixels).reshape(height, width, 4)[::-1])

    def close(self) -> None:
        """Free VTK's window; nothing may be called after it."""
        self.plotter.close()

    def _set_eye(self, pose: Pose) -> None:
        camera = self.plotter.renderer.GetActiveCamera()
        camera.SetPosition(*pose.position)
        camera.SetFocalPoint(*pose.focal)
        camera.SetViewUp(*pose.up)
        camera.SetViewAngle(pose.view_angle_deg)
        camera.SetWindowCenter(-pose.centre[0], -pose.centre[1])
        self.plotter.renderer.ResetCameraClippingRange()

    def _set_smooth(self, smooth: bool) -> None:
        if smooth == self._smooth:
            return
        self._smooth = smooth
        if smooth:
            self.plotter.enable_anti_aliasing("ssaa")
        else:
            self.plotter.disable_anti_aliasing()
