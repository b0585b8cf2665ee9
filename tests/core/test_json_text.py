"""JSON that every reader takes."""

import json
import math

from core.json_text import json_text


def test_values_survive_and_numbers_that_are_none_become_null() -> None:
    content = {
        "text": "Größe",
        "table": [{"a": 1.5, "b": math.nan}, {"a": math.inf, "b": [1, -math.inf]}],
        "nested": {"list": [], "none": None, "pair": (1, 2)},
    }
    assert json.loads(json_text(content)) == {
        "text": "Größe",
        "table": [{"a": 1.5, "b": None}, {"a": None, "b": [1, None]}],
        "nested": {"list": [], "none": None, "pair": [1, 2]},
    }
    assert json.loads(json_text({})) == {}


def test_tables_have_a_line_an_entry() -> None:
    text = json_text({"steps": 3, "metrics": [{"step": 1}, {"step": 2}, {"step": 3}]})
    assert text.count("\n") == 8
