"""The data recipe: what to make, and the format it is made in."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from compass import recipe
from compass.endpoint import Endpoint
from compass.errors import UserError
from compass.prompt import PromptStyle
from compass.schema import Setting, Strict
from compass.tools.richer import RicherModel
from compass.tools.richer import load as load_richer

ROOT = Path(__file__).parent.parent
CODE = (
    "data_prep/*.py", "data_prep/words/*.yaml", "compass/tools/*.py", "compass/tools/*.toml", "compass/tools/catalog/*.json",
    *(f"compass/{name}.py" for name in ("prompt", "reaction", "rollout", "schema", "score")),
)  # fmt: skip
AFTER = (  # read finished items only, so a change here need not make them anew
    "assemble", "bench", "bench_conversion", "bench_kills", "bench_runs", "bill", "convert", "diversity", "export",
    "export_card", "export_files", "export_views", "finished", "import_bench", "make", "preview", "progress", "qwen_tokens",
    "rendering", "report", "stats", "stats_figures", "stats_page", "stats_plots",
)  # fmt: skip
Count = Annotated[int, Field(ge=0)]


class People(Strict):
    """How many people in each part; the parts share nobody."""

    train: Count
    val: Count
    test: Count


class Price(Strict):
    """USD per million tokens."""

    prompt: Annotated[float, Field(ge=0)] = 0.0
    completion: Annotated[float, Field(ge=0)] = 0.0


class DataRecipe(Strict):
    """A data recipe.

    Args:
        teacher: Who writes the trajectories; `offline` is rules, no model; `openai` asks a model at an
            OpenAI-compatible endpoint; `published` takes the published raw records.
        model: Name of the teacher model at its `endpoint`; `price`: USD per million tokens; `temperature`: of its answers.
        records: The published records; `profiles`: the published profiles of the same people (for `published`).
        tokenizer: A folder or a hub name; without one only people and trajectories are made, no examples.
        history_rounds: Situations in a history conversation.
        pairs: Whether each profile trajectory gets a dispreferred twin.
        richer: Recipe of a model that writes the results of some apps (recipes/tools/richer.yaml); without one, rules do.
        guard: Benches, and data recipes with their test people, that no utterance may repeat, exactly or nearly.
    """

    teacher: Literal["offline", "openai", "published"] = "offline"
    model: str | None = None
    endpoint: Endpoint | None = None
    price: Price = Price()
    temperature: Annotated[float, Field(ge=0)] = 0.8
    records: str | None = None
    profiles: str | None = None
    seed: int = 0
    tokenizer: str | None = None
    tokenizer_revision: str | None = None
    prompt_style: PromptStyle = "full"
    enable_thinking: bool = False
    people: People
    situations_per_person: Annotated[int, Field(ge=1, le=99)] = 15
    settings: tuple[Setting, ...] = ("profile", "history", "direct")
    history_rounds: Annotated[int, Field(ge=2, le=99)] = 15
    pairs: bool = True
    richer: Path | None = None
    guard: tuple[str, ...] = ()

    @property
    def richer_model(self) -> RicherModel | None:
        """The model behind some apps, if there is to be one."""
        return load_richer(self.richer) if self.richer else None

    def signature(self) -> str:
        """Hash of everything that finished items depend on: this recipe without its tokenizer and addresses, our words
        and code, the apps, published files."""
        values = self.model_dump(
            mode="json", exclude={"tokenizer", "tokenizer_revision", "enable_thinking", "endpoint", "price", "richer"}
        )
        richer = self.richer_model
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode())
        digest.update(richer.signature.encode() if richer else b"")
        for name in filter(None, (self.records, self.profiles)):
            if Path(name).is_file():
                digest.update(Path(name).read_bytes())
        for pattern in CODE:
            for path in sorted(path for path in ROOT.glob(pattern) if path.stem not in AFTER):
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]


def _contradictions(values: dict[str, Any]) -> list[str]:
    found = []
    situations, rounds = values.get("situations_per_person", 15), values.get("history_rounds", 15)
    settings = values.get("settings", ("profile", "history", "direct"))
    if "history" in settings and rounds > situations:
        found.append(
            f"history_rounds is {rounds}, but a person has only {situations} situations (situations_per_person)"
        )
    if len(set(settings)) < len(settings) or not settings:
        found.append("settings must name one to three different settings")
    if values.get("teacher") == "published":
        found += [f"teacher published needs {name}, a file" for name in ("records", "profiles") if not values.get(name)]
        if tuple(settings) != ("profile",):
            found.append("the published records hold the profile setting only; write settings: [profile]")
    if values.get("teacher") == "openai":
        found += [f"teacher openai needs {name}" for name in ("model", "endpoint") if not values.get(name)]
    if values.get("tokenizer_revision") and not values.get("tokenizer"):
        found.append("tokenizer_revision without tokenizer")
    return found


def load(path: Path, overrides: Sequence[str] = ()) -> DataRecipe:
    """Reads a data recipe.

    Raises:
        UserError: Everything wrong with it.
    """
    values = recipe.load(
        path, recipe.fields_of(DataRecipe), overrides, required=("people",), contradictions=_contradictions
    )
    return DataRecipe(**values)


def load_tokenizer(name: str, revision: str | None) -> Any:
    """The tokenizer, whose chat template renders every prompt.

    Raises:
        UserError: It cannot be loaded, or carries no chat template.
    """
    from transformers import AutoTokenizer  # takes seconds to import

    if name.startswith((".", "/", "checkpoints/")) and not Path(name).is_dir():
        raise UserError(
            f"the tokenizer folder {name} does not exist. Name a folder that holds one, or make it (make tiny-base)."
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, revision=revision)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        raise UserError(
            f"the tokenizer {name} cannot be loaded ({reason}). Download it once with a network, or name a local folder."
        ) from None
    if not tokenizer.chat_template:
        raise UserError(f"the tokenizer {name} carries no chat template. Take one of a Qwen3 model.")
    return tokenizer
