"""Reads preference prose: which of the twelve apps a text says a person likes, and which dislikes.

Published personas state tastes in sentences. What decides is grammar, not the mood of the words around: reasons, music
genres and actors carry likes and dislikes of their own. So an app takes a side when it is the object of a verb of taste
("enjoys", "steers clear of"), stands in a list that such a verb opened, or is the subject of a judgement ("is favored",
"feels too rigid"). Anything else said of an app is no preference.
"""

from typing import NamedTuple

from compass.preference_grammar import CUES, HINT, LINKS, MAIN, NONE, OPEN, REASON, Sentence, Verdict
from compass.preference_words import TOOL_PATTERNS, Token, lex, sentences

TOOL_NAMES: tuple[str, ...] = tuple(TOOL_PATTERNS)
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


def parse_preferences(text: str) -> Tastes:
    """Sorts the apps that `text` names into liked and disliked ones; apps without a stated preference are in neither.

    Never raises for a string. Of two opposite statements the sentence's own beats one inside a reason, then the first
    wins, unless the later says that it holds now.
    """
    mentions: list[_Mention] = []
    previous = None
    for sentence in sentences(lex(text)):
        reader = _Reader(sentence, mentions, previous)
        reader.read()
        reader.previous, previous = None, reader
    held: dict[str, _Mention] = {}
    for mention in mentions:
        first = held.setdefault(mention.name, mention)
        if mention.strength > first.strength or (mention.now and mention.strength == first.strength):
            held[mention.name] = mention
    likes = tuple(name for name, mention in held.items() if mention.side > 0)
    return Tastes(likes, tuple(name for name in held if name not in likes))


