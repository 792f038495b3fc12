"""Talk to a checkpoint in the terminal, with the apps running for real.

python -m eval.chat checkpoints/NAME [--person u0001 | --profile me.json]
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from compass import errors, jsonl, prompt
from compass.bench import load_bench
from compass.endpoint import InfrastructureError
from compass.errors import UserError
from compass.rollout import Complete, Conversation, Exchange, open_conversation, open_world, run_round
from compass.schema import Round, Source, Trajectory, User
from eval import checkpoint
from eval import settings as recipes
from eval.checkpoint import Contest
from eval.engine import default_engine, open_engine
from eval.settings import Settings

STANDING_LINE = (
    "A program, and no substitute for people or care. In danger call the local emergency number (112 in Europe, 911 in North America)"
    " or a crisis line (988 in the US and Canada, 116 123 in the UK and Ireland; others: findahelpline.com)."
)
HELP = "/undo takes back the last round · /save FILE writes the conversation as a trajectory · /quit ends"


class Session:
    """A conversation under way, with the states to which /undo returns."""

    def __init__(self, user: User, setting: str, style: str, now: Callable[[], datetime] = datetime.now) -> None:
        self.user, self.setting, self._now = user, setting, now
        world = open_world(user, user.id, self._clock())
        self.conversation: Conversation = open_conversation(user, setting, style, world)
        self.rounds: list[Round] = []
        self._before: list[Conversation] = []

    def _clock(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M")

    async def say(self, complete: Complete, text: str, settings: Settings, watch: Callable[[Exchange], None]) -> None:
        """One round; if it fails, the conversation is as it was."""
        before, at = self.conversation.copy(), self._clock()
        try:
            self.conversation.world.advance(at)
            await run_round(complete, self.conversation, prompt.round_text(at, text), settings.limits, watch)
        except BaseException:
            self.conversation = before
            raise
        self._before.append(before)
        self.rounds.append(Round(situation_id=f"chat-{len(self.rounds):02}", at=at))

    def undo(self) -> bool:
        """Takes back the last round, with everything that apps did in it; False if there was none."""
        if not self._before:
            return False
        self.conversation = self._before.pop()
        self.rounds.pop()
        return True

    def save(self, path: Path, model: str) -> None:
        """Writes the conversation as one trajectory; no turn of it is marked for training.

        Raises:
            UserError: Nothing was said yet, or the file cannot be written.
        """
        if not self.rounds:
            raise UserError("Nothing was said yet, so there is nothing to save.")
        trajectory = Trajectory(
            id=f"{self.user.id}-chat", user_id=self.user.id, setting=self.setting, rounds=tuple(self.rounds),
            messages=tuple(self.conversation.messages), train_on=(), source=Source(teacher=model, seed=0, prompt_sha=""),
        )  # fmt: skip
        try:
            jsonl.write(path, [trajectory])
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror}). Name another file.") from None


def printable(text: str) -> str:
    """A model's text without the control characters that a terminal would obey."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def show(console: Console, exchange: Exchange) -> None:
    """Calls and results as they happen, and the text of a turn."""
    if exchange.parse_error and exchange.attempted:
        console.print(Text(f"  a call that could not be read: {exchange.parse_error}", style="red"))
    elif exchange.content:
        console.print(Panel(Text(printable(exchange.content)), border_style="cyan"))
    for call in exchange.calls:
        console.print(Text(printable(f"  → {call.name} {call.arguments}"), style="yellow"))
        console.print(Text(printable(f"  ← {call.result}"), style="dim" if call.ok else "red"))
    if exchange.finish_reason == "context":
        console.print(Text("  the conversation no longer fits the model's context; /undo, or start again", style="red"))
    elif exchange.finish_reason == "length":
        console.print(Text("  the reply was cut at max_tokens", style="red"))


async def converse(console: Console, session: Session, complete: Complete, model: str, settings: Settings) -> None:
    """Reads lines until /quit or the end of input."""
    console.print(Panel(Text(STANDING_LINE), border_style="magenta"))
    console.print(
        Text(
            f"{model} with {session.user.profile.name} ({session.user.id}), {session.setting} setting. {HELP}",
            style="dim",
        )
    )
    while True:
        try:
            line = (await asyncio.to_thread(console.input, "[bold]you:[/bold] ")).strip()
        except EOFError:
            return
        if line == "/quit":
            return
        try:
            if line.startswith("/"):
                console.print(Text(_obey(session, line, model), style="dim"))
            elif line:
                await session.say(complete, line, settings, lambda exchange: show(console, exchange))
        except (UserError, InfrastructureError) as error:
            console.print(Text(str(error), style="red"))


def _obey(session: Session, line: str, model: str) -> str:
    """Carries out a command; returns what to tell the person."""
    word, _, rest = line.partition(" ")
    if word == "/undo":
        return "took back the last round" if session.undo() else "nothing to take back"
    if word == "/save" and rest.strip():
        session.save(Path(rest.strip()), model)
        return f"saved {rest.strip()}"
    return HELP


def find_user(contest: Contest, person: str | None, profile: Path | None, bench: Path | None) -> User:
    """The person to be: one of the bench (the first by default), or the one in a profile file.

    Raises:
        UserError: No such person or file.
    """
    if profile:
        return load_bench(profile)[0]
    if bench is None and contest.data_folder is None:
        raise UserError("The checkpoint does not say which data it was trained on. Give --profile or --bench.")
    place = bench or contest.data_folder / "bench" / "test.jsonl"
    users = load_bench(place)
    for user in users:
        if person in (None, user.id):
            return user
    raise UserError(f"{place} has no person {person}. It has {', '.join(user.id for user in users[:5])} and others.")


async def chat(arguments: argparse.Namespace, contest: Contest, user: User, settings: Settings) -> None:
    """Opens the engine and talks."""
    model = contest.models[0 if arguments.base else 1]
    kind = arguments.engine or default_engine(arguments.base_url)
    console = Console()
    async with open_engine(kind, [model], contest.format, contest.tokenizer, settings, arguments.base_url) as engine:
        session = Session(user, arguments.setting, contest.format.prompt_style)
        await converse(console, session, engine.of(model), model.name, settings)


def main() -> None:
    """A conversation in the terminal."""
    parser = argparse.ArgumentParser(prog="python -m eval.chat", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path, metavar="CKPT", help="folder that training wrote")
    parser.add_argument("--base", action="store_true", help="talk to the checkpoint's base instead")
    parser.add_argument("--setting", choices=("profile", "history", "direct"), default="profile")
    parser.add_argument("--person", help="id of a person of the bench; by default the first")
    parser.add_argument("--profile", type=Path, help="a file with a person of your own, laid out as a line of a bench")
    parser.add_argument(
        "--bench", type=Path, help="where --person is looked up; by default the checkpoint's test people"
    )
    parser.add_argument("--engine", choices=("hf", "vllm"), help="default: vllm on a CUDA machine, else hf")
    parser.add_argument("--base-url", action="append", default=[], help="a vLLM server that is already there")
    parser.add_argument("--config", type=Path, default=recipes.DEFAULT, help="evaluation recipe")
    arguments, overrides = parser.parse_known_args()
    settings = recipes.load(arguments.config, overrides)
    contest = checkpoint.resolve([arguments.checkpoint])
    checkpoint.check_format(contest)
    user = find_user(contest, arguments.person, arguments.profile, arguments.bench)
    asyncio.run(chat(arguments, contest, user, settings))


if __name__ == "__main__":
    if not sys.stdin.isatty():
        sys.stdin.reconfigure(errors="replace")
    errors.run(main)
