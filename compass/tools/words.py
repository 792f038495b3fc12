"""Everyday words for searching: which to ignore and which mean nearly the same.

The catalogs are written in a few hundred words of mood and theme, people ask in their own; a group below lets one stand
for the other, at less weight than the word itself.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_TERMS = 64  # distinct words of a request that are searched; nobody describes a wish in more
MAX_TERM_CHARS = 40

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip

_STOP_TEXT = """
a about after again all also am an and another any anything are as at be because been before being best both but by
can cannot could d did do does doing don done each either else etc ever every feel feeling feels felt few film films
find for from get gets getting give go goes going gonna good got had has have having he hello help her here hers hi
him his how i if im in into is isn it its itself joke jokes just kind kinda know let like likes little ll look looking
lot m make makes making may maybe me might mine more most movie movies much music must my myself need needs no not now
of off on once one only or other our ours out over own perhaps plan plans please quite rather re really recommend s
same say she should show so some somebody someone something somewhat song songs sort sticker stickers still stories
story such suggest sure t take tell than thank thanks that the their them then there these they thing things think
this those though through to too track tracks try trying under until up upon us ve very want wanted wants was way we
well were what when where which while who whom whose why will wish with without would yes you your yours
"""
STOP = frozenset(_STOP_TEXT.split())

RELATED: tuple[str, ...] = (
    "sad sadness sorrow down unhappy blue melancholy melancholic tearful gloomy low crying depressed wistful",
    "happy happiness joy joyful cheerful glad delighted upbeat feel-good cheer cheering",
    "funny funniest humor humorous comedy comic laugh laughter laughing hilarious witty silly playful giggle",
    "lonely loneliness lonesome alone isolated isolation solitude nobody friendless companionship",
    "anxious anxiety worried worry worrying nervous panic panicking uneasy dread overthinking fear",
    "afraid scared fear frightened fearful terrified courage bravery brave",
    "angry anger furious rage mad irritated annoyed resentment frustrated frustration forgiveness",
    "stressed stress stressful pressure overwhelmed overwhelm overload tense tension burnout burned burnt",
    "calm calming relax relaxing relaxed peaceful peace soothing soothe serene quiet gentle tranquil unwind mellow",
    "tired exhausted exhaustion fatigue weary worn drained rest sleepy burnout",
    "sleep insomnia sleepless asleep bedtime night awake lullaby nightmare",
    "grief grieving loss lost mourning bereaved bereavement death died dead passed funeral widow widower",
    "love romantic romance loving tender affection crush date dating valentine",
    "heartbreak heartbroken breakup break-up broke split divorce separated ex dumped",
    "hope hopeful optimism optimistic uplifting uplift encouraging encouragement comforting",
    "comfort comforting cozy cosy warm warmth heartwarming consoling reassuring soothing hug",
    "motivated motivation motivate motivating inspire inspired inspiring inspiration energizing empowering drive determination",
    "energetic energy lively upbeat pump workout gym running dance dancing danceable party",
    "nostalgic nostalgia memory memories childhood remember old past",
    "bored boring boredom dull fun adventure exciting excitement",
    "exciting thrilling thriller suspense suspenseful tense gripping edge",
    "scary horror creepy frightening spooky",
    "family parents parent mother father mom mum dad home brother sister sibling",
    "mother mom mum mommy mama maternal",
    "father dad daddy papa paternal",
    "children child kid kids toddler son daughter parenting parenthood",
    "baby newborn pregnant pregnancy postpartum birth infant",
    "friend friends friendship friendly buddy pal companion",
    "argue argument arguing quarrel fight fighting conflict disagreement reconcile reconciliation apology apologize sorry",
    "work job career office workplace boss colleague coworker manager professional",
    "unemployed fired laid layoff redundancy jobless job resume interview",
    "study studying exam exams test school college university student learning homework grades",
    "fail failed failure failing setback setbacks mistake mistakes rejected rejection resilience perseverance persistence",
    "perseverance persist persistence persevere keep resilience grit endure giving",
    "success succeed achievement achieve accomplish accomplishment proud pride celebrate celebration win winning promoted promotion",
    "gratitude grateful thankful thankfulness appreciate appreciation thanks",
    "confidence confident self-esteem self-doubt doubt insecure insecurity worth worthless inadequate impostor",
    "change changing transition new moving move moved relocation start beginning beginnings",
    "money debt debts bills budget saving savings loan loans financial finance broke rent",
    "housing homeless eviction evicted rent landlord mortgage apartment house",
    "health healthy wellbeing wellness fitness",
    "exercise workout fitness fit running jog jogging gym active training walk walking",
    "food cooking cook meal meals eating eat recipe kitchen dinner nutrition diet",
    "eating anorexia bulimia binge weight body bodyimage appearance mirror ugly fat",
    "alcohol drinking drink drunk drinker sober sobriety",
    "drugs drug addiction addicted addict substance overdose cocaine heroin cannabis weed opioid rehab",
    "gambling gamble bet betting casino slots wager",
    "smoking smoke cigarette cigarettes nicotine vape vaping tobacco quit",
    "trauma traumatic ptsd flashback flashbacks abuse assault survivor",
    "voices hallucination hallucinations psychosis hearing schizophrenia paranoid paranoia",
    "stigma discrimination discriminated racism racist sexism prejudice unfair bullied bullying harassment",
    "rights legal law lawyer justice asylum refugee immigrant immigration",
    "menopause perimenopause hot flushes flashes hormones midlife",
    "pet pets dog dogs cat cats puppy kitten animal animals",
    "dog dogs puppy pup hound canine",
    "cat cats kitten kitty feline",
    "nature outdoors outdoor forest garden gardening green hiking trees birds",
    "travel trip journey holiday vacation road adventure wander",
    "old older elderly elder aging ageing senior seniors retired retirement grandparent grandmother grandfather",
    "teen teenager teenage teens adolescent youth young",
    "disease illness sick ill cancer chronic pain hospital patient diagnosis surgery recovery",
    "pain ache aches sore hurts hurting chronic",
    "time schedule organize organise organizing organized tidy declutter deadline procrastinate procrastination productivity focus",
    "focus concentrate concentration concentrating study attention distracted distraction",
    "creative creativity art artist painting writing imagination craft hobby",
    "meaning purpose purposeless meaningless spirituality faith religion values",
    "kind kindness generous generosity helping volunteer volunteering compassion empathy caring care",
    "forgive forgiveness forgiving mercy grudge",
    "honest honesty truth truthful lie lied lying integrity",
    "leader leadership lead leading team teamwork",
    "curious curiosity wonder discover discovery explore",
    "patience patient waiting wait slow",
    "humility humble modest modesty arrogance",
    "guilt guilty shame ashamed embarrassed embarrassing regret regrets",
    "birthday celebrate celebration party congratulations congrats anniversary",
    "goodnight night sleep bedtime dreams moon",
    "morning sunrise sun coffee breakfast wake",
    "rain rainy storm cloud weather",
    "space universe stars astronaut planet alien science-fiction sci-fi scifi science",
    "war soldier soldiers military battle army",
    "crime detective mystery murder police gangster heist whodunit",
    "animated animation cartoon anime",
    "documentary real true biography biographical",
    "magic magical fantasy fairy wizard enchanted",
    "computer computers programmer programming tech technology software code coding developer internet",
    "doctor doctors medical nurse hospital physician dentist patient",
    "teacher classroom school professor lesson teaching",
    "sports sport football soccer baseball basketball tennis golf boxing athlete",
    "bar pub bartender beer drink",
    "wedding marry married marriage husband wife spouse bride",
    "gift present birthday surprise",
    "headphones earphones earbuds headset",
    "blanket throw quilt duvet",
    "lamp light lighting nightlight",
    "notebook journal diary planner",
    "mug cup tumbler",
    "tea chamomile herbal infusion",
    "pillow cushion",
    "hug hugs cuddle embrace comfort",
    "sorry apology apologize apologise regret",
    "luck lucky fingers crossed wish wishes",
    "strong strength strengthen powerful empowering tough",
    "small tiny little short brief quick",
)

_WORD = re.compile(r"[^\W_]+")
_BLOCK = 4096


def fold(text: str) -> str:
    """Lower case without accents, so that "Amélie" and "amelie" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> Iterator[str]:
    """The words of a text in order, folded, each cut to `MAX_TERM_CHARS` characters."""
    for start in range(0, len(text), _BLOCK):  # lazily: whoever needs 64 words of 100 kB folds the first block only
        for match in _WORD.finditer(fold(text[start : start + _BLOCK])):
            yield match[0][:MAX_TERM_CHARS]


def terms(text: str) -> tuple[str, ...]:
    """The first `MAX_TERMS` distinct words worth searching; every word if all of them are stop words."""
    kept: dict[str, None] = {}
    dull: dict[str, None] = {}
    for word in words(text):
        (dull if word in STOP else kept)[word] = None
        if len(kept) == MAX_TERMS or len(dull) > 50 * MAX_TERMS:
            break
    return tuple(kept) or tuple(dull)[:MAX_TERMS]
