"""Whether words speak of danger to life or safety, and which kind of line fits.

The patterns are wide on purpose: a crisis line shown to someone who did not need it costs nothing, the opposite may
cost a life. So "I am not suicidal" is answered with a line too, and only set phrases ("dying to see it") are let pass.
"""

import re
from typing import Literal

from compass.tools.words import fold

Danger = Literal["suicide", "assault", "abuse"]

MAX_CHARS = 10_000

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
    r"(?:can'?t|cannot|couldn'?t) live without|live (?:with|near) (?:my|his|her) parents",
)

_ME = r"(?:(?:my|him|her|your|one)self|them ?selves|him or herself)"
_MY = r"(?:my|his|her|their|your)"
_NOT = r"(?:don'?t|do not|doesn'?t|does not|didn'?t|no longer|never|can'?t|cannot)"
_PARTNER = (
    r"(?:partner|husband|wife|boyfriend|girlfriend|father|mother|dad|mum"
    r"|mom|ex|step(?:dad|father|mother|mom)|uncle|brother|son|daughter"
    r"|carer|caregiver|boss|parents?|landlord)"
)

# The end of what is said: "I can't do this anymore." but not "I can't do this anymore with the old laptop".
_STOP = r"(?=\s*(?:$|[.,;!?…]))"
_VICTIM = (
    r"(?:me|us|her|him|them|mum|mom|mother|dad"
    r"|(?:my|his|her|their|our) (?:\w+ ){0,2}(?:mother|mum|mom|father|dad|sister|brother|son|daughter|kids?|child(?:ren)?"
    r"|wife|husband|grandmother))"
)

