"""The words in which people say what they think of an app, and the lexer that turns a text into them.

Each pattern is matched at a word boundary, without case; the first that fits wins, so long phrases stand before
their parts. Polarity is +1 (likes), -1 (dislikes) or 0. A cue ("like", "dislike") governs the app it is said of; a
judgement ("good", "bad", the weaker "tone") is said after the app or inside "finds X dull".
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

TOOL_PATTERNS = {
    "film_recommendation": r"(?:film|movie)s?[ _-]?recommend(?:ation|er)s?",
    "joke_recommendation": r"jokes?[ _-]?recommend(?:ation|er)s?",
    "medical_appointment": r"medical[ _-]?appointments?",
    "music_recommendation": r"music[ _-]?recommend(?:ation|er)s?",
    "online_shopping": r"online[ _-]?shopping",
    "plan_assistant": r"plan(?:ning)?[ _-]?assistants?",
    "psyweb_recommender": r"psyweb[ _-]?recommend(?:ation|er)s?",
    "role_play": r"role[ _-]?plays?(?:ing)?",
    "schedule_manager": r"schedule[ _-]?managers?",
    "sticker_respond": r"stickers?[ _-]?respon(?:d|se|der)s?",
    "story_recommender": r"stor(?:y|ies)[ _-]?recommend(?:ation|er)s?",
    "strength_card": r"strengths?[ _-]?cards?",
}
"""The twelve app names, as people spell them."""

PLAIN_ENGLISH = frozenset(("film_recommendation", "joke_recommendation", "medical_appointment"))
PLAIN_ENGLISH |= {"music_recommendation", "online_shopping", "role_play"}
"""Names that, written without underscore, are also ordinary words: "keeps track of medical appointments"."""

_LIKES = r"""
    loves?\ nothing\ more\ than | users?\ of | can(?:not|'t|\ not)\ (?:do|be|live)\ without | lost\ without
    | (?:can(?:not|'t)|never)\ gets?\ enough\ of | never\ (?:skips?|tires?\ of|misses)
    | (?:does\ not|doesn't|never)\ sh(?:y|ies)\ away\ from
    | would\ (?:rather|sooner)\ (?:use|have|open|turn\ to|reach\ for|rely\ on) | in\ fav(?:o|ou)r\ of
    | (?:likes|liked|liking|loves?|loved|loving|enjoy(?:s|ed|ing|ment)?|adores?|adored|adoring) | (?<=not\ )like
    | (?<=n't\ )like | (?<=they\ )like | (?<=\bi\ )like | (?<=really\ )like | (?<=\bto\ )like | (?<=also\ )like
    | prefer(?:s|red|ring|ences?(?:\ for)?)? | favou?r(?:s|ed|ing|ites?)? | appreciat(?:es?|ed|ing|ive\ of)
    | valu(?:es?|ed|ing) | cherish(?:es|ed|ing)? | treasur(?:es?|ed|ing) | relish(?:es|ed|ing)?
    | embrac(?:es?|ed|ing) | welcom(?:es?|ed|ing) | prioriti[sz](?:es?|ed|ing) | prize[sd]? | endorses? | champions?
    | savou?rs? | gravitat(?:es?|ed|ing)\ (?:to(?:wards?)?) | lean(?:s|ing)?\ (?:on|into|to|towards?)
    | turn(?:s|ing)?\ to | reach(?:es|ing)?\ for | rel(?:ies|y|ying)\ (?:up)?on | depend(?:s|ing)?\ on
    | count(?:s|ing)?\ on | opt(?:s|ed|ing)?\ for | go(?:es|ing)?\ for | swears?\ by | seek(?:s|ing)?\ out
    | look(?:s|ing)?\ forward\ to | delight(?:s|ing)?\ in
    | tak(?:es?|ing)\ (?:great\ |real\ )?(?:pleasure|delight|comfort|joy)\ in
    | find(?:s|ing)?\ (?:great\ |real\ |much\ )?(?:joy|value|comfort|pleasure|solace|meaning|delight|use)\ in
    | (?:value|point|purpose|sense|merit|joy|comfort|use|solace|meaning|inspiration|satisfaction)\ in
    | thriv(?:es?|ing)\ on | benefit(?:s|ing)?\ from | mak(?:es?|ing)\ (?:good\ |great\ |frequent\ )?use\ of
    | has\ a\ soft\ spot\ for | soft\ spot\ for | responds?\ well\ to | fond\ of | keen\ (?:on|about)
    | fans?(?:\ of)? | partial\ to | drawn\ (?:to(?:wards?)?) | attracted\ to | enthusiastic\ about
    | excited\ (?:by|about) | happy\ (?:with|to\ use) | comfortable\ (?:with|using) | interest(?:ed)?\ in
    | (?:makes?\ )?time\ for | (?:any\ |much\ )?(?:use|need|patience|desire|appetite)\ for
    | cho(?:oses?|se|osing|ices?) | picks? | trusts? | crav(?:es?|ing) | tak(?:es|en|ing)\ to | warm(?:s|ed)\ to
    | wants?\ to\ use | cares?\ (?:much\ )?(?:for|about) | taste\ for | inclined\ (?:to(?:wards?)?) | receptive\ to
    | open\ to | pleased\ (?:with|by) | appeal(?:s|ed|ing)?\ to
"""

_DISLIKES = r"""
    (?:would\ (?:rather|sooner)|prefers?|preferring)\ (?:not\b|to\ (?:avoid|skip|leave|ignore|(?:do|go)\ without))
    | (?:would\ (?:rather|sooner)|prefers?|preferring)\ to\ (?:stay\ away\ from|steer\ clear\ of)
    | could\ (?:easily\ |happily\ )?(?:do|live)\ without | (?:does|do|fine|manages?|better\ off)\ without
    | dislik(?:es?|ed|ing) | avoid(?:s|ed|ing|ance\ of)? | hat(?:es?|ed|ing) | loath(?:es?|ed|ing)
    | detest(?:s|ed|ing)? | despis(?:es?|ed|ing) | abhors? | dread(?:s|ed|ing)? | shun(?:s|ned|ning)?
    | reject(?:s|ed|ing)? | resent(?:s|ed|ing)? | skip(?:s|ped|ping)? | ignor(?:es?|ed|ing) | refus(?:es?|ed|ing)
    | declin(?:es?|ed|ing) | bypass(?:es|ed|ing)? | (?:dis|mis)trust(?:s|ed|ing)? | disfavou?r(?:s|ed|ing)?
    | disregard(?:s|ed|ing)? | dismiss(?:es|ed|ing)? | oppos(?:es?|ed|ing) | resist(?:s|ed|ing)?
    | disapprov(?:es?|ed|ing)\ of | eschew(?:s|ed|ing)? | forgo(?:es|ing)?
    | steer(?:s|ed|ing)?\ (?:well\ )?(?:clear\ of|away\ from)
    | (?:stay|keep)(?:s|ing)?\ (?:well\ )?(?:away\ from|clear\ of) | sh(?:y|ies|ying)\ away\ from
    | turn(?:s|ing)?\ (?:down|away\ from) | pass(?:es|ing)?\ on | opt(?:s|ing)?\ out\ of | tir(?:es?|ed)\ of
    | wary\ of | averse\ to | aversion\ to | distaste\ for | allergic\ to
    | indifferen(?:t|ce)\ (?:to(?:wards?)?|about) | uncomfortable\ (?:with|using) | unhappy\ with
    | s[kc]eptical\ (?:of|about) | (?:put|turned)\ off\ by
    | (?:annoyed|irritated|bored|frustrated|overwhelmed)\ (?:by|with)
    | can(?:not|'t|\ not)\ (?:stand|bear|tolerate|abide) | (?:un|dis)interested\ in | unimpressed\ (?:by|with)
    | lacks?\ (?:any\ )?(?:interest|enthusiasm)\ (?:in|for) | objects?\ to | recoils?\ from | cringes?\ at
    | frowns?\ (?:up)?on | could(?:n't|\ not)\ care\ less\ about | disinclined\ (?:to(?:wards?)?)
    | unenthusiastic\ about | reluctant\ to\ use | hesitant\ (?:to\ use|about) | rul(?:es?|ing)\ out | weary\ of
    | dissatisfied\ with | away\ from
"""

_GOOD = r"""
    useful | helpful | valuable | motivating | interesting | handy | enjoyable | fun | engaging | comforting
    | convenient | beneficial | effective | soothing | uplifting | inspiring | inspirational | relaxing
    | entertaining | indispensable | essential | invaluable | worthwhile | supportive | encouraging | energi[sz]ing
    | pleasant | delightful | refreshing | reassuring | calming | amusing | rewarding | stimulating | exciting
    | charming | perfect | ideal | great | intuitive | suitable | fitting | well-suited | practical | go-to | staple
    | asset | hit | lifts? | must-have | source\ of | (?:top|first|natural|good|clear)\ choice | appeal(?:s|ing)?
    | high\ regard | praises? | tops? | earns? | delight | pleasure | joy | comfort | blessing | treat | relief
    | godsend | suits | fits | resonates?(?:\ with)? | delights | interests? | excites?
"""

_BAD = r"""
    too\ (?!(?:and|but|for|in|when|as|because|to|since|with|on|at|during)\b)[\w-]+ | out\ of\ place | off-putting
    | off\ the\ table | no-go | irrelevant | distract(?:ing|ion|ions|s) | stifl(?:ing|es?) | restrictive
    | child(?:ish|like) | juvenile | frivolous | trivial(?:i[sz]es|i[sz]ing)? | intrusive | invasive
    | annoy(?:ing|s|ance) | bor(?:ing|es) | tedious | dull | rigid | overwhelm(?:ing|s) | superficial | artificial
    | awkward | forced | impersonal | pointless | useless | meaningless | tiresome | burden(?:some)?
    | irritat(?:ing|es) | stressful | inappropriate | inconvenient | ineffective | inauthentic | insincere | lacking
    | silly | gimmicky | tone-deaf | wasteful | waste | nuisance | chore | confus(?:ing|es) | monotonous
    | cumbersome | limiting | suffocating | constraining | confining | draining | exhausting | contrived | clinical
    | formal | passive | cold | grating | jarring | disruptive | disrupts? | detracts? | clash(?:es)?
    | interferes?(?:\ with)? | interrupts? | undermines? | redundant | excessive | headaches? | indifferent
    | time-consuming | weighs\ on | falls\ flat | drags | patroni[sz]ing | flat | hollow | shallow
    | un(?!i|less|der|til|wind|cover|lock|fold|load)\w+(?:ing|ed|al|ful|ant|able|ary|ive|ome|ous|en) | unimport\w+
    | leaves?\ aside | takes?\ the\ \w+\ (?:away|out) | bottom | uneasy
    | dis(?:heartening|ruptive|couraging|concerting)
"""

_FRIENDLY = r"""
    meaningful | relevant | productive | empowering | insightful | thoughtful | heartwarming | creative | flexible
    | reliable | trustworthy | efficient | easy | simple | light-?hearted | cheerful | playful | cathartic
    | therapeutic | grounding | healing | restorative | affirming | validating | informative | educational
    | enriching | gratifying | satisfying | fulfilling | thrilling | captivating | immersive | priceless
    | dependable | accessible | vital | crucial | necessary | important | instrumental | conducive | compatible
    | appropriate | warm | gentle | comfortable | natural | appealing | good
"""

_UNFRIENDLY = r"""
    nagging | judgmental | preachy | moralizing | vague | generic | abstract | theoretical | complicated | risky
    | costly | expensive | noisy | loud | counterproductive | misplaced | strange | weird | odd | fake | staged
    | scripted | indulgent | lackluster | mundane | repetitive | predictable | cheesy | corny | immature | infantile
    | insensitive | disrespectful | dismissive | detached | isolating | alienating | demotivating | depressing
    | tiring | taxing | anxious | hurried | pressured | worse | sedentary | sentimental | flippant | inefficient
    | insufficient | impractical | problem | pressure | interruption
"""

TOKENS: tuple[tuple[str, int, str], ...] = (  # kind, polarity, pattern
    ("fill", 0, r"not\ (?:only|just|merely)|if\ ever|if\ at\ all|e\.g\.|i\.e\."),
    ("neutral", 0,
     r"neither\ (?:likes?|loves?|enjoys?)\ nor\ \w+"
     r"|no\ (?:strong|particular|real)\ (?:feelings?|opinions?|views?)|no\ opinions?|neutral|undecided"
     r"|unaware|take\ (?:it|them)\ or\ leave\ (?:it|them)|(?:yet\ to|not|never)\ (?:try|tried|used)"
     r"|(?:does\ not|doesn't)\ mind"),
    ("good", 1, r"never\ fails?"),
    ("unlike", 0,
     r"unlike|except(?:ing)?(?:\ for)?|(?:everything|all|every\ tool)\ but|apart\ from|other\ than"
     r"|aside\ from|with\ the\ exception\ of|save\ for"),
    ("instead", 0, r"rather\ than|instead\ of|in\ place\ of|as\ opposed\ to|and\ not"),
    ("like", 1, _LIKES),
    ("dislike", -1, _DISLIKES),
    ("find", 0,
     r"(?:seen|viewed|regarded|perceived|described|dismissed|thought\ of)\ as"
     r"|(?:find|consider|view|regard|deem|think|judg|perceiv|rat|describ|experienc|call)(?:e?s|ed|ing)?(?:\ of)?"
     r"|found|sees?|seeing|holds"),
    ("not", 0,
     r"used\ to(?=\ (?:\w+\ )?(?:like|love|enjoy|prefer|favou?r|appreciate|value|avoid|dislike|hate)\b)|not"
     r"|cannot|\w+n't|never|rarely|seldom|hardly|scarcely|barely|no(?:\ longer)?|nor|neither|little|less"
     r"|least|without|far\ from|anything\ but|nothing|few"),
    ("as well", 0,
     r"as\ well\ as|but\ also|along\ with|together\ with|alongside|in\ addition\ to|as\ (?:is|are|does|do)"
     r"|so\ (?:is|are|does|do)|plus|and|or|then|followed\ by"
     r"|(?:the\ )?same\ (?:goes|holds|is\ true|applies|with)(?:\ (?:for|to))?|ditto"),
    ("topic", 0, r"as\ (?:for|to)|when\ it\ comes\ to|regarding|concerning|with\ regard\ to|with\ respect\ to"),
    ("fill", 0,
     r"such\ as|like|including|namely|the\ (?:idea|thought|use|help|prospect)\ of|how|the\ way"
     r"|to\ (?:use|have|try|open|work\ with)"),
    ("good", 1, _GOOD),
    ("bad", -1, _BAD),
    ("tone", 1, _FRIENDLY),
    ("tone", -1, _UNFRIENDLY),
    ("but", 0, r"but|yet|while|whereas|whilst|however|though|although|even\ though"),
    ("sub", 0,
     r"as|since|because|which|that|who|whom|where|given|due\ to|so|when|whenever|if|unless|until|after"
     r"|before|for\ fear|considering|owing\ to"),
    ("use", 1,
     r"us(?:es?|ed)|utili[sz]e[sd]?|employ(?:s|ed)?|helps?|lets|allows?|enables?|supports?|boosts?|fuels?"
     r"|sparks?|inspires?|motivates?|calms?|soothes?|comforts?|assists?"),
    ("gives", 1, r"gives?|provides?|offers?|brings?|adds?|keeps?|makes?|serves?|works?|streamlines?|simplifies"),
    ("verb", 0,
     r"comes?\ across\ as|strikes?\ (?:her|him|them)\ as|is|are|was|were|be|remains?|feels?|seems?|appears?"
     r"|has|have|hold|gets?|ranks?|comes?|strikes?|does|do|did|can|could|would|will|may|might|proves?"
     r"|leaves?|includes?|being"),
    ("it", 0, r"it|them|both|either|(?:this|that)\ (?:tool|app|one)|these"),
    ("other", 0,
     r"(?:famil(?:y|ies)(?:\ members)?|(?:grand)?(?:parents?|mother|father|son|daughter|children)"
     r"|wi(?:fe|ves)|husbands?|spouses?|partners?|brothers?|sisters?|siblings?|kids?|friends?|colleagues"
     r"|co-?workers|peers|relatives|cousins?|neighbou?rs|others|people|everyone|many|some|classmates"
     r"|teammates|boss)"),
    ("prep", 0, r"in|at|during|on|with|for|within|above|around|across|outside|of|from|by|through"),
    ("fill", 0,
     r"too|as\ well|the|an?|his|her|their|its|all|any|using|use|having|trying|employing|opening|tools?"
     r"|apps?|applications?|features?|functions?|options?|ones?|things?|also|even|only|most|more|best|often"
     r"|sometimes|very|still|here|there|quite|much|just|again|further|instead|another|other|always"
     r"|above\ all|equally|likewise|\w+ly"),
)  # fmt: skip


TOKEN_OF_GROUP = {f"t{index}": (kind, polarity) for index, (kind, polarity, _) in enumerate(TOKENS)}
"""Group name in the lexer's pattern to kind and polarity."""


class Token(NamedTuple):
    kind: str
    text: str
    polarity: int = 0
    plain: bool = False
    """An app's name spelled like ordinary words, in a text that elsewhere spells names with underscores."""
    inner: tuple["Token", ...] = ()


def _compile() -> re.Pattern[str]:
    """One pattern for all tokens; the group that matched is `tool_<name>`, a key of `TOKEN_OF_GROUP`, or the token's kind."""
    tools = [rf"(?P<tool_{name}>(?<![A-Za-z0-9_]){pattern}(?![A-Za-z0-9_]))" for name, pattern in TOOL_PATTERNS.items()]
    words = [rf"(?P<t{index}>\b(?:{pattern})(?![\w'-]))" for index, (_, _, pattern) in enumerate(TOKENS)]
    marks = [
        r"(?P<comma>,|[\u2014\u2013]|\s-\s)",
        r"(?P<semi>;)",
        r"(?P<colon>:)",
        r"(?P<bracket>[()\[\]])",
        r"(?P<and>[&/+])",
    ]
    rest = [
        r"(?P<end>[.!?]+(?=[\s')\]]|$))",
        r"(?P<word>\b(?:[A-Za-z]|Mrs?|Ms|Dr|St|Jr|Sr|vs|Prof)\.|\w+(?:'\w+)*(?:-\w+)*)",
    ]
    return re.compile("|".join([*tools, *words, *marks, *rest]), re.IGNORECASE | re.VERBOSE)


_LEXER = _compile()
_UNDERSCORED = re.compile("|".join(TOOL_PATTERNS), re.IGNORECASE)
_BULLET = re.compile(r"\n\s*[-*\u2022]\s*")
_QUOTES = re.compile('["`*\u201c\u201d\u2018]')
_MAX_DEPTH = 8


def lex(text: str) -> list[Token]:
    """Tokens of the whole text; a bracket is one token that holds those inside it."""
    text = _BULLET.sub(" , ", text.replace("\u2019", "'")).replace("\n\n", " . ")
    underscored = _UNDERSCORED.search(text) is not None
    stack: list[list[Token]] = [[]]
    for match in _LEXER.finditer(_QUOTES.sub(" ", text)):
        kind, word = match.lastgroup or "word", match[0].lower()
        if kind == "bracket":
            _bracket(stack, word)
        elif kind.startswith("tool_"):
            name = kind.removeprefix("tool_")
            stack[-1].append(Token("tool", name, plain=underscored and "_" not in word and name in PLAIN_ENGLISH))
        elif kind in TOKEN_OF_GROUP:
            named, polarity = TOKEN_OF_GROUP[kind]
            stack[-1].append(Token(named, " ".join(word.split()), polarity))
        else:
            stack[-1].append(Token(kind, word))
    while len(stack) > 1:  # a bracket that is never closed sets nothing apart
        unclosed = stack.pop()
        stack[-1].extend([Token("comma", ","), *unclosed])
    return stack[0]


def _bracket(stack: list[list[Token]], mark: str) -> None:
    if mark in "([" and len(stack) <= _MAX_DEPTH:
        stack.append([])
    elif mark in ")]" and len(stack) > 1:
        inner = tuple(stack.pop())
        stack[-1].append(Token("bracket", "()", inner=inner))


def sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    """Splits at `end` tokens; none is empty."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "end":
            found.append([])
        else:
            found[-1].append(token)
    return [sentence for sentence in found if sentence]
