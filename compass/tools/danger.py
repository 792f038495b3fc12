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
    r"laugh\w*\b.{0,45}\b(?:die|died|dying|dead)",
    r"rather die than (?:sing|dance|watch|eat|wear|listen|cook|run|jog|play|read|hear|drive|queue|shop|clean|iron|camp|present"
    r"|karaoke|speak in public|give (?:a|that) (?:speech|talk))",
    r"overdos\w* on (?:chocolate|sugar|cake|sweets?|candy|cheese|ice cream|netflix|tv|telly|series|news|christmas"
    r"|nostalgia)",
    r"(?:lost|losing|lose) the will to live (?:in|on|at|during|through|waiting|reading|watching) (?:\w+ ){0,3}"
    r"(?:queue|line|meeting|traffic|call|hold|lecture|film|movie|report|webinar|supermarket)",
    r"can'?t do (?:this|it) any ?more\W{1,3}(?:this|the) (?:\w+ )?(?:level|game|puzzle|crossword|recipe|spreadsheet"
    r"|commute)",
    r"kill (?:me|us) for (?:being late|forgetting|missing|breaking|losing|spilling|oversleeping|not (?:calling"
    r"|answering"
    r"|finishing|showing))",
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
_KIN = (
    r"(?:wife|husband|partner|boyfriend|girlfriend|son|daughter|child|baby|mother|mum|mom|father|dad|brother|sister|friend"
    r"|grandmother|grandfather|twin)"
)
_MEDICINE = (
    r"(?:pills?|tablets?|capsules?|meds|medications?|medicine|paracetamol|acetaminophen|tylenol|ibuprofen|aspirin|antidepressants?"
    r"|painkillers?|sleeping (?:pills|tablets)|xanax|benzos|opioids?|insulin)"
)
_MANY = r"(?:(?!\d+ ?mg)\d{2,3}|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|a hundred|dozens of|(?:way |far )?too many)"
_PICTURES = r"(?:nudes|(?:naked|nude|intimate) (?:pictures?|photos?|pics?|videos?|images?|selfies?))"
_CHILD = (
    r"(?:i'?m|i am) (?:only |just )?(?:[5-9]|1[0-7]|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen"
    r"|sixteen|seventeen)(?! (?:minutes?|hours?|days?|weeks?|months?|percent|years? (?:into|in)))"
)
_VICTIM = (
    r"(?:me|us|her|him|them|mum|mom|mother|dad"
    r"|(?:my|his|her|their|our) (?:\w+ ){0,2}(?:mother|mum|mom|father|dad|sister|brother|son|daughter|kids?"
    r"|child(?:ren)?"
    r"|wife|husband|grandmother))"
)

