"""Patterns of words that speak of violence: assault, abuse, fear at home."""

from compass.tools.danger_words import STOP

_NOT = r"(?:don'?t|do not|doesn'?t|never|no longer)"
_PARTNER = (
    r"(?:partner|husband|wife|boyfriend|girlfriend|father|mother|dad|mum"
    r"|mom|ex|step(?:dad|father|mother|mom)|uncle|brother|son|daughter"
    r"|carer|caregiver|boss|parents?|landlord)"
)
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
FEAR = (
    r"(?:afraid|scared|frightened|terrified|dread\w*) (?:to|of) (?:go|going|come|coming|be"
    r"|being) (?:back )?home(?! (?:late|alone|in the dark|by))",
    r"(?:won'?t|doesn'?t|didn'?t|never|wouldn'?t) stops? (?:hitting|beating|hurting|kicking|choking|threatening|slapping)",
    r"(?:has|had|have|got|his|her|their) (?:a |the )?hands? (?:around|round) my (?:neck|throat)|raised (?:his"
    r"|her) (?:fist|hand) (?:to|at|against) (?:me|us)",
    r"(?:burn|burns|burned|burnt) (?:me|us|him|her) with|left (?:me )?(?:bruises|black and blue)"
    r"|bruises\b.{0,40}\b(?:he|she|dad|mum|mom|husband|wife)",
    rf"{_PARTNER}\b.{{0,50}}\b(?:hit|hits|beat|beats|attack(?:s|ed)|kick(?:s|ed)|punch(?:es|ed)|hurts|slap(?:s|ped)"
    rf"|chok(?:es|ed)) (?:me|us)"
    r"(?! (?:to|in the|at|up|off|out|back|by|with (?:a )?(?:joke|wave|news|hug)))",
    rf"{_NOT} feel safe (?:with|around|near|alone with) (?:my |our )?(?:\w+ )?{_PARTNER}|{_PARTNER} (?:scares"
    rf"|frightens|terrifies) (?:me|us)",
    r"(?:beats?|hits?|hurts?|starves?) (?:his|her|their|the) (?:own )?(?:kids?|children|wife|husband|baby|son|daughter|mother|father)",
)
TOUCH = (
    r"(?:teacher|coach|trainer|uncle|step(?:dad|father|brother|mum|mom)|father|dad|brother|cousin|priest|grand(?:pa"
    r"|father)|boss|tutor|doctor"
    rf"|neighbou?r|man|babysitter|he) (?:\w+ ){{0,2}}touch(?:es|ed) me(?:{STOP}| (?:at night|when|again|there|under|and))",
    r"(?:keeps?|kept|won'?t stop|tried) touching (?:me|her|him|my|us)|(?:was|been|got|were"
    r"|being) (?:\w+ )?(?:assaulted|attacked|raped|groped)"
    r"(?! (?:by (?:a )?(?:critics?|bugs?|mosquito\w*|germs|goose|geese|virus\w*)))",
    r"touch(?:es|ed|ing) my (?:private\w*|breasts?|chest|bottom|bum|thighs?|body)|(?:sex|slept) with me (?:while"
    r"|when) i (?:was|slept)"
    r"|without my consent|said no\b.{0,40}\b(?:did(?:n'?t)? (?:it anyway|stop|listen)|kept going|carried on)",
)
