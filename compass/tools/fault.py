"""The one exception an app may raise for a mistake of its caller."""

from difflib import SequenceMatcher

SHOWN_CHARS = 80  # an offending value is repeated this far: enough to recognise it, too little to flood a prompt
SHOWN_CHOICES = 8


class ToolError(Exception):
    """A call that cannot be carried out, told so that the caller can repair it.

    Anything else an app raises is a defect of ours and is not shown to a model.

    Args:
        code: Kind of mistake, e.g. `not_found` or `impossible_date`.
        message: One sentence: what is wrong and what would be right.
        parameter: Name of the parameter at fault, if it is one.
        value: The offending value; shown cut to `SHOWN_CHARS` characters.
        choices: Values that would have been valid, nearest first.
    """

    def __init__(
        self, code: str, message: str, parameter: str | None = None, value: object = None, choices: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter
        self.value = value
        self.choices = choices

    def body(self) -> dict[str, object]:
        """The JSON object that the caller sees."""
        body: dict[str, object] = {"error": self.code, "message": self.message}
        if self.parameter is not None:
            body["parameter"] = self.parameter
        if self.value is not None:
            body["value"] = shown(self.value)
        if self.choices:
            body["choices"] = list(self.choices[:SHOWN_CHOICES])
        return body


def shown(value: object) -> str:
    """A value as one short printable line."""
    text = value if isinstance(value, str) else repr(value)
    line = "".join(char if char.isprintable() else " " for char in text[: SHOWN_CHARS + 1])
    return line if len(line) <= SHOWN_CHARS else line[: SHOWN_CHARS - 1] + "…"


def nearest(word: object, choices: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The choices ordered by likeness to `word`, ties in their given order."""
    wanted = str(word)[:SHOWN_CHARS].casefold()

    def likeness(choice: str) -> float:
        return SequenceMatcher(None, wanted, choice.casefold()).ratio()

    return tuple(sorted(choices, key=likeness, reverse=True))
