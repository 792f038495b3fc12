"""Trajectories to SFT examples and preference pairs, rendered by the tokenizer's stock template."""

from collections.abc import Iterator
from typing import Any

from compass import chat, prompt
from compass.prompt import PromptStyle
from compass.schema import SftExample, Trajectory, User
from data_prep.rendering import Renderer


def examples(trajectory: Trajectory, user: User, renderer: Renderer, style: PromptStyle) -> Iterator[SftExample]:
    """One example for each supervised assistant turn."""
    situations = {situation.id: situation for situation in user.situations}
    rounds = round_of_turns(trajectory)
    for turn in turns(trajectory, user, renderer, style, trajectory.train_on):
        situation = situations[trajectory.rounds[rounds[turn.turn]].situation_id]
        preference = user.preferences.get(situation.scene) if situation.scene else None
        yield SftExample(
            id=f"{trajectory.id}#{turn.turn}", trajectory_id=trajectory.id, user_id=user.id, situation_id=situation.id,
            setting=trajectory.setting, turn=turn.turn, kind=turn.kind, scene=situation.scene,
            likes=preference.likes if preference else (), dislikes=preference.dislikes if preference else (),
            prompt=turn.prompt, completion=turn.completion,
        )  # fmt: skip


def turns(
    trajectory: Trajectory, user: User, renderer: Renderer, style: PromptStyle, which: tuple[int, ...]
) -> list[chat.Turn]:
    """Rendered assistant turns of a trajectory."""
    system = prompt.system(user, trajectory.setting, style)
    return renderer.turns(system, trajectory.messages, prompt.tools(trajectory.setting, style), which)


def round_of_turns(trajectory: Trajectory) -> list[int]:
    """For each assistant message, the number of the round it belongs to."""
    number, rounds = -1, []
    for message in trajectory.messages:
        number += message.role == "user"
        if message.role == "assistant":
            rounds.append(number)
    return rounds


def pair(
    preferred: Trajectory, dispreferred: Trajectory, user: User, renderer: Renderer, style: PromptStyle
) -> dict[str, Any]:
    """The first call of both twins on the same prompt, in the form that preference trainers read."""
    chosen, rejected = (turns(each, user, renderer, style, (0,))[0] for each in (preferred, dispreferred))
    assert chosen.prompt == rejected.prompt
    return {
        "id": preferred.id, "user_id": user.id, "situation_id": preferred.rounds[0].situation_id, "setting": preferred.setting,
        "preferred": preferred.id, "dispreferred": dispreferred.id,
        "prompt": chosen.prompt, "chosen": chosen.completion, "rejected": rejected.completion,
    }  # fmt: skip
