import json
from dataclasses import replace

import pytest

from core.fit.outlier import Outlier, outliers_from_json, outliers_to_json, unfit_words
from core.types import ImageKey

FOUND = tuple(
    Outlier(key=ImageKey(view, 5), weight=0.04, error_ratio=6.0 - view, reason="almost black; did the flash fail?")
    for view in range(5)
)


def test_outliers_come_back_from_a_file() -> None:
    assert outliers_from_json(json.loads(json.dumps(outliers_to_json(FOUND)))) == FOUND


def test_a_sentence_says_how_far_off_and_why() -> None:
    assert FOUND[1].sentence == "Error 5.0 times the usual one: almost black; did the flash fail?"
    lit = replace(FOUND[1], error_ratio=2.8, reason="looks as if lit by light 3; check its light id")
    assert lit.sentence == "Error 2.8 times the usual one: looks as if lit by light 3; check its light id."


def test_reasons_saved_with_a_colon_are_told_with_one_colon_less() -> None:
    saved = replace(FOUND[1], reason="almost black: did the flash fail?")
    assert saved.sentence == FOUND[1].sentence


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ""),
        (1, "1 photograph does not fit: V00L05"),
        (3, "3 photographs do not fit: V00L05, V01L05, V02L05"),
        (5, "5 photographs do not fit: V00L05, V01L05, V02L05, …"),
    ],
)
def test_words_name_the_worst(count: int, words: str) -> None:
    assert unfit_words(FOUND[:count]) == words
