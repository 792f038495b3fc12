"""Whether words speak of danger to life or safety, and which kind of line fits.

The patterns are wide on purpose: a crisis line shown to someone who did not need it costs nothing, the opposite may
cost a life. So "I am not suicidal" is answered with a line too, and only set phrases ("dying to see it") are let pass.
"""

import re
from typing import Literal

from compass.tools.words import fold

Danger = Literal["suicide", "assault", "abuse"]

# Set phrases that use the words without the meaning; taken out before the patterns are tried.
HARMLESS = re.compile(
    r"\b(?:kill(?:ing|ed)? (?:time|it|the (?:time|mood|vibe|lights?))|dying to (?:see|know|try|meet|hear|watch|read|go)|to die for"
    r"|die of (?:laughter|boredom|embarrassment)|died? laughing|suicide squad|cut(?:ting)? (?:myself|himself|herself) (?:off|some slack|a (?:slice|piece))"
    r"|beat(?:s|ing)? me to (?:it|the)|beats me\b(?! (?:up|with|when|if|and|every))|heart attack when|die hard)\b"
)

# The person speaks ("I want to die") or is spoken of ("he wants to die", "James talks about ending his life").
_SELF = r"(?:my|him|her|them|your|one'?s?)?\s?(?:self|selves)"
_LIFE = r"(?:my|his|her|their|your|own|the) (?:own )?li(?:fe|ves)"
SUICIDE = re.compile(
    rf"\bsuicid|\bkms\b|\bunaliv"
    rf"|\bkill(?:ing|ed)? {_SELF}\b|\bhang(?:ing)? {_SELF}\b|\bshoot(?:ing)? {_SELF}\b|\bdrown(?:ing)? {_SELF}\b|\bharm(?:ing|ed|s)? {_SELF}\b"
    rf"|\bself[\s-]?(?:harm|injur|mutilat)|\b(?:hurt|hurting|cut|cutting|cuts|burn|burning|starv\w+|poison\w*) {_SELF}\b(?! (?:running|playing|cooking|shaving))"
    rf"|\b(?:end|ending|ended|ends|take|taking|took|takes) {_LIFE}\b(?! (?:back|seriously|one|for granted|slow|easy|together|story))|\bend(?:ing)? it all\b|\bend it (?:now|tonight|today|for good)\b"
    rf"|\b(?:want|wants|wanted|wish|wishes|wished|ready|going|hope|hoping|try|tried|trying|prefer|deserve|deserves)\b.{{0,24}}\b(?:to die|to be dead|i (?:was|were) dead|i would die|to disappear forever|to not exist|not to exist|to stop existing)\b"
    rf"|\bwish\b.{{0,24}}\b(?:dead|never (?:been )?born|never woke|not wake up)\b|\b(?:rather|better off) (?:be )?dead\b"
    rf"|\bbetter off without (?:me|him|her|them)\b|\b(?:don'?t|do not|doesn'?t|does not|didn'?t|no longer|never|not|can'?t|cannot) (?:really )?(?:want to |wanna |wants to )?(?:live|be alive|exist|wake up|go on living|keep living|be here anymore)\b(?! (?:with|in|here|there|near|at|by|alone|together|on my own|up to|without (?!(?:him|her|you|them|my))))"
    rf"|\bno (?:reason|point|will|purpose) (?:to|in|of) (?:live|living|being alive|going on|go on|carry on)\b|\b(?:life|living) (?:is|isn'?t|is not|not|feels?|has become) (?:no longer |not )?worth (?:it|living)\b|\bnot worth living\b"
    rf"|\btired of (?:living|being alive|life|existing)\b|\bgive up on (?:life|living)\b|\b(?:thoughts?|thinking|think|thinks|talk\w*|dream\w*|fantas\w*) (?:of|about) (?:death|dying|ending (?:it|things|everything))\b"
    rf"|\boverdos(?:e|ed|ing)\b|\b(?:took|take|taking|swallow\w*) (?:all|too many|a (?:whole )?(?:bottle|handful|lot) of|the whole|every)\b.{{0,16}}\b(?:pills?|tablets?|sleeping|medicat\w+|meds|bottle)\b"
    rf"|\bjump(?:ing)? (?:off|from) (?:a|the|my|that) (?:bridge|building|roof|balcony|window|train|cliff)|\bin front of (?:a|the) (?:train|bus|truck|car|subway)\b|\b(?:goodbye|farewell|final|last) (?:note|letter|message)s?\b|\bsay(?:ing)? (?:my )?(?:final |last )?goodbyes\b"
    rf"|\b(?:don'?t|do not|can'?t|cannot) (?:want to )?(?:go on|carry on|keep going|do this) any ?(?:more|longer)\b|\bcan'?t go on\b|\b(?:cutting|cut|slit|slitting) (?:my|his|her|their) (?:wrists?|arms?|legs?|thighs?|veins?)\b"
    rf"|\bvoices?\b.{{0,30}}\b(?:tell|say|order|want|command)\w*\b.{{0,30}}\b(?:kill|hurt|harm|die|jump|end)\b"
)
ASSAULT = re.compile(
    r"\brap(?:e|ed|ist|ing)\b|\bsexual(?:ly)? (?:assault|abus|violat|violen|attack)\w*|\bmolest\w*|\bgroped\b|\bforced (?:me|him|her|them|himself|herself)\b.{0,20}\b(?:sex|on me|on her|on him|bed)\b"
    r"|\btouch(?:es|ed|ing)? me\b.{0,40}\b(?:wrong|private|want|sexual|secret|uncomfortable|there)\b"
)
ABUSE = re.compile(
    r"\b(?:hit|hits|hitting|beat|beats|beating|beaten|slap\w*|punch\w*|kick\w*|chok\w+|strangl\w+|stab\w*|burn(?:s|ed)|shov(?:e[sd]|ing)|throws things at) (?:me|us|my (?:mother|mum|mom|sister|brother|son|daughter|kids?|child(?:ren)?)|her|him|them)\b(?! (?:hard that|like a|in the (?:game|race|final)))"
    r"|\bdomestic (?:violence|abuse)|\babusive\b|\babus(?:es|ed|ing) (?:me|us|her|him|them|my)\b|\b(?:is|are|was|been|being|get|getting) (?:physically |emotionally |verbally |badly )?(?:abused|beaten|battered)\b|\bphysical(?:ly)? abus|\bchild abuse\b|\belder abuse\b"
    r"|\bthreat(?:en|ens|ened|ening)? to (?:kill|hurt|hit|shoot|stab|harm)\b|\b(?:kill|shoot|stab|murder) (?:me|us|my (?:wife|husband|mother|father|kids?|children|family|boss))\b(?! if i| when)"
    r"|\b(?:afraid|scared|frightened|terrified) (?:of|that) (?:my|he|she|they)\b.{0,40}\b(?:hurt|hit|kill|violent|temper|come after|find me)\b|\blocks? me (?:in|up|out)\b|\bwon'?t let me leave\b|\bstalk(?:s|ed|ing|er)\b|\bnot safe at home\b|\bunsafe at home\b|\bviolent (?:partner|husband|wife|boyfriend|girlfriend|father|mother|ex|parent)\b"
    r"|\bmy (?:partner|husband|wife|boyfriend|girlfriend|father|mother|dad|mum|mom|ex|stepdad|stepfather|stepmother|uncle) (?:is|gets|got|was|became|has become|has been) (?:so |very |always )?violent\b"
)


def danger_in(text: str) -> Danger | None:
    """The kind of danger a text speaks of; danger to life comes before the others."""
    plain = HARMLESS.sub(" ", fold(text).replace("’", "'"))
    for kind, pattern in (("suicide", SUICIDE), ("assault", ASSAULT), ("abuse", ABUSE)):
        if pattern.search(plain):
            return kind
    return None