SUICIDE = (
    # Named outright.
    r"suicid\w*|kms|unaliv\w*|self[\s-]?(?:harm|injur|mutilat)\w*|overdos(?:e|ed|es|ing)|noose",
    r"(?:kill(?:s|ing|ed)?|hang(?:s|ing|ed)?|shoot(?:ing)?|drown(?:ing)?|harm(?:ing|ed|s)?|poison(?:ing)?|starv(?:e"
    r"|ing)"
    rf"|stab(?:bing)?) {_ME}",
    rf"(?:hurt|hurting|hurts|cut|cutting|cuts|burn|burning|burns|hit|hitting) {_ME}|cut(?:ting)? again",
    rf"(?:cut|cutting|slit|slitting|cuts|scratch\w*) (?:{_MY} |open )*(?:wrists?|arms?|legs?|thighs?|veins?)",
    rf"(?:end|ending|ended|ends|take|taking|took|takes) {_MY} (?:own )?li(?:fe|ves)",
    # Hurting oneself.
    rf"(?:burn|burns|burning|burned|burnt|cut|cuts|cutting|scratch\w*|tear\w*"
    rf"|pick\w*) {_MY} (?:own )?(?:\w+ )?(?:skin|arms?|legs?"
    r"|thighs?|hands?|stomach)\b.{0,20}\b(?:open|lighter|cigarettes?|match(?:es)?|razor|blade|bleed\w*|bled"
    r"|on purpose)",
    r"(?:until|till) (?:it|i|he|she|they) (?:bleeds?|bled)|(?:make|makes|making|made) (?:my|him|her)self (?:bleed"
    r"|vomit|throw up)",
    rf"(?:razors?|blades?)\b.{{0,60}}\b(?:scars?|cuts|wrists?|thighs?)|(?:scars?|(?:fresh|new|more|deep) cuts)"
    rf"\b.{{0,20}}\b{_MY}"
    r" (?:\w+ )?(?:wrists?|thighs?|arms?|forearms?)",
    rf"(?:scissors|razor|blade|knife|lighter)\b.{{0,30}}\b{_MY} (?:arm|leg|skin|thigh|wrist)|punish(?:es|ing"
    rf"|ed)? (?:{_ME}|{_MY} body)",
    rf"lost count of how many {_MEDICINE}",
    # Ending it.
    r"(?:end|ending) it all|end (?:it|things|everything|this) (?:all )?(?:now|tonight|today|for good|forever"
    r"|once and for all)",
    r"ending (?:it all|everything)"
    rf"|(?:think\w*|thought|plan\w*|want\w*|going|about) (?:of |about |on |to )?(?:end|ending) (?:it"
    rf"|things)(?:{_STOP}| soon)",
    r"(?:it|this|everything|the pain)(?: all)? to (?:end|stop|be over) (?:forever|for good)"
    r"|want(?:s|ed)? the pain to (?:end|stop|be over)",
    # Wishing to be dead.
    r"(?:want|wants|wanted|wanna|wish\w*|ready|hop(?:e|ing)|try|tried|trying|prefer|deserves?|rather|feel like"
    r"|going to)\b.{0,24}\b"
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
    r"(?:stood|standing|stand) (?:on|at) (?:the|a) (?:bridge|edge|roof|ledge|tracks|platform)"
    r"\b.{0,40}\b(?:looked|looking"
    r"|jump|step|thought)",
    r"better off (?:dead|if i|without (?:me|him|her|them))"
    r"|without me (?:they|everyone|everybody|the world|my family)\b.{0,20}\bbetter",
    r"(?:nobody|no one|no-one) (?:would|will) (?:even )?(?:miss|notice|care)\b.{0,12}\b(?:if i|when i|me)",
    r"(?:be|join|being|see)\b.{0,24}\bin heaven|meet my maker",
    # Not wanting to live.
    rf"{_NOT} (?:really |even )?(?:want to |wanna |wants to |feel like |see the point (?:of|in) )(?:live|living"
    rf"|be alive"
    r"|being alive|exist\w*|go on living|keep living)"
    r"(?! (?:with|here|there|near|at|by|alone|together|in|on my own|up|like th))",
    rf"{_NOT} (?:want|wants|wanna) (?:to )?(?:live|be here|be alive) (?:anymore|any more|any longer|like this)"
    r"|not want(?:ing)? to (?:live|be alive)(?! (?:in|with|near|at))",
    rf"{_NOT} (?:want to |wanna )?(?:wake up|live|go on|carry on|keep going|do (?:this|life)"
    rf"|take (?:this|it)) ?(?:any ?(?:more|longer))?{_STOP}",
    rf"{_NOT} (?:want to |wanna )?(?:be here|go on|carry on|keep going|do life|live) any ?(?:more|longer)|can'?t go on",
    rf"{_NOT}\b.{{0,30}}\b(?:keep|go on|carry on|continue) (?:living|with life|to live)",
    rf"{_NOT} (?:want to |wanna )wake up (?:tomorrow|again|ever|ever again|in the morning){_STOP}",
    r"(?:don'?t|do not|won'?t) (?:think i(?:'ll| will) )?(?:make it|be alive|live) (?:to|until|till|past) (?:see )?(?:my |the )?(?:next )?"
    r"(?:birthday|christmas|year|spring|summer|winter|graduation)",
    r"disappear(?:ing)? (?:for good|and (?:never|not) (?:come back|return|be found)|from (?:this|the) (?:world"
    r"|earth|planet))",
    rf"(?:follow|join) (?:him|her|them|my \w+) (?:in)?to (?:the|his|her|their) (?:grave|death)|(?:be with|join|follow)"
    rf" (?:my|his|her) (?:dead|late) {_KIN}",
    r"(?:won'?t|will not|no longer) be (?:a|such a) (?:problem|burden|bother|trouble)"
    r"\b.{0,30}\b(?:anybody|anyone|everybody|everyone"
    r"|them|you|him|her|my)",
    r"(?:turn\w*|steer\w*|pull\w*|jerk\w*|driv\w*|swerv\w*)\b.{0,20}\binto (?:the )?(?:oncoming|a tree|the wall"
    r"|a wall|the river)",
    r"no (?:reason|point|will|purpose|desire|sense) (?:to|in|of|for|left) (?:live|living|being alive|be alive|going on"
    r"|go on|carry(?:ing)? on|life)",
    r"(?:life|living|it) (?:is|isn'?t|is not|feels?|has become|seems) (?:no longer |not |just not "
    r"|hardly )?worth living"
    r"|not worth living",
    r"nothing (?:left |else )?to live for|(?:no|any|only|is the) way out(?: any ?more| of this life)?(?:[.!?,;]|$)",
    r"(?:tired|sick|done|finished) (?:of|with) (?:living|being alive|life|existing|this life)"
    r"|giv(?:e|es|ing|en) up on (?:life|living)|will to live",
    r"(?:thoughts?|thinking|thinks?|talk\w*|dream\w*|fantas\w*|obsess\w*) (?:of|about) (?:(?:my )?death|dying"
    r"|being dead"
    r"|not being here)",
    # Hints.
    rf"(?:stop(?:ped)?|quit) (?:being|existing|living){_STOP}|(?:living|life|being alive|existing) (?:just "
    rf"|only )?(?:hurts"
    r"|is (?:torture|agony|unbearable|too (?:painful|much)))",
    r"(?:imagin\w*|pictur\w*|thinking (?:of|about))\b.{0,30}\b(?:crashing|hitting|driving)"
    r"\b.{0,20}\b(?:full speed|tree|wall|truck|bridge)",
    r"(?:tree|wall|truck|bridge|river)\b.{0,50}\b(?:imagin\w*|pictur\w*|thinking)"
    r"\b.{0,20}\b(?:hitting|crashing|driving|jumping)",
    r"(?:went|climbed|been|going|go) (?:back )?(?:up )?(?:on|onto|to) the (?:roof|bridge|ledge|tracks|cliff)"
    r"\b.{0,60}\b(?:do it|jump|step off)",
    r"(?:think\w*|wonder\w*|imagin\w*)\b.{0,30}\b(?:train|truck|lorry|rope|gun|fall) would (?:be|hurt|do it)",
    r"(?:done|finished|through) with (?:all of |all )?(?:this|it|everything)\W{1,3}(?:permanently|for good|forever)",
    r"(?:look after|take care of|be good to) (?:me|him|her|them|my|the|our|each) ?(?:kids|children|mother|mum|mom"
    r"|brother|sister|family"
    r"|other)? ?(?:when|once|after) (?:i'?m|i am|he'?s|he is|she'?s|she is) (?:gone|not here|no longer)",
    r"thank(?:s| you) for everything\b.{0,60}\b(?:phone is off|not answering|isn'?t answering|can'?t reach)",
    r"(?:nobody|no one) (?:has|will have|needs|would have) to (?:deal|worry|clean|bother|find)"
    r"\b.{0,30}\b(?:afterwards|after me|once i|when i)",
    # Means and farewells.
    r"(?:took|take|taking|swallow\w*)\b.{0,16}\b(?:all|too many|whole|handful|bottle|lot of|every)\b.{0,24}\b(?:pills?"
    r"|tablets?|medications?|meds|bottle)",
    rf"(?:took|taken|take|taking|takes|swallow\w*) (?:\w+ ){{0,2}}{_MANY} (?:\w+ ){{0,3}}{_MEDICINE}"
    rf"|(?:took|taken|taking) (?:way |far )?(?:too many{_STOP}|(?:\w+ )?more (?:of )?(?:my|the|his|her) {_MEDICINE})",
    rf"mix\w* (?:\w+ ){{0,3}}{_MEDICINE}\b.{{0,24}}\b(?:alcohol|vodka|whisk\w*|wine|gin|rum|beer|booze)",
    r"(?:sav|stockpil|hoard|collect)ing (?:up )?(?:my |his |her )?(?:sleeping )?(?:pills|tablets)|pills? in my hands?"
    r"|hold\w* (?:the|my|a bottle of) pills",
    r"(?:got|have|has|bought|found) (?:a|the|my|dad'?s|some) (?:rope|gun|razor|blades?)\b.{0,20}\b(?:ready|loaded|here"
    r"|myself|die|end)|gun to my head",
    r"(?:rope|gun|razor|blade|knife)\b.{0,30}\b(?:(?:to|at|on|against) (?:myself|my (?:head|throat|wrists?))|to end"
    r"|die)",
    r"(?:jump|jumps|jumping|jumped) (?:off|from) (?:a|the|my|that|this) (?:\w+ )?(?:bridge|building|roof|balcony|window"
    r"|cliff|ledge)",
    r"(?:jump|step|walk|throw|throwing|stepping|jumping|walking)\w*\b.{0,16}\b(?:in front of|under|into) (?:a"
    r"|the) (?:train|bus|truck|car|subway|traffic)",
    r"(?:goodbye|farewell) (?:note|letter|message|everyone|everybody|world|forever)s?|(?:final|last) goodbyes?"
    r"|(?:not|won'?t) be (?:here|around) (?:tomorrow|(?:for )?(?:much )?longer|any ?more|to (?:bother|burden))",
    r"(?:goodbye|bye|farewell) to (?:everyone|everybody|you all|all of you|the world)\b.{0,20}\b(?:for good|forever)",
    r"(?:written|wrote|writing) (?:all )?(?:the|my|their) letters"
    r"\b.{0,80}\b(?:tonight|tomorrow|finally|quiet|peace|gone|ready)",
    r"(?:gave|given|giving|gives)\b.{0,40}\b(?:dog|cat|pet|things|stuff|belongings|everything|guitar|car|money)"
    r"\b.{0,80}"
    r"\b(?:won'?t|will not|not going to) (?:be (?:here|around)|need)",
    r"(?:my|his|her) (?:will|passwords|papers|affairs|accounts)"
    r"\b.{0,60}\b(?:easy|easier) (?:for|on) (?:them|everyone|my|you)",
    rf"(?:i'?ve|i have) (?:decided|chosen) (?:when|how){_STOP}|have a plan this time",
    r"(?:bought|buys|got|hid\w*|hoard\w*|found)\b.{0,12}\b(?:rope|gun|pills|blades?)\b.{0,60}"
    r"\b(?:won'?t|wouldn'?t|doesn'?t|didn'?t|refuses to) (?:say|tell|talk|explain)",
    r"(?:gun|rope|pills|knife)\b.{0,60}\bit would (?:all )?be (?:so )?(?:quick|easy|over)"
    r"|would be so easy to (?:let go|jump|fall)",
    rf"(?:painless|least painful|peaceful) ways? to (?:go|die|do it|leave|end){_STOP}|(?:quick|easi|fast)(?:est"
    rf"|er) way to (?:die"
    r"|end it)",
    rf"how (?:many|much) (?:\w+ ){{0,3}}{_MEDICINE}\b.{{0,20}}\b(?:takes?|kill|die|lethal|fatal|deadly|enough)",
    r"voices?\b.{0,30}\b(?:tell|say|order|want|command|scream)\w*\b.{0,30}\b(?:kill|hurt|harm|die|jump|end)",
)
ASSAULT = (
    r"rap(?:e|ed|ist|ing)|molest\w*|groped|sexual(?:ly)? (?:assault|abus|violat|violen|attack|harass)\w*|incest",
    r"forc(?:ed|es|ing) (?:me|him|her|them|himself|herself|themselves)\b.{0,20}\b(?:sex|on me|on her|on him|on them|bed"
    r"|kiss|touch|undress)",
    r"(?:made|makes|make) (?:me|him|her|them) (?:touch|undress|strip|sleep with|have sex|kiss)",
    r"(?:into|in) my (?:room|bed|bedroom)\b.{0,40}\btouch\w* me",
    rf"{_CHILD}\b.{{0,120}}\b(?:touch\w* me|undress\w*|{_PICTURES}|naked|keep (?:\w+ )?secrets?|our secret)",
    rf"(?:touch\w* me|undress\w*|{_PICTURES}|naked|keep (?:\w+ )?secrets?|our secret)\b.{{0,160}}\b{_CHILD}",
    r"(?:teacher|coach|trainer|uncle|step(?:dad|father|brother)|priest|grand(?:pa|father)|boss|tutor)"
    r"\b.{0,40}\bkiss\w* me",
    r"our (?:little )?secret\b.{0,30}\b(?:kiss|touch|bed|undress)\w*",
    r"makes? (?:me|him|her) keep (?:\w+ )?secrets?",
    rf"{_PICTURES}\b.{{0,60}}\b(?:of me|send\w*|school|leak\w*|threat\w*)|(?:ask\w*|want\w*|pressur\w*|told"
    rf"|forc\w*)\b.{{0,20}}"
    rf"\b{_PICTURES}|blackmail(?:s|ed|ing)? (?:me|us|him|her|my)",
    r"(?:put|slipped|mixed) (?:\w+ ){1,2}(?:in|into) my (?:drink|glass)|spiked (?:my|her) drink|drink (?:was|got"
    r"|had been) spiked"
    r"|drugged (?:me|her|him)|woke up (?:\w+ ){0,3}(?:naked|without (?:my|any) clothes)",
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
    r"(?:throws?|threw|throwing) (?:\w+ ){1,2}at (?:me|us|her|him)(?! to catch)|(?:by the|around my) (?:throat|neck"
    r"|hair)"
    r"|push(?:es|ed)? me (?:around|about)",
    r"domestic (?:violence|abuse)|(?:child|elder) abuse|abusive|(?:physical|verbal|emotional)(?:ly)? abus\w*",
    rf"(?:he|she|they|{_PARTNER}) (?:\w+ ){{0,3}}(?:says?|said|swears?|swore|threatens?|keeps saying)"
    rf"\b.{{0,20}}\b(?:he|she|they)"
    r"(?:'ll| will|'d| would| is going to) (?:kill|hurt|shoot|stab|strangle|beat|burn) (?:me|us|her|him|them|my"
    r"|the (?:kids|children))",
    r"threat\w* (?:me |us |her |him |them )?with (?:a|the|his|her) (?:\w+ )?(?:knife|gun|bat|belt|axe|hammer)",
    r"(?:came|comes|coming|went|goes|lunged|ran|runs) (?:at|after) (?:me|us|her|him|my \w+) with (?:a |the |his "
    r"|her )?(?:\w+ )?(?:knife|scissors"
    r"|bat|hammer|bottle|belt|axe|gun)|(?:pillow|hands?|bag) over (?:my|her|his) (?:face|mouth|head)",
    r"(?:chair|dresser|wardrobe) (?:against|under) (?:the|my) door|(?:hits?|kicks?|hurts?|beats?) the (?:dog|cat"
    r"|kids?|children)\b.{0,20}\bme"
    r"|(?:takes|took|keeps) (?:away )?my (?:wages|salary|passport|papers|bank card)",
    rf"(?:he|she|they|{_PARTNER}) (?:\w+ ){{0,2}}(?:broke|breaks|fractured|twist(?:s|ed)|burn(?:s|ed"
    rf"|t)) my (?:wrist|arm|nose|jaw|ribs?"
    rf"|finger|hand|leg)|whip(?:s|ped|ping)? {_VICTIM}",
    r"abus(?:es|ed|ing) (?:me|us|her|him|them|my)|(?:is|are|am|was|being|getting|gets) (?:badly )?(?:abused|beaten"
    r"|battered)",
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
