"""NumPy files: what NumPy writes comes back; what is damaged or hostile is one sentence, and nothing is unpickled."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.archives import array_of, read_entries, read_npy, read_npz
from core.errors import CaptureError

MB = 1_000_000


def npy(header: str, values: bytes = b"", version: int = 1) -> bytes:
    """A ``.npy`` file by hand."""
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + values


def archive(file: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(f"{name}.npy", content)
    return file


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i4", "u1", "?", "<f2"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0, 4)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_writes_comes_back(tmp_path: Path, dtype: str, shape: tuple[int, ...], order: Any) -> None:
    values = np.asarray(np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape), dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "b.npz", one=values, two=values + values)
    np.savez_compressed(tmp_path / "c.npz", one=values)
    for read in (
        read_npy(tmp_path / "a.npy", max_bytes=MB),
        read_npz(tmp_path / "b.npz", max_bytes=MB)["one"],
        read_npz(tmp_path / "c.npz", max_bytes=MB)["one"],
    ):
        assert read.dtype == values.dtype
        np.testing.assert_array_equal(read, values)


def test_second_version_of_the_format(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.arange(5.0), version=(2, 0))
    (tmp_path / "a.npy").write_bytes(buffer.getvalue())
    np.testing.assert_array_equal(read_npy(tmp_path / "a.npy", max_bytes=MB), np.arange(5.0))


def test_only_wanted_entries_are_opened(tmp_path: Path) -> None:
    file = archive(
        tmp_path / "a.npz", good=npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", b"\7\0\0\0")
    )
    with zipfile.ZipFile(file, "a") as target:
        target.writestr("bad.npy", b"nonsense")
    assert read_npz(file, max_bytes=MB, wanted=lambda name: name == "good")["good"].tolist() == [7]
    with pytest.raises(CaptureError, match=r"a\.npz: bad"):
        read_npz(file, max_bytes=MB)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        npy(""),
        npy("__import__('os').system('true')"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999999, 99999999), }", b"\0" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "0, " * 99 + "), }"),
        npy("{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }", b"\0" * 3),
        npy("{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8),
        npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 8),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n(S'true'\ntR."),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8, version=3),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8)[:20],
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }" + " " * 5000, b"\0" * 8),
    ],
)
def test_damaged_arrays(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(CaptureError, match=r"a\.npy"):
        read_npy(tmp_path / "a.npy", max_bytes=MB)
    with pytest.raises(CaptureError, match=r"b\.npz: entry"):
        read_npz(archive(tmp_path / "b.npz", entry=content), max_bytes=MB)


def test_objects_stay_bytes(tmp_path: Path) -> None:
    objects = np.empty(1, dtype=object)
    objects[0] = {"a": 1}
    np.savez(tmp_path / "a.npz", objects=objects)
    entry = read_entries(tmp_path / "a.npz", max_bytes=MB)["objects"]
    assert (entry.kind, entry.dtype, entry.shape) == ("O", None, (1,))
    with pytest.raises(CaptureError, match="Python objects"):
        array_of(entry)


def test_archives_too_large(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", zeros=np.zeros(MB))
    with pytest.raises(CaptureError, match=r"a\.npz would need 8 MB"):
        read_npz(tmp_path / "a.npz", max_bytes=4 * MB)
    np.save(tmp_path / "a.npy", np.zeros(MB))
    with pytest.raises(CaptureError, match=r"a\.npy has 8 MB"):
        read_npy(tmp_path / "a.npy", max_bytes=4 * MB)


def test_a_directory_that_lies(tmp_path: Path) -> None:
    """An entry that claims 1 TB in a handful of bytes is refused before anything is allocated."""
    file = archive(
        tmp_path / "a.npz", zeros=npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8)
    )
    content = bytearray(file.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = b"\xfe\xff\xff\xff"
    file.write_bytes(content)
    with pytest.raises(CaptureError, match=r"a\.npz: zeros claims a size"):
        read_npz(file, max_bytes=10**13)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"hello" * 100])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(CaptureError, match=r"a\.npz is damaged"):
        read_npz(tmp_path / "a.npz", max_bytes=MB)


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"a\.npz is missing"):
        read_npz(tmp_path / "a.npz", max_bytes=MB)
    with pytest.raises(CaptureError, match=r"a\.npy is missing"):
        read_npy(tmp_path / "a.npy", max_bytes=MB)


def test_seeded_damage_never_escapes(tmp_path: Path) -> None:
    """Flipped and cut bytes end in arrays or in a sentence that names the file."""
    np.savez(tmp_path / "a.npz", world_mat_0=np.eye(4), scale_mat_0=np.eye(4))
    whole = (tmp_path / "a.npz").read_bytes()
    random = np.random.default_rng(3)
    file = tmp_path / "b.npz"
    for _ in range(300):
        content = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            content[place] = random.integers(0, 256)
        file.write_bytes(content[: random.integers(1, len(whole) + 200)])
        try:
            read_npz(file, max_bytes=MB)
        except CaptureError as error:
            assert "b.npz" in str(error)  # noqa: PT017 - either ending is good
