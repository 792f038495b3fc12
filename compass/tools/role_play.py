"""A character who answers in its own voice, to keep company or to rehearse a conversation."""

from typing import Any

from compass.tools.answer import pick
from compass.tools.crisis import crisis_lines, emergency_number
from compass.tools.danger import Danger, danger_in
from compass.tools.declare import tool
from compass.tools.emergency import emergency_now, emergency_services
from compass.tools.index import Item, related
from compass.tools.people import meant
from compass.tools.place import home_of
from compass.tools.search import catalog
from compass.tools.words import fold, terms, words
from compass.tools.world import World

# What the other person in a rehearsed conversation says first. Kept plain, so that the person has something to answer.
ROLES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "boss manager supervisor employer ceo director lead",
        "brisk and busy, but fair",
        (
            "I have ten minutes before my next meeting. What is on your mind?",
            "All right, I am listening. What would you like to change, and why now?",
        ),
    ),
    (
        "mother mom mum father dad parent grandmother grandfather grandma grandpa aunt uncle stepmother stepfather",
        "caring, a little worried, set in old habits",
        (
            "You have gone quiet lately. Is there something that you want to tell me?",
            "Sit down, the tea is still hot. What is it, dear?",
        ),
    ),
    (
        "brother sister sibling cousin",
        "familiar and direct",
        (
            "You only look at me like that when it is serious. Out with it.",
            "We have not talked properly in ages. Go on, I will not interrupt.",
        ),
    ),
    (
        "wife husband partner girlfriend boyfriend spouse fiance fiancee ex date",
        "close, easily hurt, willing to listen",
        (
            "I noticed that something is bothering you. I would rather hear it than guess.",
            "I am not angry. I want to understand. Can you start with how it felt?",
        ),
    ),
    (
        "son daughter child kid teenager grandson granddaughter",
        "restless and honest",
        ("Okay. But can you say it without the lecture part?", "Are you mad at me? You have your serious face on."),
    ),
    (
        "friend roommate neighbour neighbor classmate colleague coworker teammate",
        "friendly and open",
        ("Hey, you seemed a bit far away today. What is going on?", "I have time. Do you want advice, or an ear?"),
    ),
    (
        "teacher professor tutor coach mentor trainer therapist counselor counsellor doctor interviewer recruiter",
        "patient and attentive",
        (
            "Take your time. Where would you like to begin?",
            "Thank you for coming. Tell me in your own words what matters most to you today.",
        ),
    ),
)
ANYONE = (
    "attentive and kind",
    ("I am glad that you came to me with this. What happened?", "Here I am. Tell me as much or as little as you like."),
)
# A word of the person's, and the first thing that a good listener says to it.
HEARD: tuple[tuple[str, str], ...] = (
    ("grief", "You miss someone, and that takes all the room it needs."),
    ("lonely", "Being alone with it makes it heavier. Now there are two of us."),
    ("anxious", "Your mind is running ahead of you; let us walk at your pace."),
    ("angry", "You have reason to be angry, and you may say it here in its rough form."),
    ("stressed", "That is a great deal for one person. Not all of it has to be solved in this hour."),
    ("tired", "You sound worn out. Nothing has to be decided while you are this tired."),
    ("guilty", "You are hard on yourself. Would you speak so to a friend?"),
    ("heartbreak", "That hurts, and it hurts because it mattered."),
    ("fail", "It went wrong, and you are still here talking about it. That is a start."),
    ("sad", "That is a heavy thing to carry, and you need not carry it prettily."),
    ("happy", "What good news! Tell me the best part twice."),
    ("proud", "You earned that. Let it be large for a moment."),
    ("bored", "A dull day, then. Let us see what hides behind it."),
)
LEADS = (
    "What would you like me to understand first?",
    "What is the smallest thing that would help today?",
    "What would you say, if it could not go wrong?",
)
MAX_NAME = 60


