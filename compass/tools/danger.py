"""Whether words speak of danger to life or safety, and which kind of line fits.

The patterns are wide on purpose: a crisis line shown to someone who did not need it costs nothing, the opposite may
cost a life. So "I am not suicidal" is answered with a line too, and only set phrases ("dying to see it") are let pass.
"""

import re
from typing import Literal

from compass.tools.words import fold

Danger = Literal["suicide", "assault", "abuse"]

# Set phrases that use the words without the meaning; taken out before the patterns are tried.
HARMLESS = (
    r"kill(?:ing|ed)? (?:time|(?:the|my) (?:time|mood|vibe|lights?|back|feet))",
    r"dying to (?:see|know|try|meet|hear|watch|read|go|tell|get)",
    r"to die for|die of (?:laughter|boredom|embarrassment)|die hard|suicide squad",
    r"cut(?:ting)? (?:my|him|her)self (?:off|some slack|shaving|cooking)",
    r"beat(?:s|ing)? me (?:to (?:it|the)|at (?:chess|cards|tennis|golf|games?))|beats me(?= how| why| what|[.!?]|$)",
    r"hits? me (?:that|how|hard|like|right|with a wave)|slap\w* me on the back"
    r"|kick(?:s|ed|ing)? me out of (?:the (?:team|band|group|class))",
    r"hurt(?:ing)? myself (?:running|playing|cooking|at the gym|lifting|working out)",
    r"(?:take|took|takes|taking) (?:my|his|her|their|your) life (?:back|seriously|one|slow|easy|into)",
    r"(?:thinking|think) about ending things with",
    r"end it all on a high",
)

_ME = r"(?:(?:my|him|her|your|one)self|them ?selves|him or herself)"
_MY = r"(?:my|his|her|their|your)"
_NOT = r"(?:don'?t|do not|doesn'?t|does not|didn'?t|no longer|never|can'?t|cannot)"
_PARTNER = (
    r"(?:partner|husband|wife|boyfriend|girlfriend|father|mother|dad|mum"
    r"|mom|ex|step(?:dad|father|mother|mom)|uncle|brother|son|daughter"
    r"|carer|caregiver|boss|parents?|landlord)"
)

