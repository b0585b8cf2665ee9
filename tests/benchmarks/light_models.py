"""Captures whose lights are near, shine in beams, stand in the room or vary: with the light model off and on."""

from core.capture.case_names import CaseName
from core.fit.choices import FitChoices
from core.scene.light_model import LightModel
from tests.benchmarks.cases import Job, case_folder, measured, shown

MODELS: dict[CaseName, LightModel] = {
    "near": LightModel(near=True),
    "beam": LightModel(near=True, falloff=True),
    "world": LightModel(fixed_to="world"),
    "exposure": LightModel(exposure=True),
}
ERRORS = ("normal_mae_deg", "light_mae_deg")
OWN: dict[CaseName, str] = {
    "near": "position_error_percent",
    "beam": "position_error_percent",
    "exposure": "exposure_error_stops",
}
"""What can only be measured with the model on."""
STEPS = 800


def measure_light_models() -> dict[str, float]:
    """Errors with plain directions and with the model that fits the capture."""
    found: dict[str, float] = {}
    for case, model in MODELS.items():
        for state, lights in (("off", LightModel()), ("on", model)):
            choices = FitChoices(lights=lights)
            errors = measured(Job(capture=str(case_folder(case)), choices=choices, steps=STEPS))
            shown(f"{case}, {state}", errors)
            found |= {f"light_models.{case}.{state}.{error}": errors[error] for error in ERRORS}
        if case in OWN:
            found[f"light_models.{case}.on.{OWN[case]}"] = errors[OWN[case]]
    return found
