"""Words of danger are heard; everyday words that look like them are let pass."""

import pytest

from compass.tools.danger import danger_in
from compass.tools.emergency import emergency_now
from tests.tools import danger_phrases as phrases
from tests.tools import danger_phrases_further as further

SPOKEN = (
    *phrases.DANGER, *phrases.LATER_DANGER, *phrases.OBLIQUE_DANGER, *(("", text) for text in further.FURTHER_DANGER),
)  # fmt: skip
LET_PASS = phrases.HARMLESS + phrases.LATER_HARMLESS + phrases.OBLIQUE_HARMLESS + tuple(further.FURTHER_HARMLESS)
MISTAKEN = "I'd jump off a cliff of cake"  # known: "jump off a cliff" is too plain to let pass

SUICIDE = """
I've been thinking about killing myself lately
Some days I think everyone would be happier if I were dead
I started cutting again last night
My brother tried to kill himself on Sunday
I can't see any way to keep living with this
I am thinking of ending it
there's no point in being alive anymore
she said she wants to end things for good, meaning her life
my roommate says he wants to jump off a bridge
I have pills in my hand
I wrote my goodbye letters
the pain is too much, I want it to end forever
I don't feel like living
wanna die
I want to go to sleep and never wake up
I'm going to do it tonight, goodbye everyone
I've got a rope ready
Life has no meaning and I would rather not exist
I feel like hurting myself
I feel like there's only one solution left and that is death
I keep imagining my own funeral and it feels peaceful
My sister says she is going to end her life
he is talking about wanting to die
I'm a burden and they should be rid of me
I scratched my arms until they bled again
if I died tomorrow nobody would cry
I have been researching ways to die
I feel so hopeless I could just end it
Dear all, by the time you read this I will be gone
I stood on the bridge last night and looked down
I want to hurt myself so badly
I just want everything to stop forever
my depression is so bad that I think about suicide daily
what is the easiest way to kill oneself
I want to kill myself
i dont want to live anymore
I don't want to be here anymore
I just want to die
He keeps talking about ending his life
James says the world would be better off without him
they'd be better off without me
I've been cutting myself again
My daughter cuts her arms
I took a whole bottle of pills an hour ago
thinking about jumping off the bridge
I can’t go on like this any longer
what's the point, there is no reason to live
life is not worth living since she left
I'm suicidal
I feel suicidal sometimes but I am safe
I wish I was dead
I wish I'd never been born
I wish I would not wake up tomorrow
I'm having thoughts of death all the time
I have a plan to end it all tonight
I keep thinking about dying
I'm going to hang myself
My friend wrote a goodbye letter and gave away his dog
my son overdosed last month
I've lost the will to live
I'm tired of living
The voices tell me to hurt someone
self harm urges are back
I'd rather be dead than go back there
I want to disappear forever
kms lol
I'm saving up my sleeping pills
Nobody would miss me if I was gone
I can't do this anymore
The user is contemplating suicide after losing his job
I don't see a future and I don't want to wake up
I have nothing to live for
I see no way out anymore
""".strip().split("\n")
ABUSE = """
my partner pushed me down the stairs
he grabs me by the throat when he's angry
my mom's boyfriend hits my little brother
she throws plates at me
dad gets drunk and beats mum
he follows me home every night and I'm terrified
I'm afraid he will kill me
my caregiver slaps me
they lock me in my room for days
my boyfriend choked me last night
my wife throws things at me and hits me
Since the wedding he controls my money and threatens to hurt me
my stepmother beats me with a belt
my grandson shouts at me and pushes me around
My father will kill me if he finds out I'm gay
I am hiding from my violent ex
he put his hands around my neck
my husband hits me when he drinks
My dad beat me again last night
he choked me
my boyfriend gets violent when he is jealous
I'm scared of my husband
my ex is stalking me
he threatened to kill me
she won't let me leave the house
my mother is being abused in the nursing home
I am in an abusive relationship
domestic violence is tearing us apart
I don't feel safe at home
my parents hit us
He slapped my sister and I am afraid
""".strip().split("\n")
ASSAULT = """
my uncle made me touch him
someone forced himself on me at the party
I'm fourteen and my coach touched me in the changing room, I didn't want it
a man grabbed me and tried to rape me
I was raped two years ago
She was sexually assaulted at a party
My stepfather touches me where I don't want it
""".strip().split("\n")
HARMLESS = """
I can't live without coffee
I want to kill this presentation
I keep thinking about ending my gym membership
We beat them in the final
he hit a home run
The boss pushed me to finish
I'd die for a holiday
I was dead tired
the battery died
I want to be left alone
I don't want to be here at this party
The noise is driving me insane
I cut my hair
I burned the cake
She hits the gym every day
He beat the odds
my heart is broken since she left
I feel like a failure
My daughter kicked the ball at me
I lost my grandmother and can't stop crying
He kicked me off the project
they punched a hole in the budget
I'm scared of my exam
my cat scratches me
My grandmother passed away and I was at her funeral
I looked down from the bridge and enjoyed the view
I want everything to stop being so busy
My mother will kill me if I break that vase
I scratched my car
The film made me want to hug everyone
I gave up on the diet
he threw me a party
she pushed me to apply for the job
they grabbed us a coffee
the teacher hits the right tone
I died inside when I tripped on stage
I'd kill for some sleep
I can't do this puzzle
he took my hand
I want to quit my job today
we ended things last week
I lost a bet and had to jump into the lake
The gun laws worry me
my boss wants to get rid of me
This deadline is killing me
I am dying to see that film
That cake is to die for
I want to live closer to my children
I don't want to live in this city anymore
I don't want to wake up early
My neighbour beat me at chess
It hit me that I am alone this Christmas
Sitting by my father's grave just hit me so hard
The news hit me with a wave of sadness
My dog died last week
My mother died of cancer in March
I cut myself shaving
I want to end my subscription
I'm ending things with my boyfriend
I want to take my life back
I feel so lonely since the divorce
My back is killing me
I failed the exam and feel worthless
I hurt my knee playing tennis
killing time at the airport
I had a fight with my husband
I'm scared of flying
He's into death metal
I burned myself out at work
She died laughing
I got kicked out of the band
He doesn't want to live with his parents
slapping me on the back after the win
My phone died
""".strip().split("\n")


@pytest.mark.parametrize("text", SUICIDE)
def test_danger_to_life_is_heard(text: str) -> None:
    assert danger_in(text) == "suicide"


@pytest.mark.parametrize("text", ABUSE)
def test_abuse_is_heard(text: str) -> None:
    assert danger_in(text) == "abuse"


@pytest.mark.parametrize("text", ASSAULT)
def test_assault_is_heard(text: str) -> None:
    assert danger_in(text) == "assault"


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_words_are_let_pass(text: str) -> None:
    """A crisis line in answer to a lost chess game teaches people to skip it."""
    assert danger_in(text) is None


@pytest.mark.parametrize(("kind", "text"), SPOKEN)
def test_danger_is_heard_in_the_words_of_a_person(kind: str, text: str) -> None:
    """Whoever dares to say it is sent a film and nothing else."""
    assert danger_in(text) or emergency_now(text), kind


@pytest.mark.parametrize("text", [text for text in LET_PASS if text != MISTAKEN])
def test_look_alikes_are_let_pass(text: str) -> None:
    assert danger_in(text) is None and not emergency_now(text)
