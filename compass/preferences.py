"""Reads preference prose: which of the twelve apps a text says a person likes, and which dislikes.

Published personas state tastes in sentences. What decides is grammar, not the mood of the words around: reasons, music
genres and actors carry likes and dislikes of their own. So an app takes a side when it is the object of a verb of taste
("enjoys", "steers clear of"), stands in a list that such a verb opened, or is the subject of a judgement ("is favored",
"feels too rigid"). Anything else said of an app is no preference.
"""

from typing import NamedTuple

from compass.preference_words import TOOL_PATTERNS, Token, lex, sentences

TOOL_NAMES: tuple[str, ...] = tuple(TOOL_PATTERNS)
MAIN, REASON, HINT = 3, 2, 1
"""How much a statement counts: the sentence's own, one inside a reason, an indirect one ("rather than ...")."""

_CUES = ("like", "dislike")
_LINKS = ("comma", "semi", "as well", "and", "bracket")
_SKIPPED = ("fill", "verb", "colon")
_PERSONS = frozenset(("he", "she", "they", "i", "we"))
_RIVALS = frozenset(("over", "than", "to"))
_CHOOSING = ("prefer", "favor", "favour", "cho", "would", "opt", "pick")
_NOW = frozenset(("now", "nowadays", "lately", "no longer", "recently"))
_REACH = 7
"""How many tokens may stand between a verb of taste and its app ("enjoys the gentle humor of ...")."""


class Tastes(NamedTuple):
    """App names in order of first mention; no name on both sides."""

    likes: tuple[str, ...]
    dislikes: tuple[str, ...]


class _Mention(NamedTuple):
    name: str
    side: int
    strength: int
    now: bool


class _Verdict(NamedTuple):
    """What a sentence says of one app: its side (None: nothing), how much that counts, whether a list opens with it."""

    side: int | None
    strength: int = MAIN
    opens: bool = False


_NOTHING = _Verdict(None)


def parse_preferences(text: str) -> Tastes:
    """Sorts the apps that `text` names into liked and disliked ones; apps without a stated preference are in neither.

    Never raises for a string. Of two opposite statements the sentence's own beats one inside a reason, then the first
    wins, unless the later says that it holds now.
    """
    mentions: list[_Mention] = []
    carried: int | None = None
    for sentence in sentences(lex(text)):
        carried = _Reader(sentence, mentions).read(carried)
    held: dict[str, _Mention] = {}
    for mention in mentions:
        first = held.setdefault(mention.name, mention)
        if mention.strength > first.strength or (mention.now and mention.strength == first.strength):
            held[mention.name] = mention
    likes = tuple(name for name, mention in held.items() if mention.side > 0)
    return Tastes(likes, tuple(name for name in held if name not in likes))


