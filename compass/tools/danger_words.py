"""Patterns of words that speak of danger to life, and set phrases that only sound so."""

# Set phrases that use the words without the meaning; taken out before the patterns are tried.
HARMLESS = (
    r"kill(?:ing|ed)? (?:time|(?:the|my) (?:time|mood|vibe|lights?|back|feet))",
    r"dying to (?:see|know|try|meet|hear|watch|read|go|tell|get)",
    r"to die for|die of (?:laughter|boredom|embarrassment)|die hard|suicide squad",
    r"laugh\w*\b.{0,45}\b(?:die|died|dying|dead)",
    r"rather die than (?:sing|dance|watch|eat|wear|listen|cook|run|jog|play|read|hear|drive|queue|shop|clean|iron"
    r"|camp|present"
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
    r"beat(?:s|ing)? me (?:to (?:it|the)|at (?:chess|cards|tennis|golf|games?))|(?:(?:it|that|this|which|what)|^"
    r"|[.!?;,]) ?beats me(?= how| why| what|[.!?]|$)",
    r"hits? me (?:that|how|so hard|hard|like|right|with a wave)|slap\w* me on the back"
    r"|kick(?:s|ed|ing)? me out of (?:the (?:team|band|group|class))",
    r"hurt(?:ing)? myself (?:running|playing|cooking|at the gym|lifting|working out)",
    r"(?:take|took|takes|taking) (?:my|his|her|their|your) life (?:back|seriously|one|slow|easy|into)",
    r"(?:thinking|think) about ending things with",
    r"end it all on a high",
    r"(?:can'?t|cannot|couldn'?t) live without(?! (?:him|her|them)\b)|live (?:with|near) (?:my|his|her) parents",
)

_ME = r"(?:(?:my|him|her|your|one)self|them ?selves|him or herself)"
_MY = r"(?:my|his|her|their|your)"
_NOT = r"(?:don'?t|do not|doesn'?t|does not|didn'?t|no longer|never|can'?t|cannot)"

# The end of what is said: "I can't do this anymore." but not "I can't do this anymore with the old laptop".
STOP = r"(?=\s*(?:$|[.,;!?…]))"
_KIN = (
    r"(?:wife|husband|partner|boyfriend|girlfriend|son|daughter|child|baby|mother|mum|mom|father|dad|brother|sister|friend"
    r"|grandmother|grandfather|twin)"
)
_MEDICINE = (
    r"(?:pills?|tablets?|capsules?|meds|medications?|medicine|paracetamol|acetaminophen|tylenol|ibuprofen|aspirin"
    r"|antidepressants?"
    r"|painkillers?|sleeping (?:pills|tablets)|xanax|benzos|opioids?|insulin)"
)
_MANY = r"(?:(?!\d+ ?mg)\d{2,3}|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|a hundred|dozens of|(?:way |far )?too many)"

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
    rf"|things)(?:{STOP}| soon)",
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
    rf"|take (?:this|it)) ?(?:any ?(?:more|longer))?{STOP}",
    rf"{_NOT} (?:want to |wanna )?(?:be here|go on|carry on|keep going|do life|live) any ?(?:more|longer)"
    r"|can'?t go on(?! (?:holiday|vacation|a |an |the |my |our |this |that |stage|air|trips?|strike|tour|dates?"
    r"|facebook|social))",
    rf"{_NOT}\b.{{0,30}}\b(?:keep|go on|carry on|continue) (?:living|with life|to live)",
    rf"{_NOT} (?:want to |wanna )wake up (?:tomorrow|again|ever|ever again|in the morning){STOP}",
    r"(?:don'?t|do not|won'?t) (?:think i(?:'ll| will) )?(?:make it|be alive|live) (?:to|until|till"
    r"|past) (?:see )?(?:my |the )?(?:next )?"
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
    rf"(?:stop(?:ped)?|quit) (?:being|existing|living){STOP}|(?:living|life|being alive|existing) (?:just "
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
    rf"|(?:took|taken|taking) (?:way |far )?(?:too many{STOP}|(?:\w+ )?more (?:of )?(?:my|the|his|her) {_MEDICINE})",
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
    rf"(?:i'?ve|i have) (?:decided|chosen) (?:when|how){STOP}|have a plan this time",
    r"(?:bought|buys|got|hid\w*|hoard\w*|found)\b.{0,12}\b(?:rope|gun|pills|blades?)\b.{0,60}"
    r"\b(?:won'?t|wouldn'?t|doesn'?t|didn'?t|refuses to) (?:say|tell|talk|explain)",
    r"(?:gun|rope|pills|knife)\b.{0,60}\bit would (?:all )?be (?:so )?(?:quick|easy|over)"
    r"|would be so easy to (?:let go|jump|fall)",
    rf"(?:painless|least painful|peaceful) ways? to (?:go|die|do it|leave|end){STOP}|(?:quick|easi|fast)(?:est"
    rf"|er) way to (?:die"
    r"|end it)",
    rf"how (?:many|much) (?:\w+ ){{0,3}}{_MEDICINE}\b.{{0,20}}\b(?:takes?|kill|die|lethal|fatal|deadly|enough)",
    r"voices?\b.{0,30}\b(?:tell|say|order|want|command|scream)\w*\b.{0,30}\b(?:kill|hurt|harm|die|jump|end)",
)

