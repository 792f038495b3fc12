"""What the words around an app in one sentence say: which verb governs it, what is negated, what is said after it."""

from typing import NamedTuple

from compass.preference_words import Token

MAIN, REASON, HINT = 3, 2, 1
"""How much a statement counts: the sentence's own, one inside a reason, an indirect one ("rather than ...")."""
CUES = ("like", "dislike")
LINKS = ("comma", "semi", "as well", "and", "bracket")
_SKIPPED = ("fill", "verb", "colon")
_PERSONS = frozenset(("he", "she", "they", "i", "we"))


class Verdict(NamedTuple):
    """What a sentence says of one app: its side (None: nothing yet), how much that counts, whether a list opens with it."""

    side: int | None
    strength: int = MAIN
    opens: bool = False


OPEN = Verdict(None, HINT)
"""Named, and a later word ("she avoids it") may still take a side."""
NONE = Verdict(None, 0)
"""Named only in passing."""


class Sentence:
    """Questions about places in one sentence; tokens are named by their index."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    def left(self, index: int) -> int:
        """Index of the token that governs this one: articles, adverbs and "in quiet moments," are passed over; -1 at the start."""
        j = index - 1
        while j >= 0:
            kind = self.tokens[j].kind
            likes_that = kind == "sub" and self.tokens[j].text in ("that", "when") and self.tokens[j - 1].kind in CUES
            to_use = self.tokens[j].text == "use" and self.tokens[j - 1].kind in CUES
            if kind in _SKIPPED or likes_that or to_use:
                j -= 1
            elif kind == "comma" and (before := self._before_aside(j)) is not None:
                j = before
            else:
                break
        return j

    def _before_aside(self, comma: int) -> int | None:
        """Index of the verb of taste before an aside that ends at this comma: "enjoys, at home, ..."."""
        for j in range(comma - 1, max(-1, comma - 9), -1):
            token = self.tokens[j]
            if token.kind == "comma":
                return j - 1 if j > 0 and self.tokens[j - 1].kind in (*CUES, "find", "use") else None
            reason = token.kind == "sub" and token.text not in ("where", "when", "if")
            if reason or token.kind in (*CUES, "tool", "semi"):
                return None
        return None

    def neighbour(self, index: int) -> int | None:
        """The app directly before, if only list words stand between."""
        j = index - 1
        while j >= 0 and (self.tokens[j].kind in (*LINKS, "fill") or self.tokens[j].text == "nor"):
            j -= 1
        return j if j >= 0 and self.tokens[j].kind == "tool" and j < index - 1 else None

    def group_end(self, index: int) -> int:
        """The last of a group of subjects: "X, Y and Z (are liked)"."""
        for j in range(index + 1, len(self.tokens)):
            if self.tokens[j].kind == "tool":
                index = j
            elif self.tokens[j].kind not in ("comma", "as well", "and", "fill") and self.tokens[j].text != "nor":
                break
        return index

    def of_someone_else(self, cue: int) -> bool:
        """Whether the verb's subject is another person: "his wife loves"."""
        j = cue - 1
        while j >= 0 and self.tokens[j].kind in ("fill", "not", "verb"):
            j -= 1
        return j >= 0 and self.tokens[j].kind == "other"

    def negation(self, index: int) -> int:
        """-1 if the words before turn the meaning round ("does not really"), else 1."""
        sign = 1
        for j in range(index - 1, max(-1, index - 6), -1):
            token = self.tokens[j]
            if token.kind in ("comma", "semi", "tool", "sub", "but", "as well", *CUES):
                break
            if token.kind == "not":
                sign = -sign
        return sign

    def predicate(self, index: int, manner: str, last: int | None) -> Verdict:
        """What is said after the app.

        `manner` is "plain" ("X is liked"), "adjective" ("finds X dull"), "subject" (words may stand between: "X, though,
        bores him", "X she loves") or "topic" ("as for X, ..." to the end of the sentence).
        `last` is the side of the app before, for "X is liked, Y is not".
        """
        start = self._after(index, manner)
        if start is None:
            return OPEN
        whole = manner == "topic" or self._person(start)
        weak, sign, unknown_words = None, 1, 0
        for k in range(start, len(self.tokens)):
            token = self.tokens[k]
            if self._ends_predicate(k, whole, manner):
                break
            if token.kind == "not":
                sign = -sign
            elif token.kind in (*CUES, "good", "bad", "use"):
                return OPEN if token.kind == "dislike" and sign < 0 else Verdict(token.polarity * sign)
            elif token.kind == "neutral":
                return NONE
            elif token.kind == "tone" or (token.kind == "gives" and weak is None):
                weak = token.polarity * sign
            unknown_words += token.kind in ("word", "other")
        if weak is None and sign < 0:
            # "X is liked, Y is not" turns the side round; with more words it is a reproach that the lexicon does not know.
            return Verdict(-last if not unknown_words and last is not None else -1, HINT)
        return Verdict(weak, HINT)

    def _ends_predicate(self, k: int, whole: bool, manner: str) -> bool:
        token = self.tokens[k]
        if token.kind in ("semi", "tool", "unlike", "instead") or (token.kind == "as well" and self._person(k + 1)):
            return True
        seen_as = token.text == "as" and manner == "adjective"
        return not whole and not seen_as and token.kind in ("comma", "sub", "but")

    def _person(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].text in _PERSONS

    def _after(self, index: int, manner: str) -> int | None:
        """Where the predicate of an app begins; None if no verb follows."""
        j = self._skip(index + 1, ("fill", "bracket"))
        if manner == "subject":
            j = self._skip_aside(j)
            if self._person(j):
                return j
            j = self._skip(j, ("prep", "word", "other", "fill"), index + 8)
        if j >= len(self.tokens):
            return None
        token = self.tokens[j]
        if token.kind in ("good", "bad"):
            verb = any(word.endswith("s") for word in token.text.split())
        else:
            verb = (
                token.kind in ("verb", "use", "gives", "not")
                or token.text.startswith("appeal")
                or token.text == "holds"
            )
        return j if verb or manner in ("adjective", "topic") else None

    def _skip(self, j: int, kinds: tuple[str, ...], limit: int | None = None) -> int:
        while j < len(self.tokens) and self.tokens[j].kind in kinds and (limit is None or j < limit):
            j += 1
        return j

    def _skip_aside(self, j: int) -> int:
        """Past ", though," or ", which feels like homework,"."""
        if j + 1 >= len(self.tokens) or self.tokens[j].kind != "comma":
            return j
        which = self.tokens[j + 1].text == "which"
        for k in range(j + 2, min(j + (16 if which else 7), len(self.tokens))):
            if self.tokens[k].kind == "comma":
                return k + 1
            if self.tokens[k].kind == "tool" or (self.tokens[k].kind in ("sub", *CUES) and not which):
                break
        return j

    def which(self, index: int, last: int | None) -> int | None:
        """ "X, which she finds dull": counts where nothing else is said of X."""
        for offset, token in enumerate(self.tokens[index + 1 : index + 4], start=index + 1):
            if token.kind == "sub" and token.text in ("which", "that"):
                return self.predicate(offset, "adjective", last).side
            if token.kind not in ("comma", "fill"):
                break
        return None
