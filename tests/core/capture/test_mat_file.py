"""MATLAB files: as another program writes them, and as nobody should."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy import io

from core.capture.mat_file import matrix, read_mat
from core.errors import CaptureError

RNG = np.random.default_rng(5)
MATRICES = {
    "KK": RNG.normal(size=(3, 3)),
    "Normal_gt": RNG.normal(size=(4, 5, 3)),
    "small": np.array([[7]], dtype=np.uint8),
    "whole": np.arange(12, dtype=np.int16).reshape(3, 4),
    "single": RNG.normal(size=(2, 6)).astype(np.float32),
    "a_name_of_many_letters_indeed": np.eye(2),
}
STRANGERS = {"text": "words", "cell": np.array([1, "two"], dtype=object), "complex": np.array([1j]), "st": {"a": 1}}


@pytest.mark.parametrize("compressed", [False, True])
def test_matrices_are_read_as_another_program_wrote_them(tmp_path: Path, compressed: bool) -> None:
    io.savemat(tmp_path / "a.mat", MATRICES | STRANGERS, do_compression=compressed)
    found = read_mat(tmp_path / "a.mat")
    assert set(found) == set(MATRICES)
    for name, values in MATRICES.items():
        assert found[name].shape == values.shape
        assert np.array_equal(found[name], values)


@pytest.mark.parametrize("compressed", [False, True])
def test_only_what_is_asked_for(tmp_path: Path, compressed: bool) -> None:
    io.savemat(tmp_path / "a.mat", MATRICES, do_compression=compressed)
    assert set(read_mat(tmp_path / "a.mat", {"KK", "not there"})) == {"KK"}


def test_real_normals(shared_data: Path) -> None:
    file = shared_data / "ps/diligent_ball/Normal_gt.mat"
    assert np.array_equal(read_mat(file)["Normal_gt"], io.loadmat(file)["Normal_gt"])


def test_a_matrix_that_is_missing_or_has_another_shape(tmp_path: Path) -> None:
    file = tmp_path / "a.mat"
    found = {"KK": np.eye(2), "T": np.full((3, 1), np.nan)}
    with pytest.raises(CaptureError, match=r"a\.mat has no matrix Rc_1"):
        matrix(found, "Rc_1", (3, 3), file)
    with pytest.raises(CaptureError, match=r"a\.mat: KK is not 3 x 3"):
        matrix(found, "KK", (3, 3), file)
    with pytest.raises(CaptureError, match="T is not 3 x 1 finite"):
        matrix(found, "T", (3, 1), file)


def header() -> bytes:
    return b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"


def element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def matrix_element(shape: tuple[int, ...], numbers: bytes) -> bytes:
    flags = element(6, struct.pack("<II", 6, 0))
    dimensions = element(5, struct.pack(f"<{len(shape)}i", *shape))
    return element(14, flags + dimensions + element(1, b"KK") + element(9, numbers))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not of version 5"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 600, "7.3"),
        (b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n", "7.3"),
        (header() + struct.pack("<II", 14, 4_000_000_000), "cut short"),
        (header() + element(15, b"no zlib"), "damaged"),
        (header() + matrix_element((2_000_000_000, 2_000_000_000), b"12345678"), "do not fill"),
        (header() + matrix_element((-1, -1), b"12345678"), "negative"),
        (header() + matrix_element((3,), b"12345678" * 3), "dimensions"),
        (header() + element(14, b""), "no flags"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(CaptureError, match=rf"a\.mat .*{reason}"):
        read_mat(tmp_path / "a.mat")


def test_a_version_4_file(tmp_path: Path) -> None:
    io.savemat(tmp_path / "a.mat", {"KK": np.eye(3)}, format="4")
    with pytest.raises(CaptureError, match="not of version 5"):
        read_mat(tmp_path / "a.mat")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packer = zlib.compressobj()
    packed = packer.compress(matrix_element((1, 1), b"12345678")) + packer.compress(bytes(50_000_000)) + packer.flush()
    (tmp_path / "a.mat").write_bytes(header() + struct.pack("<II", 15, len(packed)) + packed)
    assert len(packed) < 100_000
    with pytest.raises(CaptureError, match="unpacks to more than 1 MB"):
        read_mat(tmp_path / "a.mat", max_bytes=1_000_000)
    assert read_mat(tmp_path / "a.mat", {"other"}, max_bytes=1_000_000) == {}


def test_a_missing_and_a_large_file(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="is missing"):
        read_mat(tmp_path / "a.mat")
    (tmp_path / "a.mat").write_bytes(bytes(2_000))
    with pytest.raises(CaptureError, match="is larger than"):
        read_mat(tmp_path / "a.mat", max_bytes=1_000)


@pytest.mark.parametrize("compressed", [False, True])
def test_damage_ends_in_matrices_or_in_one_sentence(tmp_path: Path, compressed: bool) -> None:
    io.savemat(tmp_path / "a.mat", MATRICES | STRANGERS, do_compression=compressed)
    whole = (tmp_path / "a.mat").read_bytes()
    rng = np.random.default_rng(7)
    sentences: list[str] = []
    for case in range(400):
        data = bytearray(whole[: rng.integers(0, len(whole))] if case % 4 == 0 else whole)
        for place in rng.integers(0, max(len(data), 1), 3):
            data[place : place + 1] = bytes([rng.integers(0, 256)])
        (tmp_path / "b.mat").write_bytes(data)
        try:
            read_mat(tmp_path / "b.mat")
        except CaptureError as error:
            sentences.append(str(error))
    assert len(sentences) > 40
    assert all("b.mat" in sentence and "\n" not in sentence for sentence in sentences)
