"""Matches between photographs: what PoRF pickles is found without unpickling, and nothing in a pickle ever runs."""

import io
import os
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.colmap_matches import Matches, matches_of, read_matches, write_matches
from core.capture.pickled_arrays import arrays_in_pickle
from core.errors import CaptureError
from core.types import DoubleArray


def some_points(*counts: int, dtype: str = "f8") -> list[Any]:
    random = np.random.default_rng(sum(counts))
    return [random.uniform(0.5, 99.5, (count, 4)).astype(dtype) for count in counts]


def objects(parts: list[Any]) -> Any:
    array = np.empty(len(parts), dtype=object)
    for number, part in enumerate(parts):
        array[number] = part
    return array


def save(file: Path, match: Any, sources: Any) -> Path:
    np.savez(file, src_idx=sources, match=match)
    return file


def with_pickle(file: Path, pickled: bytes, shape: tuple[int, ...] = (1,), sources: Any = (3,)) -> Path:
    """A match file with a pickle of one's own."""
    header = f"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + pickled
    np.savez(file, src_idx=np.array(sources))
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("match.npy", content)
    return file


@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8", "i4", "u2", "f2"])
def test_what_numpy_writes_is_read(tmp_path: Path, dtype: str) -> None:
    parts = some_points(5, 1, 7, dtype=dtype)
    matches = read_matches(save(tmp_path / "a.npz", objects(parts), [4, 0, 2]))
    assert matches.sources.tolist() == [4, 0, 2]
    for read, part in zip(matches.points, parts, strict=True):
        np.testing.assert_array_equal(read, part.astype(np.float64) - 0.5)  # centres of pixels at integers


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("module", ["numpy._core.multiarray", "numpy.core.multiarray"])
def test_every_protocol_and_both_names(tmp_path: Path, protocol: int, module: str) -> None:
    parts = [np.asfortranarray(part) for part in some_points(3, 2)]
    pickled = pickle.dumps(objects(parts), protocol=protocol)
    if module == "numpy.core.multiarray":
        pickled = renamed(pickled, protocol)
    file = with_pickle(tmp_path / "a.npz", pickled, (2,), (1, 2))
    for read, part in zip(read_matches(file).points, parts, strict=True):
        np.testing.assert_array_equal(read, part - 0.5)


def renamed(pickled: bytes, protocol: int) -> bytes:
    """The same pickle as written by NumPy 1, whose module had another name."""
    if protocol < 4:
        return pickled.replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray")
    old = b"\x8c\x16numpy._core.multiarray"
    assert old in pickled
    frame = pickled.index(b"\x95") + 1
    size = int.from_bytes(pickled[frame : frame + 8], "little") - 1
    shorter = pickled.replace(old, b"\x8c\x15numpy.core.multiarray")
    return shorter[:frame] + size.to_bytes(8, "little") + shorter[frame + 8 :]


def test_equal_counts_are_taken_apart_by_numpy(tmp_path: Path) -> None:
    """Arrays of one length become a block: of objects when asked for, of numbers in older NumPy."""
    parts = some_points(3, 3)
    for number, match in enumerate((np.array(parts, dtype=object), np.array(parts))):
        matches = read_matches(save(tmp_path / f"{number}.npz", match, [1, 2]))
        np.testing.assert_allclose(np.array(matches.points), np.array(parts) - 0.5)


def test_no_matches(tmp_path: Path) -> None:
    matches = read_matches(save(tmp_path / "a.npz", objects([np.zeros((0, 4)), *some_points(2)]), [1, 2]))
    assert [len(part) for part in matches.points] == [0, 2]
    nothing = read_matches(save(tmp_path / "b.npz", objects([]), np.zeros(0)))
    assert (len(nothing.sources), nothing.points) == (0, ())


def test_written_without_pickle_and_read_again(tmp_path: Path) -> None:
    points: tuple[DoubleArray, ...] = tuple(some_points(4, 0, 2))
    write_matches(tmp_path / "a.npz", Matches(sources=np.array([5, 1, 3]), points=points))
    read = read_matches(tmp_path / "a.npz")
    assert read.sources.tolist() == [5, 1, 3]
    for one, other in zip(read.points, points, strict=True):
        np.testing.assert_allclose(one, other, rtol=0.0, atol=1e-12)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as content:
        assert {name: content[name].dtype.kind for name in content.files} == {
            "src_idx": "i",
            "counts": "i",
            "points": "f",
        }


def test_a_folder_of_matches(tmp_path: Path) -> None:
    assert matches_of(tmp_path) == {}
    (tmp_path / "colmap_matches").mkdir()
    for number in (0, 12):
        save(tmp_path / "colmap_matches" / f"{number:06d}.npz", objects(some_points(2)), [1])
    (tmp_path / "colmap_matches" / "notes.npz").write_bytes(b"")
    assert set(matches_of(tmp_path)) == {0, 12}