class _Reader:
    """Reads one sentence from left to right and notes what it says of each app."""

    def __init__(self, tokens: list[Token], mentions: list[_Mention], inherited: int | None = None) -> None:
        self.tokens = tokens
        self.mentions = mentions
        self.main = inherited
        """Side of the list that is open: later items take it."""
        self.reason: int | None = None
        """Side of a list inside a reason, until the next comma."""
        self.in_reason = False
        self.judged = False
        """The open list is one of judgements: "finds X useful and Y dull"."""
        self.last: int | None = None
        self.carried: int | None = None
        self.sides: dict[int, _Verdict] = {}
        """Token index of each app read so far to what was said of it."""

    def read(self, carried: int | None) -> int | None:
        """Notes the mentions; returns the side that an elliptic next sentence ("Also ...") would go on with."""
        self.carried = carried
        for index, token in enumerate(self.tokens):
            if token.kind == "tool":
                self._app(index)
            elif token.kind == "bracket":
                for sentence in sentences(token.inner):
                    _Reader(sentence, self.mentions, self.main).read(None)
            elif token.kind == "sub":
                self.in_reason = True
            elif token.kind in ("semi", "but"):
                self.in_reason, self.reason = False, None
            elif token.kind == "comma":
                self.reason, self.in_reason = None, self.in_reason and self.main is not None
            elif token.kind == "it":
                self._pronoun(index)
        self._settle()
        return self.main if self.main is not None else self.last

    def _app(self, index: int) -> None:
        token = self.tokens[index]
        if token.plain and self.in_reason:
            self.sides[index] = _NOTHING
            return
        verdict = self._judge(index)
        self.sides[index] = verdict
        if verdict.side is None:
            return
        if verdict.opens:
            self.main, self.in_reason = verdict.side, False
        elif verdict.strength == REASON:
            self.reason = verdict.side
        self._note(index, verdict)
        for earlier in self._linked_before(index):
            self._note(earlier, verdict)

    def _note(self, index: int, verdict: _Verdict) -> None:
        self.sides[index] = verdict
        self.last = verdict.side
        now = any(token.text in _NOW for token in self.tokens[max(0, index - 6) : index])
        self.mentions.append(_Mention(self.tokens[index].text, verdict.side or 0, verdict.strength, now))

    def _linked_before(self, index: int) -> list[int]:
        """Apps in one group with this one ("X, Y and Z are liked") that nothing was said of yet."""
        group = []
        while (before := self._neighbour(index)) is not None and self.sides[before].side is None:
            group.append(before)
            index = before
        return group

    def _neighbour(self, index: int) -> int | None:
        """The app directly before, if only list words stand between."""
        j = index - 1
        while j >= 0 and self.tokens[j].kind in (*_LINKS, "fill"):
            j -= 1
        return j if j >= 0 and self.tokens[j].kind == "tool" and j < index - 1 else None

    def _judge(self, index: int) -> _Verdict:
        left = self._left(index)
        kind = self.tokens[left].kind if left >= 0 else "start"
        if kind in _CUES or (kind == "use" and self.tokens[left].text.startswith(("us", "ut", "em"))):
            return self._object_of(left, index)
        if kind == "find":
            side = self._predicate(index, adjective=True)
            return self._stated(left, side) if side else self._stated(left, self.main)
        if kind == "topic":
            return _Verdict(self._predicate(index, adjective=True, whole=True))
        if kind in ("not", "instead") or (kind == "word" and self.tokens[left].text in _RIVALS):
            if (verdict := self._against(left)) is not None:
                return verdict
        if kind in ("unlike", "neutral"):
            return _NOTHING
        if side := self._predicate(index, adjective=self.judged and not self.in_reason, subject=left < 0 or kind in ("semi", "but")):
            return _Verdict(side, REASON if self.in_reason else MAIN, not self.in_reason)
        if kind in _LINKS or left < 0:
            return self._continued(index, left)
        return self._distant(left)

    def _left(self, index: int) -> int:
        """Index of the token that governs this one: articles, adverbs and "in quiet moments," are passed over; -1 at the start."""
        j = index - 1
        while j >= 0:
            kind = self.tokens[j].kind
            if kind in _SKIPPED or (kind == "sub" and self.tokens[j].text in ("that", "when") and self.tokens[j - 1].kind in _CUES):
                j -= 1
            elif kind == "comma" and (before := self._before_aside(j)) is not None:
                j = before
            else:
                break
        return j

    def _before_aside(self, comma: int) -> int | None:
        """Index of the verb of taste before an aside that ends at this comma: "enjoys, at home, ..."."""
        for j in range(comma - 1, max(-1, comma - 9), -1):
            kind = self.tokens[j].kind
            if kind == "comma":
                return j - 1 if j > 0 and self.tokens[j - 1].kind in (*_CUES, "find", "use") else None
            if kind in (*_CUES, "tool", "semi", "sub"):
                return None
        return None

    def _object_of(self, cue: int, index: int) -> _Verdict:
        token = self.tokens[cue]
        if self._of_someone_else(cue) or (token.kind == "use" and not self._in_main(cue)):
            return _NOTHING
        side = token.polarity * self._negation(cue)
        after = [t for t in self.tokens[index + 1 : index + 4] if t.kind != "fill"]
        if after and after[0].text in ("least", "less"):
            side = -side
        return self._stated(cue, side)

    def _stated(self, cue: int, side: int | None) -> _Verdict:
        main = self._in_main(cue)
        if main:
            self.judged = self.tokens[cue].kind == "find"
        return _Verdict(side, MAIN if main else REASON, main)

    def _in_main(self, cue: int) -> bool:
        """Whether the verb belongs to the sentence itself, not to a reason it gives."""
        if not self.in_reason:
            return True
        finite = not self.tokens[cue].text.split()[0].endswith("ing")
        for j in range(cue - 1, max(-1, cue - 5), -1):
            token = self.tokens[j]
            if token.kind in ("comma", "semi", "but"):
                return finite or token.kind != "comma"
            if token.kind == "as well":
                return finite and self.tokens[j - 1].kind == "comma"
            if token.kind == "sub":
                return False
        return False

    def _of_someone_else(self, cue: int) -> bool:
        j = cue - 1
        while j >= 0 and self.tokens[j].kind in ("fill", "not", "verb"):
            j -= 1
        return j >= 0 and self.tokens[j].kind == "other"

    def _negation(self, cue: int) -> int:
        sign = 1
        for j in range(cue - 1, max(-1, cue - 6), -1):
            token = self.tokens[j]
            if token.kind in ("comma", "semi", "tool", "sub", "but", "as well", *_CUES):
                break
            if token.kind == "not":
                sign = -sign
        return sign

    def _against(self, left: int) -> _Verdict | None:
        """For "not X", "rather than X", "over X"; None where the word turns out to set nothing against the app."""
        text = self.tokens[left].text
        cue = next((j for j in range(left - 1, -1, -1) if self.tokens[j].kind in _CUES), None)
        before = self.tokens[left - 1].kind if left > 0 else "start"
        if text in ("least", "less"):
            return _Verdict(-self.tokens[left - 1].polarity, MAIN, True) if before in _CUES else None
        if text in _RIVALS:
            chosen = cue is not None and self.tokens[cue].text.startswith(_CHOOSING) and self.tokens[cue].kind == "like"
            return _Verdict(-1, HINT) if chosen and (text != "to" or before == "tool") else None
        if text == "nor":
            return _Verdict(self.main, MAIN) if self.main else None
        if self.tokens[left].kind == "instead":
            return _NOTHING if self.main == -1 else _Verdict(-1, HINT)
        if before in _CUES:
            return _Verdict(-self.tokens[left - 1].polarity, HINT)
        return _Verdict(-self.main, MAIN) if self.main and before in ("but", "comma", "as well") else _NOTHING

    def _continued(self, index: int, left: int) -> _Verdict:
        """An item of a list: it goes on with its neighbour, the reason's list, or the list of the sentence."""
        neighbour = self._neighbour(index)
        if neighbour is not None and self.sides[neighbour].side is not None:
            return self.sides[neighbour]._replace(opens=False)
        if neighbour is not None and self.in_reason:
            return _NOTHING
        bare = left >= 0 and self.tokens[left].kind == "as well" and self.tokens[left - 1].kind != "comma"
        if bare and self.in_reason and self.reason is not None:
            return _Verdict(self.reason, REASON)
        if self.main is not None:
            self.in_reason = False
            return _Verdict(self.main)
        if self.last is not None:
            return _Verdict(self.last)
        far = self._distant(left)
        if far.side is None and self.carried is not None and not any(t.kind in ("verb", "find", *_CUES) for t in self.tokens):
            return _Verdict(self.carried, HINT)
        return far

    def _distant(self, left: int) -> _Verdict:
        """No list word and no verb right before the app: a phrase that opens with a preposition, or a verb further left."""
        for j in range(left, max(-1, left - _REACH), -1):
            token = self.tokens[j]
            if token.kind in _CUES:
                return _NOTHING if self._of_someone_else(j) else self._stated(j, token.polarity * self._negation(j))
            if token.kind in _LINKS and self.main is not None and not self.in_reason and self.tokens[j + 1].kind == "prep":
                return _Verdict(self.main)
            if token.kind in ("comma", "semi", "sub", "but", "tool", "unlike", "instead", "not", "use", "verb"):
                break
        return _NOTHING

    def _predicate(self, index: int, adjective: bool = False, subject: bool = False, whole: bool = False) -> int | None:
        """The side of what is said after the app: "is liked", "feels too rigid"; with `adjective` also "(finds it) dull".

        `subject` allows a phrase between the app and its verb, `whole` reads on to the end of the sentence.
        """
        j = self._first_after(index, subject)
        if j is None or not (adjective or self._finite(j)):
            return None
        sign, weak, negated = 1, None, False
        for token in self.tokens[j:]:
            if token.kind in ("semi", "tool", "unlike", "instead") or (not whole and token.kind in ("comma", "sub", "but") and not (adjective and token.text == "as")):
                break
            if token.kind == "not":
                sign, negated = -sign, True
            elif token.kind in ("like", "dislike", "good", "bad") or (token.kind == "use" and (weak is None or negated)):
                return token.polarity * sign
            elif token.kind == "neutral":
                return None
            elif token.kind == "gives" and weak is None:
                weak = sign
            elif token.text in _PERSONS and not whole:
                break
        if weak is None and negated and self.last is not None:
            return -self.last
        return weak

    def _first_after(self, index: int, subject: bool) -> int | None:
        j = index + 1
        passed = ("fill", "bracket", "prep", "word", "other") if subject else ("fill", "bracket")
        while j < len(self.tokens) and self.tokens[j].kind in passed and j - index < 8:
            j += 1
        return j if j < len(self.tokens) else None

    def _finite(self, j: int) -> bool:
        token = self.tokens[j]
        if token.kind in _CUES:
            return token.text.startswith("appeal")
        return token.kind in ("verb", "use", "gives", "not") or (token.kind in ("good", "bad") and token.text.endswith("s"))

    def _pronoun(self, index: int) -> None:
        """ "As for X, ... she avoids it": the verb's side goes to the apps that nothing was said of yet."""
        open_apps = [i for i, verdict in self.sides.items() if verdict.side is None and not self.tokens[i].plain]
        left = self._left(index)
        if not open_apps or left < 0:
            return
        cue, side = self.tokens[left], None
        if cue.kind in _CUES and not self._of_someone_else(left):
            side = cue.polarity * self._negation(left)
        elif cue.kind == "find":
            side = self._predicate(index, adjective=True)
        if side:
            for app in open_apps if self.tokens[index].text in ("them", "both", "either", "these") else open_apps[-1:]:
                self._note(app, _Verdict(side))

    def _settle(self) -> None:
        """At the end of the sentence: "unlike X", and "X, which she finds dull" where nothing else was said of X."""
        side = self.main if self.main is not None else self.last
        for index, verdict in list(self.sides.items()):
            left = self._left(index)
            if verdict.side is not None or self.tokens[index].plain:
                continue
            if left >= 0 and self.tokens[left].kind == "unlike" and side:
                self._note(index, _Verdict(-side, HINT))
            elif aside := self._which(index):
                self._note(index, _Verdict(aside, HINT))

    def _which(self, index: int) -> int | None:
        following = self.tokens[index + 1 : index + 4]
        for offset, token in enumerate(following, start=index + 1):
            if token.kind == "sub" and token.text in ("which", "that"):
                return self._predicate(offset, adjective=True)
            if token.kind not in ("comma", "fill"):
                break
        return None
