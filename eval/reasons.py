"""Why a unit is no success, in words that group: each unit has the list of what went wrong, the gravest first."""

from compass.score import call_valid
from eval.episode import Round

ORDER = (
    "no call", "call cannot be read", "no such app", "arguments break the schema", "the app refused", "too many calls",
    "disliked app", "no reply", "cut short", "reply names nothing of the result", "invented detail", "false claim",
)  # fmt: skip
_BY_ERROR = {
    "unknown_tool": "no such app",
    "bad_arguments": "arguments break the schema",
    "schema": "arguments break the schema",
}


def reasons(each: Round) -> list[str]:
    """What went wrong in a scored round, in the order of `ORDER`; empty for a success."""
    first, scores = each.exchanges[0], each.scores
    found = {_BY_ERROR.get(call.error, "the app refused") for call in first.calls if call.error}
    if scores.call_valid is not None and not call_valid(first):
        found.add("call cannot be read" if first.attempted else "no call")
    checks = {
        "too many calls": first.not_run > 0,
        "disliked app": scores.side == "disliked",
        "no reply": not scores.replied,
        "cut short": scores.cut_short,
        "reply names nothing of the result": scores.replied and scores.grounded is False,
        "invented detail": scores.invented,
        "false claim": scores.false_claim,
    }
    found |= {reason for reason, true in checks.items() if true}
    return [reason for reason in ORDER if reason in found]


_RANKS = {"liked": 3, "neutral": 2, "disliked": 1, "none": 0}


def change(mine: Round, theirs: Round) -> str:
    """`better`, `worse` or `same`: by the side of the app, and where scenes are unknown or equal by whether the call ran."""

    def rank(each: Round) -> tuple[int, bool]:
        return _RANKS.get(each.scores.side or "none", 0), bool(each.scores.executed)

    return "same" if rank(mine) == rank(theirs) else "better" if rank(theirs) > rank(mine) else "worse"
