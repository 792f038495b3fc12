"""Errors for the person at the keyboard, and the one place that prints them."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

_PLACES = frozenset((
    errno.EACCES, errno.EDQUOT, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS,
))  # fmt: skip
"""What a disk, a folder's rights or a mistyped path raise."""


class UserError(Exception):
    """A mistake that is not ours: says what, where and what to do. Entry points print it and exit with status 2."""


def run(main: Callable[[], int | None]) -> None:
    """Runs an entry point: a `UserError` or a place that takes no file becomes one message and exit status 2, Ctrl-C 130.

    Our own bugs keep their traceback.
    """
    try:
        sys.exit(main() or 0)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        if error.errno not in _PLACES:
            raise
        print(
            f"error: {error.filename or 'a file'}: {error.strerror}. Free some space, mend the path or its rights, or name another place.",
            file=sys.stderr,
        )
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


def need_file(path: Path, what: str, remedy: str) -> Path:
    """Returns `path` if it is a file with something in it.

    Raises:
        UserError: The file is missing, a folder, or empty.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder, but {what} is a file. {remedy}")
    if not path.exists():
        raise UserError(f"{what} is missing: {path} does not exist. {remedy}")
    if path.stat().st_size == 0:
        raise UserError(f"{what} is empty: {path} holds nothing. {remedy}")
    return path