# Words of danger that a person says without naming it.
LIFE = (
    r"(?:life|living) (?:isn'?t|is not|is no longer|ain'?t) worth it|(?:what(?:'s| is) the|no) (?:use|point"
    r"|sense) (?:of|in) (?:living|life"
    r"|being alive|being here|going on|carrying on|staying alive|existing)|what am i (?:even )?(?:living|alive) for",
    r"(?:if|when) i (?:wasn'?t|weren'?t|stopped being|am not|'m not) (?:around|here|alive)|without me around",
    r"(?:suffering|misery|agony|pain|nightmare|life|this) to (?:finally |just )?(?:end|stop|be over)(?! (?:up|being|so))"
    r"|(?:it|this|everything)(?: all)? to (?:end|stop|be over)\W{0,3}(?:permanently|forever|for good)",
    rf"(?:can'?t|cannot|couldn'?t|don'?t know (?:how|if i can)|struggling to|unable to) keep {_ME} safe"
    rf"|(?:not|don'?t feel|isn'?t|never) safe (?:with|from|around|alone with) {_ME}|(?:a )?danger to {_ME}"
    rf"|(?:don'?t|can'?t) trust {_ME} (?:alone|tonight|not to|around|with the (?:pills|knife|car))",
    rf"do something (?:\w+ )?to {_ME}|(?:might|gonna|going to|could|will|i'?ll) do something (?:stupid|drastic"
    rf"|terrible|awful|i can'?t take back)",
    rf"(?:planning|plan|plans|going|want|wants|ready|about|decided|gonna|tempted|urge) (?:to )?jump{STOP}"
    rf"|(?:i'?m|i am) (?:standing |sitting |up )?(?:on|at) the (?:roof|ledge|bridge|edge|tracks|cliff){STOP}",
    rf"my life is (?:over|finished|done|pointless|meaningless|worthless){STOP}|life has no (?:point|purpose|meaning)",
    r"better (?:off )?(?:without me|if i (?:was|were|am|'m|wasn'?t|weren'?t|died|disappeared|left this"
    r"|had never (?:been|existed|lived)))",
    r"no (?:way|way out|escape|exit|option|future|answer|peace) (?:\w+ )?(?:but|except|besides|other than"
    r"|only) (?:death|to die|dying|in death)",
    r"(?:don'?t|do not|no longer|stopped|didn'?t|doesn'?t) (?:really |even )?car(?:e|ing) (?:any ?more )?(?:if"
    r"|whether) (?:i|he|she) "
    r"(?:live|lives|die|dies|died|wake|wakes|survive|get killed|get hit)(?! (?:in|with|near|on|at|here|there))"
    r"|(?:don'?t|do not|no longer) care what happens to me",
    r"(?:vanish\w*|disappear\w*|wiped?|erased?|gone) (?:off|from) (?:the face of )?(?:the|this) (?:earth|world|planet"
    r"|existence)",
    r"(?:don'?t|doesn'?t|do not|never) deserve (?:to )?(?:live|be alive|life|exist|be here)|deserve (?:to die|death)",
    rf"{_MEDICINE}\b.{{0,60}}\b(?:tak(?:e|ing)|swallow\w*|down(?:ing)?) (?:them all|all of (?:them|it)|the lot|it all|every)"
    rf"|taken (?:all|the whole|a whole|too many|every)\b.{{0,24}}\b(?:{_MEDICINE}|bottle|packet)",
    r"(?:not|n'?t|never) (?:going to |gonna )?(?:survive|make it through|get through|last) (?:the |this |another "
    r"|to(?:night)?)"
    r"(?:night|day|week|tonight|morning)?(?:$|[.,!])|last (?:night|day|message|christmas|birthday|words?) (?:on earth"
    r"|alive|i'?ll ever)",
    r"(?:urges?|impulses?|thoughts?|temptation|tempted|craving) (?:to|of|about|for) (?:hurt\w*|harm\w*|cut(?:ting)?"
    r"|burn\w*|end\w*) "
    r"(?:my|him|her|it|things|everything)",
    r"(?:hop|wish|want|pray|wait|beg)\w*\b.{0,40}\b(?:heart (?:would |to |just )*stops?|(?:car|bus|truck|train"
    r"|lightning|something) (?:would "
    r"|to )?(?:hits?|kills?|takes?|strikes?|runs? (?:me )?over) me|me to die)",
    r"letters?\b.{0,40}\b(?:for after|for when i)|(?:isn'?t|is not|not) worth (?:being (?:here|alive)|living|staying"
    r"|going on|the pain)",
    rf"{_NOT} (?:want to |belong |wanna )(?:be )?(?:on|in) this (?:planet|earth|world)(?: any ?more)?{STOP}",
    r"relapsed\b.{0,20}\bcut|(?:can'?t|cannot|couldn'?t) live (?:like this|with (?:this|myself|the (?:guilt|pain|shame)))",
    r"(?:can'?t|cannot|couldn'?t) live without (?:him|her|them)",
    r"(?:imagin\w*|pictur\w*|think\w*|thought|want\w*|urge|tempt\w*)\b.{0,40}\b(?:off|over) (?:the|a|this) (?:bridge"
    r"|cliff|edge|balcony|ledge)",
    r"(?:should|might as well|may as well|would rather|ought to) (?:just )?(?:be |have )?(?:dead|die|died|end it"
    r"|not exist|disappear)",
    r"nothing (?:is |left |left that is |really )*(?:keeping|keeps|holding|holds) me (?:here|alive|going)",
    rf"{_NOT}\b.{{0,20}}\bsurvive (?:this|it|another|tonight|the night|without|much longer)",
    r"(?:decided|going|want|ready|need|time) to end (?:things|it|everything|my story)(?! with| on| by| for| early| at"
    r"| before| there| between)",
    rf"(?:drunk|drank too much|drinking|alcohol|vodka|whisk\w*|rum|gin)\b.{{0,40}}\b(?:and|with"
    rf"|plus) (?:\w+ ){{0,2}}(?:my )?{_MEDICINE}"
    rf"|(?:took|taken|take|taking) my (?:\w+ )?{_MEDICINE}\b.{{0,40}}\b(?:too much|bottle|alcohol|vodka|whisk\w*)",
    r"(?:blades?|razor|knife|gun|pistol|rope|noose|pills?|belt)\b.{0,12}\b(?:in|around|round|against|to) (?:my|his"
    r"|her) (?:hands?|neck|mouth|throat|head|wrist)",
    r"(?:goodbye|farewell)\W.{0,60}\b(?:love you all|(?:thanks?|thank you|sorry) for everything|forgive me)"
    r"|(?:love you all|sorry for everything|forgive me)\b.{0,40}\b(?:goodbye|farewell)",
    r"(?:strength|energy|will|reason|courage) (?:left )?(?:to live|to stay alive|for living)"
    r"|wouldn'?t mind if i (?:got|was|were|died|didn'?t wake)",
    r"(?:imagin\w*|think\w*|thought|want\w*|urge)\b.{0,20}\bcrash(?:ing)? (?:my|the) car|(?:thought"
    r"|idea) of (?:not existing|being gone|dying|death)",
    r"burn(?:t|ed) (?:my|him|her)self (?:with|on purpose|again)|cutting (?:is the only|helps|calms|makes the|makes me)",
    r"no hope (?:left )?for me|i(?:'m| am) beyond help|body to disappear|haven'?t eaten (?:in|for) (?:\w+ )?(?:days|a week)",
    r"goodbye to (?:everyone|everybody|us all)\b.{0,40}\b(?:locked|won'?t|left|gone|never)",
)