SUICIDE = (
    # Named outright.
    r"suicid\w*|kms|unaliv\w*|self[\s-]?(?:harm|injur|mutilat)\w*|overdos(?:e|ed|es|ing)|noose",
    r"(?:kill(?:s|ing|ed)?|hang(?:s|ing|ed)?|shoot(?:ing)?|drown(?:ing)?|harm(?:ing|ed|s)?|poison(?:ing)?|starv(?:e|ing)"
    rf"|stab(?:bing)?) {_ME}",
    rf"(?:hurt|hurting|hurts|cut|cutting|cuts|burn|burning|burns|hit|hitting) {_ME}|cut(?:ting)? again",
    rf"(?:cut|cutting|slit|slitting|cuts|scratch\w*) (?:{_MY} |open )*(?:wrists?|arms?|legs?|thighs?|veins?)",
    rf"(?:end|ending|ended|ends|take|taking|took|takes) {_MY} (?:own )?li(?:fe|ves)",
    # Ending it.
    r"(?:end|ending) it all|end (?:it|things|everything|this) (?:all )?(?:now|tonight|today|for good|forever|once and for all)",
    r"ending (?:it all|everything)"
    rf"|(?:think\w*|thought|plan\w*|want\w*|going|about) (?:of |about |on |to )?(?:end|ending) (?:it|things)(?:{_STOP}| soon)",
    r"(?:it|this|everything|the pain)(?: all)? to (?:end|stop|be over) (?:forever|for good)"
    r"|want(?:s|ed)? the pain to (?:end|stop|be over)",
    # Wishing to be dead.
    r"(?:want|wants|wanted|wanna|wish\w*|ready|hop(?:e|ing)|try|tried|trying|prefer|deserves?|rather|feel like|going to)\b.{0,24}\b"
    r"(?:to die|die|dying|(?:was|were|be) dead|would die|(?:to )?not exist|not to exist|disappear forever|stop existing"
    r"|to be gone|not be here)",
    r"(?:if|when) i (?:was|were|am|'m|had|just)?\s?(?:already |just )?(?:dead|gone|died|not here|not around"
    r"|no longer here)|should(?: just)? die",
    r"wish\w*\b.{0,24}\b(?:never (?:been )?born|never woke|woken up)"
    r"|(?:never|not|wouldn'?t|don'?t) (?:ever )?(?:have to )?wake up (?:again|anymore|any more|tomorrow)",
    r"(?:sleep|asleep) (?:and|forever)(?: just)? (?:never|not|don'?t) wake|sleep forever|never wake up",
    r"(?:wanting|ways?|need(?:s|ed)?|time) to die|(?:could|might|should|to) (?:just )?end it(?=\s*(?:$|[.,;!?…]))"
    r"|(?:my|his|her) own funeral",
    r"(?:i'?m|i am|feel(?:s|ing)? like|is) (?:such |only |just |nothing but )?a burden (?:to|on|for|and)"
    r"|by the time you read this",
    r"(?:only|one|no other) (?:solution|option|escape|answer)\b.{0,30}\b(?:death|die|dying)"
    r"|death (?:is|would be|seems|feels|sounds) (?:the|a|better|like|easier|good)",
    r"(?:stood|standing|stand) (?:on|at) (?:the|a) (?:bridge|edge|roof|ledge|tracks|platform)\b.{0,40}\b(?:looked|looking"
    r"|jump|step|thought)",
    r"better off (?:dead|if i|without (?:me|him|her|them))"
    r"|without me (?:they|everyone|everybody|the world|my family)\b.{0,20}\bbetter",
    r"(?:nobody|no one|no-one) (?:would|will) (?:even )?(?:miss|notice|care)\b.{0,12}\b(?:if i|when i|me)",
    r"(?:be|join|being|see)\b.{0,24}\bin heaven|meet my maker",
    # Not wanting to live.
    rf"{_NOT} (?:really |even )?(?:want to |wanna |wants to |feel like |see the point (?:of|in) )(?:live|living|be alive"
    r"|being alive|exist\w*|go on living|keep living)"
    r"(?! (?:with|here|there|near|at|by|alone|together|in|on my own|up|like th))",
    rf"{_NOT} (?:want|wants|wanna) (?:to )?(?:live|be here|be alive) (?:anymore|any more|any longer|like this)"
    r"|not want(?:ing)? to (?:live|be alive)(?! (?:in|with|near|at))",
    rf"{_NOT} (?:want to |wanna )?(?:wake up|live|go on|carry on|keep going|do (?:this|life)"
    rf"|take (?:this|it)) ?(?:any ?(?:more|longer))?{_STOP}",
    rf"{_NOT} (?:want to |wanna )?(?:be here|go on|carry on|keep going|do life|live) any ?(?:more|longer)|can'?t go on",
    rf"{_NOT}\b.{{0,30}}\b(?:keep|go on|carry on|continue) (?:living|with life|to live)",
    r"no (?:reason|point|will|purpose|desire|sense) (?:to|in|of|for|left) (?:live|living|being alive|be alive|going on"
    r"|go on|carry(?:ing)? on|life)",
    r"(?:life|living|it) (?:is|isn'?t|is not|feels?|has become|seems) (?:no longer |not |just not |hardly )?worth living"
    r"|not worth living",
    r"nothing (?:left |else )?to live for|(?:no|any|only|is the) way out(?: any ?more| of this life)?(?:[.!?,;]|$)",
    r"(?:tired|sick|done|finished) (?:of|with) (?:living|being alive|life|existing|this life)"
    r"|giv(?:e|es|ing|en) up on (?:life|living)|will to live",
    r"(?:thoughts?|thinking|thinks?|talk\w*|dream\w*|fantas\w*|obsess\w*) (?:of|about) (?:(?:my )?death|dying|being dead"
    r"|not being here)",
    # Means and farewells.
    r"(?:took|take|taking|swallow\w*)\b.{0,16}\b(?:all|too many|whole|handful|bottle|lot of|every)\b.{0,24}\b(?:pills?"
    r"|tablets?|medications?|meds|bottle)",
    r"(?:sav|stockpil|hoard|collect)ing (?:up )?(?:my |his |her )?(?:sleeping )?(?:pills|tablets)|pills? in my hands?"
    r"|hold\w* (?:the|my|a bottle of) pills",
    r"(?:got|have|has|bought|found) (?:a|the|my|dad'?s|some) (?:rope|gun|razor|blades?)\b.{0,20}\b(?:ready|loaded|here"
    r"|myself|die|end)|gun to my head",
    r"(?:rope|gun|razor|blade|knife)\b.{0,30}\b(?:(?:to|at|on|against) (?:myself|my (?:head|throat|wrists?))|to end|die)",
    r"(?:jump|jumps|jumping|jumped) (?:off|from) (?:a|the|my|that|this) (?:\w+ )?(?:bridge|building|roof|balcony|window"
    r"|cliff|ledge)",
    r"(?:jump|step|walk|throw|throwing|stepping|jumping|walking)\w*\b.{0,16}\b(?:in front of|under|into) (?:a"
    r"|the) (?:train|bus|truck|car|subway|traffic)",
    r"(?:goodbye|farewell) (?:note|letter|message|everyone|everybody|world|forever)s?|(?:final|last) goodbyes?"
    r"|not be (?:here|around) (?:tomorrow|much longer)",
    r"voices?\b.{0,30}\b(?:tell|say|order|want|command|scream)\w*\b.{0,30}\b(?:kill|hurt|harm|die|jump|end)",
)
ASSAULT = (
    r"rap(?:e|ed|ist|ing)|molest\w*|groped|sexual(?:ly)? (?:assault|abus|violat|violen|attack|harass)\w*|incest",
    r"forc(?:ed|es|ing) (?:me|him|her|them|himself|herself|themselves)\b.{0,20}\b(?:sex|on me|on her|on him|on them|bed"
    r"|kiss|touch|undress)",
    r"(?:made|makes|make) (?:me|him|her|them) (?:touch|undress|strip|sleep with|have sex|kiss)",
    r"touch(?:es|ed|ing)? (?:me|her|him)\b.{0,40}\b(?:wrong|private\w*|sexual\w*|secret|uncomfortable|down there"
    r"|(?:don'?t|did not|didn'?t) want)",
)
ABUSE = (
    # "It hit me" is a thought; "he hit me" is not.
    rf"(?:he|she|they|who|someone|somebody|{_PARTNER}) (?:\w+ ){{0,3}}(?:hit|hits|hitting|beat|beats|beating"
    rf"|hurts?) (?:up )?{_VICTIM}(?! (?:to|in the|at))",
    r"(?:hit|hits|hitting|beat|beats|beating|beaten) (?:me|us|her|him|them) (?:up|when (?:he|she|they)|every"
    r"|with (?:a|his|her|their) \w+)",
    r"(?:slap(?:s|ped|ping)?|punch(?:es|ed|ing)?|chok(?:es|ed|ing)|strangl\w+|stab(?:s|bed|bing)?|shov(?:es|ed|ing)"
    rf"|spits? (?:on|at)) {_VICTIM}",
    rf"(?:kick(?:s|ed|ing)?) {_VICTIM}(?! (?:off|out|back|upstairs|under|into gear))",
    rf"(?:push(?:es|ed)|grab(?:s|bed)|drag(?:s|ged)|throws?|threw|pins?|pinned|slam(?:s|med)) {_VICTIM} (?:down|against"
    r"|into|by|to the|onto|across)",
    r"(?:throws?|threw|throwing) (?:\w+ ){1,2}at (?:me|us|her|him)(?! to catch)|(?:by the|around my) (?:throat|neck|hair)"
    r"|push(?:es|ed)? me (?:around|about)",
    r"domestic (?:violence|abuse)|(?:child|elder) abuse|abusive|(?:physical|verbal|emotional)(?:ly)? abus\w*",
    r"abus(?:es|ed|ing) (?:me|us|her|him|them|my)|(?:is|are|am|was|being|getting|gets) (?:badly )?(?:abused|beaten|battered)",
    r"threat(?:en|ens|ened|ening|s)? (?:me |us |her |him )?(?:to|that \w+ (?:will|would)|with a) (?:kill|hurt|hit|shoot"
    r"|stab|harm|beat|knife|gun)|death threats?",
    r"(?:kill|shoot|stab|murder) (?:me|us)(?! (?:if i|when i|with))"
    r"|(?:kill|shoot|stab|murder|hurt) (?:my (?:wife|husband|mother|father|kids?|children|family|boss|ex))",
    rf"(?:afraid|scared|frightened|terrified) of (?:my )?{_PARTNER}"
    rf"|(?:afraid|scared|terrified)\b.{{0,24}}\b(?:(?:will|might|could|would|is going to) (?:hurt|hit|kill)|come after"
    r"|find) (?:me|us|her|him)",
    r"locks? me (?:in|up|out)|(?:won'?t|doesn'?t|does not|will not) let me (?:leave|go out)|stalk(?:s|ed|ing|er)",
    r"follow(?:s|ed|ing) me (?:home|everywhere|around|to work|all the time)",
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
    """The kind of danger that the first `MAX_CHARS` characters of a text speak of; danger to life comes before the others."""
    plain = _HARMLESS.sub(" … ", " ".join(fold(text[:MAX_CHARS]).replace("’", "'").split()))
    return next((kind for kind, pattern in _KINDS if pattern.search(plain)), None)
