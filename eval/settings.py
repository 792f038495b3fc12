"""An evaluation recipe: what may change a result, and how the work is spread."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from compass import recipe
from compass.endpoint import Sampling
from compass.rollout import Limits
from compass.tools.richer import RicherModel
from compass.tools.richer import load as load_richer
from eval.vllm_command import ServeSettings

DEFAULT = Path("recipes/eval/default.yaml")
EngineKind = Literal["hf", "vllm"]


class Settings(BaseModel):
    """Keys of `recipes/eval/*.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(0.0, ge=0.0)
    """0 is greedy decoding, the default for comparisons."""
    top_p: float = Field(1.0, gt=0.0, le=1.0)
    seed: int = 0
    max_tokens: int = Field(1024, ge=1)
    """Most tokens of one reply; a reply cut there counts as `cut_short`."""
    max_turns: int = Field(4, ge=1)
    """Assistant turns in a round: call, up to two repairs, reply."""
    max_calls: int = Field(8, ge=1)
    """Calls run in one turn; more are refused, and the model is told."""
    rounds: int = Field(15, ge=2)
    """History setting: rounds of a person, in order of time."""
    scored_rounds: int = Field(3, ge=1)
    """History setting: how many of the last rounds are scored, with and without the history before them."""
    richer: Path | None = None
    """A recipe of a model that writes the results of some apps (recipes/tools/richer.yaml); without one, rules do."""
    trials: int = Field(1, ge=1)
    """How often each episode is played, each time with other draws; more than one needs a temperature."""
    base_thinking: bool = False
    """The base thinks before it answers, its checkpoints as they were trained; give it more `max_tokens`."""
    probes: bool = False
    """Also play the probe sets: small talk, deeds, safety by category, changed tastes. They change no rate."""
    concurrency: int = Field(64, ge=1)
    """Episodes under way at once."""
    batch_size: int = Field(32, ge=1)
    """`hf` engine: requests computed together."""
    server: ServeSettings = ServeSettings()
    """`vllm` engine: how the server is started."""

    def sampling(self, trial: int = 0) -> Sampling:
        """How to draw in a trial, counted from 0."""
        drawn = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        return Sampling(seed=self.seed + trial, **drawn)

    @property
    def limits(self) -> Limits:
        return Limits(self.max_turns, self.max_calls)

    @property
    def richer_model(self) -> RicherModel | None:
        """The model behind some apps, if there is to be one."""
        return load_richer(self.richer) if self.richer else None

    def that_count(self) -> dict[str, Any]:
        """The settings that may change a result; a kept result is reused only where these agree."""
        richer = self.richer_model
        return self.model_dump(mode="json", exclude={"probes", "concurrency", "batch_size", "server"}) | {
            "richer": richer.signature if richer else None,
            "server": self.server.model_dump(mode="json", include={"dtype", "max_model_len", "revision"}),
        }


def load(path: Path, overrides: Sequence[str] = ()) -> Settings:
    """Reads and checks a recipe.

    Raises:
        UserError: Every problem at once, each with its place.
    """
    fields = {
        name: Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        for name, field in Settings.model_fields.items()
    }
    return Settings(**recipe.load(path, fields, overrides, contradictions=_contradictions))


def _contradictions(values: dict[str, Any]) -> list[str]:
    rounds, scored = (values.get(key, Settings.model_fields[key].default) for key in ("rounds", "scored_rounds"))
    if scored >= rounds:
        return [f"scored_rounds is {scored} of {rounds} rounds, but at least one round must come before them"]
    if values.get("trials", 1) > 1 and not values.get("temperature"):
        return ["trials above 1 need a temperature above 0, since greedy decoding says the same each time"]
    return []