class _Reader:
    """Reads one sentence from left to right and notes what it says of each app."""

    def __init__(
        self, tokens: list[Token], mentions: list[_Mention], previous: "_Reader | None", main: int | None = None
    ) -> None:
        self.tokens = tokens
        self.sentence = Sentence(tokens)
        self.mentions = mentions
        self.previous = previous
        self.main = main
        """Side of the list that is open: later items take it."""
        self.reason: int | None = None
        """Side of a list inside a reason, until the next comma."""
        self.in_reason = False
        self.judged = False
        """The open list is one of judgements: "finds X useful and Y dull"."""
        self.last: int | None = None
        self.verdicts: dict[int, Verdict] = {}
        """Token index of each app read so far to what was said of it."""
        self.apart: list[int] = []
        """Apps after "unlike" or "except": the other side than the sentence's."""

    def read(self) -> None:
        """Appends to `mentions`."""
        for index, token in enumerate(self.tokens):
            if token.kind == "tool":
                self._app(index)
            elif token.kind == "bracket":
                for sentence in sentences(token.inner):
                    _Reader(sentence, self.mentions, None, self.main).read()
            elif token.kind == "sub":
                self.in_reason = True
            elif token.kind in ("semi", "but"):
                self.in_reason, self.reason = False, None
            elif token.kind == "comma":
                self.reason, self.in_reason = None, self.in_reason and self.main is not None
            elif token.kind == "it":
                self._pronoun(index)
        side = self.main if self.main is not None else self.last
        for index in self.apart:
            if side and self.verdicts[index].side is None:
                self._note(index, Verdict(-side, HINT))

    def _app(self, index: int) -> None:
        token = self.tokens[index]
        verdict = NONE if token.plain and self.in_reason else self._judge(index)
        if verdict == OPEN and (aside := self.sentence.which(index, self.last)):
            verdict = Verdict(aside, HINT)
        self.verdicts[index] = verdict
        if verdict.side is None:
            return
        if verdict.opens:
            self.main, self.in_reason = verdict.side, False
        elif verdict.strength == REASON:
            self.reason = verdict.side
        self._note(index, verdict)
        while (before := self.sentence.neighbour(index)) is not None and self.verdicts[before] == OPEN:
            self._note(before, verdict)
            index = before

    def _note(self, index: int, verdict: Verdict) -> None:
        self.verdicts[index] = verdict
        self.last = verdict.side
        now = any(token.text in _NOW for token in self.tokens[max(0, index - 6) : index])
        self.mentions.append(_Mention(self.tokens[index].text, verdict.side or 0, verdict.strength, now))

    def _judge(self, index: int) -> Verdict:
        left = self.sentence.left(index)
        kind = self.tokens[left].kind if left >= 0 else "start"
        if kind in CUES or (kind == "use" and self.tokens[left].text.startswith(("us", "ut", "em"))):
            return self._object_of(left, index)
        if kind == "find":
            said = self.sentence.predicate(self.sentence.group_end(index), "adjective", self.last).side
            return self._stated(left, said * self.sentence.negation(left) if said else self.main)
        if kind == "topic":
            return self.sentence.predicate(index, "topic", self.last)
        if kind == "unlike":
            self.apart.append(index)
        if kind in ("unlike", "neutral"):
            return NONE
        rival = kind in ("not", "instead") or (kind == "word" and self.tokens[left].text in _RIVALS)
        if rival and (verdict := self._against(left)) is not None:
            return verdict
        neighbour = self.sentence.neighbour(index)
        if self.judged and neighbour is not None and self.verdicts[neighbour].side:
            return self.verdicts[neighbour]._replace(opens=False)
        fronted = kind in ("start", "semi", "but") or (kind == "comma" and self.main is None)
        fronted = fronted or (kind == "not" and self.tokens[left].text in ("neither", "no"))
        subject = self.sentence.group_end(index) if fronted else index
        manner = "subject" if fronted else "adjective" if self.judged else "plain"
        said = self.sentence.predicate(subject, manner, self.last)
        if said.side:
            said = said._replace(side=said.side * self.sentence.negation(index))
            if self.in_reason:
                return said._replace(strength=REASON) if said.strength == MAIN else NONE
            return said._replace(opens=said.strength == MAIN)
        return self._continued(index, left) if kind in LINKS or left < 0 else self._distant(left, index)

    def _object_of(self, cue: int, index: int) -> Verdict:
        token, sign = self.tokens[cue], self.sentence.negation(cue)
        if self.sentence.of_someone_else(cue):
            return OPEN
        if (token.kind == "use" and not self._in_main(cue)) or (token.kind == "dislike" and sign < 0):
            return NONE
        after = [t.text for t in self.tokens[index + 1 : index + 4] if t.kind != "fill"]
        least = after[:1] in (["least"], ["less"])
        return self._stated(cue, token.polarity * (-sign if least else sign))

    def _stated(self, cue: int, side: int | None) -> Verdict:
        main = self._in_main(cue)
        if main:
            self.judged = self.tokens[cue].kind == "find"
        return Verdict(side, MAIN if main else REASON, main) if side else OPEN

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

    def _against(self, left: int) -> Verdict | None:
        """For "not X", "rather than X", "over X"; None where the word turns out to set nothing against the app."""
        text = self.tokens[left].text
        before = self.tokens[left - 1] if left > 0 else None
        side = self.main if self.main is not None else self.last
        if text in _RIVALS:
            cue = next((self.tokens[j] for j in range(left - 1, -1, -1) if self.tokens[j].kind in CUES), None)
            chosen = cue is not None and cue.kind == "like" and cue.text.startswith(_CHOOSING)
            return Verdict(-1, HINT) if chosen and (text != "to" or self.tokens[left - 1].kind == "tool") else None
        if self.tokens[left].kind == "instead":
            return NONE if self.main == -1 else Verdict(-1, HINT)
        if before is not None and before.kind in CUES:
            return Verdict(-before.polarity, MAIN if text in ("least", "less") else HINT, text in ("least", "less"))
        if side is None or text in ("least", "less"):
            return None
        return Verdict(side if text == "nor" else -side)

    def _continued(self, index: int, left: int) -> Verdict:
        """An item of a list: it goes on with its neighbour, the reason's list, or the list of the sentence."""
        neighbour = self.sentence.neighbour(index)
        if neighbour is not None and self.verdicts[neighbour].side is not None:
            return self.verdicts[neighbour]._replace(opens=False)
        if neighbour in self.apart:
            self.apart.append(index)
            return NONE
        if neighbour is not None and self.in_reason:
            return NONE
        bare = left >= 0 and self.tokens[left].kind == "as well" and self.tokens[left - 1].kind != "comma"
        if bare and self.in_reason and self.reason is not None:
            return Verdict(self.reason, REASON)
        if self.main is not None or self.last is not None:
            self.in_reason = False
            return Verdict(self.main if self.main is not None else self.last)
        far = self._distant(left, index)
        return self._elliptic(index) if far.side is None else far

    def _elliptic(self, index: int) -> Verdict:
        """ "Also X, for its calm.": the side of the sentence before."""
        lead = self.tokens[:index]
        if self.previous is None or not lead or any(token.kind not in ("fill", "as well", "comma") for token in lead):
            return OPEN
        if any(token.kind in ("verb", "find", "use", "gives", *CUES) for token in self.tokens):
            return OPEN
        side = self.previous.main if self.previous.main is not None else self.previous.last
        return Verdict(side, HINT)

    def _distant(self, left: int, index: int) -> Verdict:
        """No list word and no verb right before the app: "and, for walks, X", "most useful here is X", a verb further left."""
        inverted = any(token.text in ("is", "are") for token in self.tokens[left + 1 : index])
        for j in range(left, max(-1, left - _REACH), -1):
            token = self.tokens[j]
            if token.kind in CUES or (inverted and token.kind in ("good", "bad")):
                side = token.polarity * self.sentence.negation(j)
                return OPEN if self.sentence.of_someone_else(j) else self._stated(j, side)
            if self.main is not None and (token.kind in LINKS or token.text == "nor"):
                phrase = self.tokens[j + 1].kind == "prep" or self.tokens[j + 1].text == "to"
                if phrase and (not self.in_reason or self.tokens[j - 1].kind == "comma"):
                    return Verdict(self.main)
            if token.kind in ("comma", "semi", "sub", "but", "tool", "unlike", "instead", "not", "use", "verb"):
                break
        return OPEN

    def _pronoun(self, index: int) -> None:
        """ "As for X, ... she avoids it": the verb's side goes to the apps that nothing certain was said of yet."""
        names = [(self, i) for i, verdict in self.verdicts.items() if verdict.strength == HINT]
        if not names and self.previous is not None:
            names = [(self.previous, i) for i, verdict in self.previous.verdicts.items() if verdict.strength == HINT]
        left = self.sentence.left(index)
        if not names or left < 0:
            return
        cue, verdict = self.tokens[left], OPEN
        if cue.kind in CUES and not self.sentence.of_someone_else(left):
            verdict = Verdict(cue.polarity * self.sentence.negation(left))
        elif cue.kind == "find":
            verdict = self.sentence.predicate(index, "adjective", self.last)
        if verdict.side:
            for reader, app in names if self.tokens[index].text in ("them", "both", "either", "these") else names[-1:]:
                reader._note(app, verdict)
