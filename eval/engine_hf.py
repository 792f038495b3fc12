"""The in-process engine: transformers, with LoRA adapters that are switched on and off, and requests computed together.

Requests that wait at the same time are sorted by length and decoded in batches by one worker thread, so that the event
loop stays free to run apps and render prompts.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from compass.chat import IM_END, render_prompt
from compass.completion import Completion
from compass.encode import Encoder
from compass.errors import UserError
from compass.format import Format
from compass.rollout import Complete
from eval.checkpoint import Model
from eval.settings import Settings

_GATHER_S = 0.05
"""How long a batch that is not full waits for the next request: rendering a prompt takes a few milliseconds."""


@dataclass
class _Job:
    model: Model
    tokens: list[int]
    seed: int
    answer: asyncio.Future[Completion]
    asked: float = field(default_factory=time.perf_counter)


@dataclass
class _Prefix:
    tokens: list[int]
    layers: Any


class HfEngine:
    """Loads the base once, with all adapters on it."""

    def __init__(self, models: Sequence[Model], format: Format, tokenizer: str, settings: Settings) -> None:
        self._models, self._format, self._settings = list(models), format, settings
        self._tokenizer_name = tokenizer
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._waiting: list[_Job] = []
        self._prefixes: dict[str, _Prefix] = {}
        self._closed = threading.Event()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._model, self._tokenizer = await asyncio.to_thread(self._load)
        self._encoder = Encoder(self._tokenizer)
        self._stops = frozenset({self._tokenizer.convert_tokens_to_ids(IM_END)})
        self._window = self._model.config.max_position_embeddings
        self._thread = threading.Thread(target=self._work, name="hf-engine", daemon=True)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed.set()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def of(self, model: Model, trial: int = 0) -> Complete:
        """The door to one model; each trial draws anew."""

        async def complete(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Completion:
            thinking = self._format.enable_thinking or model.thinks
            text = render_prompt(self._tokenizer, messages, tools, thinking)
            tokens = self._encoder.encode(text)
            if len(tokens) + self._settings.max_tokens > self._window:
                return Completion("", "context", len(tokens), 0, 0, 0.0)
            job = _Job(model, tokens, self._settings.seed + trial, self._loop.create_future())
            self._jobs.put(job)
            return await job.answer

        return complete

    def faults(self, model: Model) -> dict[str, int]:
        """None: there is no network in between."""
        return {}

    def _load(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        from eval import shared_prefix

        logging.disable_progress_bar()
        cuda = torch.cuda.is_available()
        first = self._models[0]
        try:
            tokenizer = AutoTokenizer.from_pretrained(self._tokenizer_name)
            model = AutoModelForCausalLM.from_pretrained(
                first.weights,
                revision=first.revision or "main",
                dtype="auto" if cuda else torch.float32,
                attn_implementation=shared_prefix.NAME,
                use_safetensors=True,
            ).to("cuda" if cuda else "cpu")
        except OSError as error:
            raise UserError(
                f"The model {first.weights} cannot be loaded ({str(error).splitlines()[0]}). Check its folder or name."
            ) from None
        return self._with_adapters(model).eval(), tokenizer

    def _with_adapters(self, model: Any) -> Any:
        from peft import PeftModel

        self._adapters = {m.name: f"adapter{n}" for n, m in enumerate(self._models) if m.adapter}  # names may hold dots
        for chosen in (m for m in self._models if m.adapter):
            name = self._adapters[chosen.name]
            try:
                if isinstance(model, PeftModel):
                    model.load_adapter(str(chosen.adapter), name)
                else:
                    model = PeftModel.from_pretrained(model, str(chosen.adapter), adapter_name=name)
            except (RuntimeError, ValueError, KeyError) as error:
                first = str(error).splitlines()[0]
                raise UserError(
                    f"{chosen.adapter} does not fit {chosen.weights} ({first}). Give the base it was made on."
                ) from None
        return model

    def _work(self) -> None:
        while batch := self._next_batch():
            try:
                answers = self._answer(batch)
            except BaseException as error:
                self._settle(batch, error)
            else:
                self._settle(batch, answers)

    def _settle(self, batch: list[_Job], outcome: list[Completion] | BaseException) -> None:
        def tell() -> None:
            for number, job in enumerate(batch):
                if job.answer.done():  # its episode was cancelled
                    continue
                if isinstance(outcome, BaseException):
                    job.answer.set_exception(outcome)
                else:
                    job.answer.set_result(outcome[number])

        with contextlib.suppress(RuntimeError):  # the loop is closed after Ctrl-C; nobody waits any more
            self._loop.call_soon_threadsafe(tell)

    def _next_batch(self) -> list[_Job] | None:
        """Requests of one model that are alike in length; None when the engine is closed."""
        while True:
            patience = (
                None if not self._waiting else _GATHER_S if len(self._waiting) < self._settings.batch_size else 0.0
            )
            try:
                job = self._jobs.get(block=patience != 0.0, timeout=patience)
            except queue.Empty:
                break
            if job is None:
                return None
            self._waiting.append(job)
        first = self._waiting[0].model
        mine = sorted((job for job in self._waiting if job.model is first), key=lambda job: len(job.tokens))
        batch = mine[: self._settings.batch_size]
        taken = set(map(id, batch))
        self._waiting = [job for job in self._waiting if id(job) not in taken]
        return batch

    def _answer(self, batch: list[_Job]) -> list[Completion]:
        from eval import decode

        model = batch[0].model
        with self._switched_to(model):
            prefix = self._prefix_for(model, [job.tokens for job in batch])
            start = len(prefix.tokens)
            endings = [job.tokens[start:] for job in batch]
            sampling = self._settings.sampling()
            seeds = [hash((job.seed, *job.tokens)) for job in batch]  # whole numbers hash alike in every process
            written = decode.write(
                self._model, prefix.layers, endings, self._stops, sampling, seeds, self._closed.is_set
            )
        now = time.perf_counter()
        return [
            Completion(
                text=self.read(each.tokens),
                finish_reason="stop" if each.stopped else "length",
                prompt_tokens=len(job.tokens),
                cached_tokens=start,
                completion_tokens=len(each.tokens) + each.stopped,
                seconds=now - job.asked,
            )
            for job, each in zip(batch, written)
        ]

    def read(self, tokens: Sequence[int]) -> str:
        """Tokens as text, special ones too: the parser must see what the model wrote."""
        return self._tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def _switched_to(self, model: Model) -> contextlib.AbstractContextManager[Any]:
        if model.adapter:
            self._model.set_adapter(self._adapters[model.name])
            return contextlib.nullcontext()
        return self._model.disable_adapter() if self._adapters else contextlib.nullcontext()

    def _prefix_for(self, model: Model, prompts: list[list[int]]) -> _Prefix:
        """The stored beginning that these prompts share; computed anew when they share much more than what is stored."""
        from eval import decode

        common = _shared_start(prompts)[: min(map(len, prompts)) - 1]
        stored = self._prefixes.get(model.name)
        shared = _shared_start([stored.tokens, common]) if stored else []
        if stored is None or 2 * len(shared) < len(common):
            stored = self._prefixes[model.name] = _Prefix(common, decode.read_prefix(self._model, common))
            shared = common
        count = len(shared)
        return _Prefix(shared, [(keys[:, :count], values[:, :count]) for keys, values in stored.layers])


def _shared_start(sequences: Sequence[list[int]]) -> list[int]:
    """The longest beginning that all have in common."""
    low, high = min(sequences), max(sequences)  # what the first and the last in order share, all between them share
    length = next((place for place, (a, b) in enumerate(zip(low, high)) if a != b), min(len(low), len(high)))
    return low[:length]
