"""A ball under two lights seen by four cameras, written in every layout from the formats' descriptions alone.

Nothing of Chiaro's readers or writers is used here but the plain image writers, so that a reader that misunderstands
a format is caught: the cameras it reads would no longer agree with the masks.
"""

from collections.abc import Callable
from pathlib import Path

from tests.core.capture import tiny_photometric, tiny_posed, tiny_reconstructed

WRITERS: dict[str, Callable[[Path], None]] = {
    "MVSCPS": tiny_photometric.mvscps,
    "MVSCPS as released": tiny_photometric.mvscps_released,
    "DiLiGenT-MV": tiny_photometric.diligent_mv,
    "DiLiGenT": tiny_photometric.diligent,
    "RTI light list": tiny_photometric.light_list,
    "chrome sphere": tiny_photometric.chrome_ball,
    "PS-NeRF": tiny_photometric.ps_nerf,
    "IDR": tiny_posed.idr,
    "NeuS": tiny_posed.neus,
    "PoRF": tiny_posed.porf,
    "RNb-NeuS": tiny_posed.rnb_neus,
    "SuperNormal": tiny_posed.supernormal,
    "Middlebury": tiny_posed.middlebury,
    "NeRF": tiny_posed.nerf_synthetic,
    "instant-ngp": tiny_posed.instant_ngp,
    "LLFF": tiny_posed.llff,
    "COLMAP text": tiny_reconstructed.colmap_text,
    "COLMAP binary": tiny_reconstructed.colmap_binary,
    "Metashape": tiny_reconstructed.metashape,
    "Meshroom": tiny_reconstructed.meshroom,
    "plain folders": tiny_reconstructed.plain_folders,
    "plain table": tiny_reconstructed.plain_table,
}
SINGLE_VIEW = ("DiLiGenT", "RTI light list", "chrome sphere")
WITHOUT_MASKS = ("PoRF",)