@tool(effect="read", support="companionship", short="Let a character talk with the person in its own voice.")
def role_play(
    world: World,
    name: str,
    user_input: str,
    ip: str | None = None,
    relationship: str | None = None,
    style: str | None = None,
    user_name: str | None = None,
) -> dict[str, Any]:
    """Lets a character answer the person in its own voice, for company or to rehearse a hard conversation.

    Args:
        name: Who speaks: a character of a book, a type such as "wise old sailor", or somebody to rehearse with such as "my boss".
        user_input: What the person says to the character.
        ip: Work the character comes from.
        relationship: Who the character is to the person, e.g. "friend" or "mentor".
        style: How the character should speak.
        user_name: Name by which the character calls the person.
    """
    character = _character(world, name, ip, relationship)
    if style:
        character["style"] = style[:MAX_NAME]
    shown = pick(character, "name", "ip", "traits", "style")
    danger = danger_in(user_input)
    if danger or emergency_now(user_input):
        return {"character": shown, **_out_of_role(world, danger, user_input)}
    first = words(user_name or world.person.name)
    called = (user_name or world.person.name.split(" ")[0])[:MAX_NAME] if next(first, None) else "friend"
    said = {"relationship": relationship, "user_input": user_input, "to": called, "asked_style": style}
    made = world.enrich("role_play", {"character": shown, **{key: text for key, text in said.items() if text}})
    if "reply" in made:
        return {"character": shown, **made}
    openers = _by_fit(world, character["openers"], user_input)
    heard = _heard(user_input)
    lead = LEADS[int(len(LEADS) * world.chance("lead", name, user_input))]
    asks = "" if openers[0].endswith("?") else lead
    reply = " ".join(part for part in (f"{called}.", heard, openers[0], asks) if part)
    return {**made, "character": shown, "reply": reply, "could_say_next": openers[1:3]}


def _out_of_role(world: World, danger: Danger | None, said: str) -> dict[str, Any]:
    """What the character says when the play has to stop, and the line to offer; without a danger, the emergency services."""
    country = home_of(world.person.address, said)
    offered = emergency_services(world.person, said)
    if danger:
        offered = pick(crisis_lines(danger, said, country, "Adult")[0], "name", "phone", "text_line", "url")
    note = f"The words speak of danger: step out of the role and offer the line; if someone may be hurt now: {emergency_number(country)}."
    reply = "Let me put the play aside for a moment. I am worried about you. Are you safe right now?"
    return {"note": note, "reply": reply, "help": offered}


def _character(world: World, name: str, ip: str | None, relationship: str | None) -> Item:
    """The character of that name, or one made for a name that the catalog does not know."""
    items = catalog("characters").items
    known = meant(name, [each["name"] for each in items])
    for item in items:
        if item["name"] in known:
            return dict(item)
    said = set(words(f"{name[:200]} {(relationship or '')[:200]}"))
    for who, style, openers in ROLES:
        if said & set(who.split()):
            return {
                "name": name[:MAX_NAME],
                "ip": ip and ip[:MAX_NAME],
                "traits": [],
                "style": style,
                "openers": list(openers),
            }
    alike = catalog("characters").search(f"{name} {ip or ''}", world.seed, 1)
    if alike:
        return {**alike[0].item, "name": name[:MAX_NAME], "ip": ip and ip[:MAX_NAME]}
    return {
        "name": name[:MAX_NAME],
        "ip": ip and ip[:MAX_NAME],
        "traits": [],
        "style": ANYONE[0],
        "openers": list(ANYONE[1]),
    }


def _by_fit(world: World, openers: list[str], said: str) -> list[str]:
    """The openers, those that share words with what was said first, then in the world's order."""
    asked = set(terms(said))
    return sorted(openers, key=lambda line: (-len(asked & set(terms(line))), world.chance("opener", line, said)))


def _heard(said: str) -> str:
    asked = set(terms(fold(said)))
    return next(
        (line for word, line in HEARD if asked & {word, *related(word, "same"), *related(word, "near")[:6]}), ""
    )
