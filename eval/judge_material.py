"""What a judge reads of a unit: the person, what was said, which apps answered what, and the reply."""

from collections.abc import Iterable, Iterator
from typing import Any

from compass import prompt
from compass.rollout import Exchange, reply_text
from compass.schema import User
from eval.episode import Episode, Round

UnitKey = tuple[str, int]
"""(episode, number of the round): a unit of the run."""


def units_of(episodes: Iterable[Episode]) -> Iterator[tuple[UnitKey, str, Round]]:
    """(key, person, round) of the units that count."""
    for episode in episodes:
        for each in episode.rounds:
            if each.scored and each.with_history is not False:
                yield (episode.id, each.number), episode.user_id, each


def asked(user: User, each: Round) -> dict[str, Any]:
    """The person and what they said, the same whoever answered."""
    said = f"{each.reaction}\n\n{each.utterance}" if each.reaction else each.utterance
    return {"person": prompt.person(user, "profile", "full"), "at": each.at, "said": said}


def answered(exchanges: Iterable[Exchange], padding: str = "") -> dict[str, Any]:
    """What a companion did; `padding` is put at the end of the reply."""
    exchanges = tuple(exchanges)
    calls = [call for exchange in exchanges for call in exchange.calls]
    return {
        "apps": [{"app": call.name, "arguments": call.arguments, "returned": call.result} for call in calls],
        "reply": reply_text(exchanges) + padding,
    }