class Trap:
    """Unpickling one makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.file),)


def test_nothing_runs(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    trapped = objects([Trap(trap)])
    for protocol in range(6):
        pickled = pickle.dumps(trapped, protocol=protocol)
        with pytest.raises(CaptureError, match=r"a\d\.npz: match"):
            read_matches(with_pickle(tmp_path / f"a{protocol}.npz", pickled))
    assert not trap.exists()
    pickle.loads(pickle.dumps(trapped))
    assert trap.exists()  # the trap would have worked


DEEP = b"\x80\x04)" + b"\x85" * 500_000
WIDE = b"\x80\x04)\x94" + b"".join(b"h%ch%c\x86\x94" % (n, n) for n in range(60))


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b".",
        b"\x80\x04.",
        b"\x80\x04N.",
        b"\x80\x04K\x01.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x04cnumpy\nndarray\n.",
        b"\x80\x04cnumpy\nload\n.",
        b"\x80\x04(cnumpy\ndtype\n)R.",
        b"\x80\x04t.",
        b"\x80\x04(N\x85.",
        b"\x80\x04Nh\x05.",
        b"\x80\x04]Na.",
        b"\x80\x04NNb.",
        b"\x80\x04\x82\x01.",
        b"\x80\x04Q.",
        b"I" + b"9" * 100_000 + b"\n.",
        DEEP + b".",
        DEEP + DEEP[2:] + b"\x93.",
        b"\x80\x04cnumpy\ndtype\n\x8c\x02f8\x85RN" + DEEP[2:] + b"\x86b.",
        WIDE + b"\x8c\x01a\x93.",
        b"\x80\x04cnumpy\ndtype\n\x8c\x02f8\x85RN" + WIDE[2:] + b"\x86b.",
    ],
)
def test_pickles_of_something_else(tmp_path: Path, pickled: bytes) -> None:
    with pytest.raises(CaptureError, match=r"a\.npz: match"):
        read_matches(with_pickle(tmp_path / "a.npz", pickled))


def test_arrays_of_something_else(tmp_path: Path) -> None:
    for number, part in enumerate(
        (
            "text",
            b"bytes",
            None,
            3.0,
            [1.0],
            np.array(["a"]),
            np.array([None]),
            np.zeros((2, 3)),
            np.full((2, 4), np.nan),
        )
    ):
        file = save(tmp_path / f"{number}.npz", objects([part]), [1])
        with pytest.raises(CaptureError, match=rf"{number}\.npz"):
            read_matches(file)


def test_one_array_repeated_is_not_many(tmp_path: Path) -> None:
    """A small file that names one array a million times would need gigabytes when written out."""
    match = objects([np.zeros((100_000, 4))] * 200)
    file = save(tmp_path / "a.npz", match, np.arange(200))
    assert file.stat().st_size < 4_000_000
    with pytest.raises(CaptureError, match="claims more than"):
        read_matches(file)


def test_encoded_text_repeated_is_refused() -> None:
    """Every call of an encoder makes bytes; a loop of them is stopped when they outgrow the pickle."""
    text = b"X" + (10_000).to_bytes(4, "little") + b"a" * 10_000 + b"q\x00"
    call = b"c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R0"
    with pytest.raises(CaptureError, match=r"POP|longer inside"):
        arrays_in_pickle(b"\x80\x02" + text + call * 50 + b".", (1,), "it")
    with pytest.raises(CaptureError, match="longer inside"):
        arrays_in_pickle(b"\x80\x02" + text + call.replace(b"R0", b"R") * 50 + b".", (1,), "it")


@pytest.mark.parametrize(
    ("sources", "match"),
    [
        ([0.5], some_points(2)),
        ([-1], some_points(2)),
        ([np.nan], some_points(2)),
        ([1, 2], some_points(2)),
        ([[1]], some_points(2)),
    ],
)
def test_sources_that_fit_nothing(tmp_path: Path, sources: Any, match: list[Any]) -> None:
    with pytest.raises(CaptureError, match="src_idx"):
        read_matches(save(tmp_path / "a.npz", objects(match), sources))


def test_incomplete_files(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", src_idx=[1])
    np.savez(tmp_path / "b.npz", src_idx=[1], counts=[3], points=np.zeros((2, 4)))
    np.savez(tmp_path / "c.npz", src_idx=[1, 2], counts=[3, -1], points=np.zeros((2, 4)))
    for name in "abc":
        with pytest.raises(CaptureError, match=rf"{name}\.npz"):
            read_matches(tmp_path / f"{name}.npz")


def test_seeded_damage_never_escapes() -> None:
    """Flipped and cut bytes of a pickle end in arrays or in one sentence; a pickle of one's own is never opened."""
    buffer = io.BytesIO()
    pickle.dump(objects(some_points(3, 2)), buffer, protocol=4)
    whole = buffer.getvalue()
    assert pickletools.optimize(whole)
    random = np.random.default_rng(11)
    for _ in range(1500):
        content = bytearray(whole)
        for place in random.integers(0, len(whole), random.integers(1, 4)):
            content[place] = random.integers(0, 256)
        cut = bytes(content[: random.integers(1, 2 * len(whole))])
        try:
            arrays = arrays_in_pickle(cut, (2,), "the file")
            assert len(arrays) == 2
        except CaptureError as error:
            assert str(error).startswith("the file")  # noqa: PT017 - either ending is good
