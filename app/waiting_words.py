"""What panels without a picture say: what they wait for, as the run stands."""

from app.messages import RunState

_IMAGES: dict[RunState, str] = {
    "empty": "Open a capture to see its photographs here.",
    "loading": "Preparing the training; the pictures come after it…",
    "ready": "Rendering the pictures of the start; press Start to train…",
    "paused": "Rendering the pictures…",
    "finished": "Rendering the pictures…",
    "failed": "Training has failed; press Start to try it again.",
}


def images_wait(state: RunState, step: int) -> str:
    """What the first pictures of a photograph wait for."""
    if state == "running":
        beside = "Rendering the first pictures beside the training…"
        return beside if step else "Training starts; the first pictures follow its first steps…"
    return _IMAGES[state]


def relight_waits(state: RunState, step: int) -> str:
    """What the first relit picture waits for."""
    if step:
        return "Shading the object beside the training…" if state == "running" else "Shading the object…"
    if state == "running":
        return "Training starts; the object is shaded after its first steps…"
    return "Train for a few seconds, then drag the light over the ball."


def scene_waits(state: RunState, step: int) -> str:
    """What the first mesh of the object waits for."""
    if step:
        return "Making the first mesh of the object…"
    if state == "running":
        return "Training starts; the object appears here after its first steps…"
    return "The object appears here within seconds of training."
