"""Fuller results of three apps from an OpenAI-compatible model: off by default, kept by call hash, never in place of help.

A server that cannot be reached stops the run with one sentence; nothing is put in its place. A reply that does not fit
the app's shape, twice, gives the rule-based result with a note that says so, and that outcome is kept too, so that a
replay is the same. Words of danger never reach the model: the app answers them itself.
"""

import asyncio
import hashlib
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from compass import recipe
from compass.chat import harmless
from compass.endpoint import Endpoint, InfrastructureError, Sampling
from compass.errors import UserError
from compass.tools.danger import danger_in
from compass.tools.emergency import emergency_now
from compass.tools.richer_task import APPS, Backed, read_answer, system_text, texts_of

TRIES = 2
MAX_CHARS = 4000  # of a call's facts; nobody types more, and a server would refuse a hundred thousand
SIMPLE = {"note": "simple version: the fuller one could not be made"}
FIELDS = {"model": str, "apps": tuple[Backed, ...], "endpoint": Endpoint, "sampling": Sampling, "cache": Path}


class ModelDown(UserError, InfrastructureError):
    """The model behind an app gave no answer, for a reason of the server's or the network's."""

    def __init__(self, app: str, model: str, cache: Path, cause: InfrastructureError) -> None:
        InfrastructureError.__init__(self, cause.kind, cause.url, cause.detail, cause.retry_after)
        self.attempts, self._told = cause.attempts, (app, model, cache, str(cause))

    def __str__(self) -> str:
        app, model, cache, cause = self._told
        return (
            f"{app} is backed by {model}, which gave no answer ({cause}). Start that server and run the same command again"
            f" (what was answered is kept in {cache}), or run without that recipe."
        )


class RicherModel:
    """A model behind some of the apps, and its kept answers. Used from any thread.

    Args:
        model: Name under which the server knows the model.
        endpoint: Where it is served.
        sampling: How to draw; a second try takes the next seed.
        cache: Folder with one file an answered call; the address of the server is no part of the hash.
        apps: The apps that it stands behind.
    """

    def __init__(
        self, model: str, endpoint: Endpoint, sampling: Sampling, cache: Path, apps: tuple[Backed, ...] = APPS
    ) -> None:
        self.model, self.endpoint, self.sampling, self.cache, self.apps = model, endpoint, sampling, cache, apps

    @property
    def signature(self) -> str:
        """SHA-256 of everything that may change a result: part of the hash of whatever is made with it."""
        tasks = [system_text(app) for app in sorted(self.apps)]
        return _sha(
            [self.model, self.endpoint.dialect, self.endpoint.enable_thinking, self.sampling.model_dump(), tasks]
        )

    def enrich(self, app: str, facts: dict[str, Any]) -> dict[str, Any]:
        """The model's answer in the app's shape, `{}` where it is not to be asked, or a note that it gave nothing usable.

        Raises:
            ModelDown: No answer, and none is kept.
            UserError: The API key is missing or refused, or a kept answer is damaged.
        """
        said = " . ".join(texts_of(facts))
        backed = next((each for each in self.apps if each == app), None)
        if backed is None or danger_in(said) or emergency_now(said):
            return {}
        if len(said) > MAX_CHARS:
            return SIMPLE
        place = self.cache / f"{backed}-{_sha([self.signature, facts])[:32]}.json"
        if not place.exists():
            _keep(place, {"app": backed, "model": self.model, "facts": facts, "answer": self._ask(backed, facts)})
        return _read(place)["answer"] or SIMPLE

    def _ask(self, app: Backed, facts: dict[str, Any]) -> dict[str, Any] | None:
        messages = [
            {"role": "system", "content": system_text(app)},
            {"role": "user", "content": harmless(json.dumps(facts, ensure_ascii=False))},
        ]
        for number in range(TRIES):
            sampling = self.sampling.model_copy(update={"seed": self.sampling.seed + number})
            try:
                answer = read_answer(app, self._complete(messages, sampling))
            except InfrastructureError as error:
                raise ModelDown(app, self.model, self.cache, error) from None
            if answer is not None:
                return answer
        return None

    def _complete(self, messages: list[dict[str, str]], sampling: Sampling) -> str:
        from compass.llm import Client  # the SDK takes a second to import

        async def once() -> str:
            async with Client(self.endpoint, self.model) as client:
                return (await client.complete(messages, None, sampling)).text

        with ThreadPoolExecutor(1) as own:  # an app is called inside the caller's event loop, which cannot run another
            return own.submit(asyncio.run, once()).result()


def load(path: Path) -> RicherModel:
    """Reads a recipe such as `recipes/tools/richer.yaml`.

    Raises:
        UserError: Every problem at once, each with its place.
    """
    values = recipe.load(path, FIELDS, required=("model", "endpoint", "cache"))
    return RicherModel(**{"sampling": Sampling(), **values})


def _sha(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _keep(place: Path, value: dict[str, Any]) -> None:
    """Writes a whole file, or leaves the one that another thread or process has written meanwhile: the first answer counts."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    try:
        os.link(name, place)
    except FileExistsError:
        pass  # theirs came first
    finally:
        os.unlink(name)


def _read(place: Path) -> dict[str, Any]:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except ValueError:
        raise UserError(
            f"{place} is no kept answer any more. Delete the file; the model is then asked again."
        ) from None
