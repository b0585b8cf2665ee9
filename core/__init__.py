"""The engine: captures, scene, fields, rendering, meshes and the fit. Knows no window."""

__version__ = "0.1.0"
