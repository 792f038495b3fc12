"""What stops a run and is no bug: full disk, full card, dead worker."""

import errno
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from compass.errors import UserError

NO_ROOM = 10**6
"""A disk with fewer free bytes is full: libraries that write weights do not all say why they could not."""

PEER_GONE = (
    "Connection closed by peer",
    "Connection reset by peer",
    "NCCL communicator was aborted",
    "remote process exited",
)


class ToldToStopError(Exception):
    """SIGTERM came."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise ToldToStopError


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns such an end of the block into a sentence; any other error passes as it is.

    Args:
        folder: Where the run's state is saved.

    Raises:
        UserError: Says what happened, what is kept, and how to go on.
    """
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if cause := _cause(error, folder):
            raise UserError(
                f"{cause} What was saved in {folder} stays: the same command goes on from there."
            ) from error
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _cause(error: Exception, folder: Path) -> str | None:
    from torch import OutOfMemoryError

    if isinstance(error, ToldToStopError):
        return (
            "the run was told to stop (SIGTERM): by a scheduler whose time was up, or by the launcher since another process "
            "of the run died, which its own report then names."
        )
    if isinstance(error, OutOfMemoryError):
        return (
            "the card has too little memory for these trees: lower tree_tokens (python -m train.estimate says what fits), "
            "or use the QLoRA recipe."
        )
    said = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "No space left" in said or (folder.exists() and shutil.disk_usage(folder).free < NO_ROOM):
        return f"the disk is full, so the run could not be saved ({said.splitlines()[0]}). Make room."
    if any(words in said for words in PEER_GONE):
        return "another process of this run died; the launcher's own report names it and its exit code."
    return None
