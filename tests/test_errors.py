"""How every command ends when something goes wrong."""

import errno
import os

import pytest

from compass import errors


def ended(main, capsys) -> tuple[int, str]:
    with pytest.raises(SystemExit) as caught:
        errors.run(main)
    return caught.value.code, capsys.readouterr().err


def test_a_place_that_takes_no_file_is_a_sentence(tmp_path, capsys):
    """Whoever mistypes `-o` or fills a disk would read forty lines of ours."""
    (tmp_path / "file").touch()

    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    code, said = ended(lambda: (tmp_path / "file" / "report.json").write_text("x") and None, capsys)
    assert (code, said) == (
        2,
        f"error: {tmp_path}/file/report.json: Not a directory. Free some space, mend the path or its rights, or name another place.\n",
    )
    assert ended(full, capsys) == (
        2,
        "error: a file: No space left on device. Free some space, mend the path or its rights, or name another place.\n",
    )


def test_a_mistake_of_ours_keeps_its_traceback(tmp_path):
    """A file that we forgot to make is a bug to report, not a path to mend."""
    with pytest.raises(FileNotFoundError):
        errors.run(lambda: (tmp_path / "never made").read_text() and None)
