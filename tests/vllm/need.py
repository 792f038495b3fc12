"""Tests of the real vLLM are skipped where there is none, unless `COMPASS_REQUIRE_VLLM=1`."""

import os

import pytest

from compass.errors import UserError
from eval.vllm_command import serve_python


def need_vllm() -> str:
    """The Python that has vLLM."""
    try:
        return serve_python()
    except UserError as error:
        if os.environ.get("COMPASS_REQUIRE_VLLM") == "1":
            raise
        pytest.skip(str(error))
