"""Names of a capture's own files in the MVSCPS layout, for reading them and for never writing over them."""

CAMERA_PARAMS = "camera_params.json"
NORMALS = "normal_camera_space_GT"
DIRECTIONS = "light_directions.txt"
DIRECTIONS_WORLD = "light_directions_world.txt"
INTENSITIES = "light_intensities.txt"
MESH = "mesh_Gt.ply"