SUICIDE = (
    r"suicid\w*|kms|unaliv\w*|self[\s-]?(?:harm|injur|mutilat)\w*|overdos(?:e|ed|ing)",
    rf"(?:kill(?:ing|ed)?|hang(?:ing)?|shoot(?:ing)?|drown(?:ing)?|harm(?:ing|ed|s)?|poison(?:ing)?|starv(?:e|ing)) {_ME}",
    rf"(?:hurt|hurting|hurts|cut|cutting|cuts|burn|burning|burns|hit|hitting) {_ME}",
    rf"(?:cut|cutting|slit|slitting|cuts) (?:{_MY} |open )*(?:wrists?|arms?|legs?|thighs?|veins?)",
    rf"(?:end|ending|ended|ends|take|taking|took|takes) {_MY} (?:own )?li(?:fe|ves)",
    r"(?:end|ending) it all|end it (?:now|tonight|today|for good|once and for all)|ending (?:it all|everything)",
    r"(?:want|wants|wanted|wanna|wish\w*|ready|hop(?:e|ing)|try|tried|trying"
    r"|prefer|deserves?)\b.{0,24}\b(?:to die|to be dead|to not exist|not to exist)",
    r"(?:want|wants|wanted|wanna|wish\w*)\b.{0,24}\b(?:die|(?:was|were|be) dead"
    r"|would die|disappear forever|stop existing|to be gone|not be here)",
    r"wish\w*\b.{0,24}\b(?:never (?:been )?born|never woke|not wake up|wouldn'?t wake up|not woken up)",
    r"(?:rather|better off) (?:be |being )?dead|better off (?:if i (?:was|were) gone|without (?:me|him|her|them))",
    r"without me (?:they|everyone|everybody|the world|my family)\b.{0,20}\bbetter",
    rf"{_NOT} (?:really |even )?(?:want to |wanna |wants to )(?:live|be alive|exist|wake up|go on living|keep living)"
    r"(?! (?:with|here|there|near|at|by|alone|together|like|this way|in|on my own|up|early|for work))",
    rf"{_NOT} want to (?:live|be here) (?:anymore|any more|any longer|like this|without)|not want to (?:live|be alive)",
    rf"{_NOT} (?:want to )?(?:be here|live|go on|carry on|keep going|keep living"
    r"|do (?:this|life)|take (?:this|it)) any ?(?:more|longer)|can'?t go on",
    r"no (?:reason|point|will|purpose|desire) (?:to|in|of|for) (?:live"
    r"|living|being alive|be alive|going on|go on|carry(?:ing)? on)",
    r"(?:life|living|it) (?:is|isn'?t|is not|feels?|has become|seems) (?:no longer |not |just not |hardly )?worth living"
    r"|not worth living",
    r"(?:nothing|no one|nobody) (?:left |else )?to live for|no way out(?: any ?more| of this life| but)?",
    r"(?:nobody|no one) would (?:even )?(?:miss|notice|care)\b.{0,12}\bif i (?:was|were|am|died|disappeared|'m)\b",
    r"(?:be|join|being)\b.{0,24}\bin heaven",
    r"tired of (?:living|being alive|life|existing)|giv(?:e|ing|en) up on (?:life|living)|lost the will to live",
    r"(?:thoughts?|thinking|thinks?|talk\w*|dream\w*|fantas\w*|obsess\w*) (?:of"
    r"|about) (?:death|dying|ending (?:it|things|my|his|her|their))",
    r"(?:took|take|taking|swallow\w*)\b.{0,16}\b(?:all|too many|whole|handful"
    r"|bottle|lot of|every)\b.{0,24}\b(?:pills?|tablets?|medications?|meds|bottle)",
    r"(?:sav|stockpil|hoard|collect)ing (?:up )?(?:my |his |her )?(?:sleeping )?(?:pills|tablets)",
    r"jump(?:ing|ed)? (?:off|from) (?:a|the|my|that|this) (?:bridge|building|roof|balcony|window|cliff|ledge)",
    r"(?:jump|step|walk|throw|throwing|stepping|jumping|walking)\w*\b.{0,16}\bin front of (?:a|the) (?:train|bus|truck|car|subway)",
    r"(?:suicide|goodbye|farewell) (?:note|letter|message)s?|say(?:ing)? (?:my |his |her )?(?:final|last) goodbyes?",
    r"(?:gun|rope|noose|blade|razor)\b.{0,30}\b(?:myself|my head|to end|die)|noose",
    r"voices?\b.{0,30}\b(?:tell|say|order|want|command|scream)\w*\b.{0,30}\b(?:kill|hurt|harm|die|jump|end)",
)
ASSAULT = (
    r"rap(?:e|ed|ist|ing)|molest\w*|groped|sexual(?:ly)? (?:assault|abus|violat|violen|attack|harass)\w*|incest",
    r"forced (?:me|him|her|them|himself|herself)\b.{0,20}\b(?:sex|on me|on her|on him|bed)",
    r"touch(?:es|ed|ing)? me\b.{0,40}\b(?:wrong|private|sexual\w*|secret"
    r"|uncomfortable|down there|don'?t want|did not want|didn'?t want)",
)
ABUSE = (
    # "It hit me" is a thought; "he hit me" is not.
    rf"(?:he|she|they|who|someone|somebody|{_PARTNER}) (?:\w+ ){{0,2}}(?:hit"
    r"|hits|hitting|beat|beats|beating|hurts?) (?:me|us|her|him|them|my)(?! to)",
    r"(?:hit|hits|hitting|beat|beats|beating|beaten) (?:me|us|her|him|them) (?:up"
    r"|when (?:he|she|they)|every|with (?:a|his|her|their) (?:belt|fist|stick|hand))",
    r"(?:slap(?:s|ped|ping)?|punch(?:es|ed|ing)?|kick(?:s|ed|ing)?"
    r"|chok(?:es|ed|ing)|strangl\w+|stab(?:s|bed|bing)?|shov(?:es|ed|ing)) "
    r"(?:me|us|my (?:mother|mum|mom|sister|brother|son|daughter|kids?|child|children))",
    r"domestic (?:violence|abuse)|(?:child|elder) abuse|abusive|(?:physical|verbal|emotional)(?:ly)? abus\w*",
    r"abus(?:es|ed|ing) (?:me|us|her|him|them|my)|(?:is|are|am|was|being|getting|gets) (?:badly )?(?:abused|beaten|battered)",
    r"threat(?:en|ens|ened|ening|s)? (?:to|that \w+ (?:will|would)) (?:kill|hurt|hit|shoot|stab|harm|beat)|death threats?",
    r"(?:kill|shoot|stab|murder) (?:me|us)(?! (?:if i|when i|with))"
    r"|(?:kill|shoot|stab|murder|hurt) (?:my (?:wife|husband|mother|father|kids?|children|family|boss|ex))",
    rf"(?:afraid|scared|frightened|terrified) of (?:my )?{_PARTNER}"
    rf"|(?:afraid|scared|terrified)\b.{{0,24}}\b(?:will hurt|will hit|will kill|come after|find) (?:me|us)",
    r"locks? me (?:in|up|out)|(?:won'?t|doesn'?t|does not|will not) let me leave|stalk(?:s|ed|ing|er)",
    r"(?:don'?t|doesn'?t|not|never) (?:feel(?:ing)? )?safe (?:at|in (?:my|our)(?: own)?) home"
    rf"|unsafe at home|violent {_PARTNER}|{_PARTNER} (?:\w+ )?(?:\w+ )?violent",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})(?:\b|(?<=\W))" for pattern in patterns))


_HARMLESS = _any(HARMLESS)
_KINDS: tuple[tuple[Danger, re.Pattern[str]], ...] = (
    ("suicide", _any(SUICIDE)),
    ("assault", _any(ASSAULT)),
    ("abuse", _any(ABUSE)),
)


def danger_in(text: str) -> Danger | None:
    """The kind of danger a text speaks of; danger to life comes before the others."""
    plain = _HARMLESS.sub(" … ", " ".join(fold(text).replace("’", "'").split()))
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
