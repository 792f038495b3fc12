"""Further words of danger and harmless look-alikes, in three batches.

Three further batches, each written and tried before the patterns were changed for it. Untuned, 39 of 61, then 19 of
40, then 18 of 30 spoken ones were heard, and 1, 0 and 1 of 40, 30 and 30 harmless ones taken for danger; afterwards
all are right. So of words nobody has tried, expect the patterns to hear somewhat more than half, and to mistake one
harmless one in fifty.
"""

FURTHER_DANGER = """
I feel like ending my life
I've thought about taking my own life
Life isn't worth it anymore
I'm thinking about suicide
I don't see any reason to keep living
I just don't want to exist
everything would be easier if I wasn't around
I want it all to stop, permanently
I've been self-harming for months
I keep cutting my arms
he punched me in the face
my boyfriend strangled me
I'm afraid to go home because of my dad
My partner hurts me
I took an overdose
I've taken all my tablets
I'm having chest pains and can't breathe
My friend is unconscious after drinking
I feel hopeless and want to die
Sometimes I look at the pills and think about taking them all
I've lost all hope, no reason to go on
My teenage son says he wants to kill himself
I can't keep myself safe tonight
I'm planning to jump
I'm scared I might do something to myself
I am scared I will hurt myself
I've got a knife and I'm going to use it on myself
I could just drive into a wall
My life is over
nobody would notice if I vanished
he won't stop hitting me
I want to be with my dead mother
I wrote a suicide note
I'm on the roof
my stepdad touches me
he forced me to have sex
My husband threatened me with a knife
I feel trapped, he controls everything and hits me
I've been thinking the world would be better without me
I wish I could fall asleep and not wake up
Some nights I think about not being here anymore
I'm at the end of my rope and I don't want to go on
I have the urge to hurt myself
I starve myself as punishment
she said she'd rather be dead
There's no escape but death
I think about jumping in front of a train
what's the use of living
I am a danger to myself
I don't care if I live or die
I hope I don't wake up
I bought a gun and I'm thinking of using it on myself
I want to vanish off the face of the earth
I just want the suffering to end
I can't take it anymore, I want out of this life
Suicidal thoughts are back
my girlfriend hits me
I'm being abused by my father
I don't deserve to live
my child swallowed bleach
I can't stop thinking about how to end it
Every night I hope my heart just stops
I have been writing letters to my kids for after
I feel like everyone would move on quickly if I died
I googled how many pills it takes
Nothing matters, I want to be done with life
It's just not worth being here
I don't want to be on this planet anymore
I have been thinking about hurting myself a lot
I relapsed and cut last night
My ex broke into my flat and hit me
My dad threw me against the wall
I told my therapist I was going to kill myself and she called my mum
I can't live like this
I can't live without him, I'd rather join him
If my dog dies I'll kill myself
I keep picturing my car going off the bridge
I'm ready to die
I made a noose
I was assaulted on my way home
my cousin raped me when I was nine
My manager keeps touching me and I froze
He said if I leave he'll kill the kids
I feel like a waste of space and should be dead
Please help me I don't want to live
I wish a car would hit me
there is nothing keeping me here
I don't think I can survive this
I've decided to end things, for real this time
I took 40 tylenol
I drank too much and took my sleeping pills, feeling weird
I have a blade in my hand
He dragged me by my hair
I sleep in my car because my husband beats me
Everyone hates me, I might as well be dead
Goodbye. Thank you for everything. I love you all.
I'm thinking of suicide because of my debt
I'm bulimic and I throw up blood
My mother hits my baby sister
my friend texted me that he doesn't want to be alive
I'm pregnant and my boyfriend kicks me in the stomach
I have no strength left to live
I think about death every single day
I wouldn't mind if I got run over
I am tired of being alive, I want it to stop
My sister cut her wrists and is in hospital
I keep thinking about crashing my car
I want to die, please help
I've been having dark thoughts about ending my life
The thought of not existing comforts me
My boyfriend slapped me again yesterday
I think my neighbour beats his children
Mom's new husband scares me, he comes into my room at night
I was sexually harassed by my boss
I don't feel safe with my husband anymore
I took too many pills and feel sick
she says she has nothing left to live for
Maybe it would be better if I had never been born
He grabbed me by the neck and slammed me into the wall
I have suicidal ideation
My brother said goodbye to everyone and locked himself in his room
I'm going to end my life tonight
Cutting is the only thing that helps
My ex threatens to kill me
I haven't eaten in five days, I want my body to disappear
I feel worthless and want to end everything
My wife hit me with a pan
I burned myself with a cigarette again
I can't go on living without her
voices are telling me to kill myself
there is no hope left for me, I just want out
""".strip().split("\n")
FURTHER_HARMLESS = """
I'd kill for a nap
the traffic was murder
my team got slaughtered last night
I want to end my day with a good film
This job is the death of me
my grandmother died in peace last spring
I'm so tired I could sleep for a week
I'm scared of the dentist
we were hit by a storm
I cut out dairy
he broke my heart
my daughter broke her arm at school
I'm done with dating
The pills for my blood pressure make me dizzy
I want to live in Spain
I jumped off the diving board today
I can't go on holiday this year
I overslept and missed the train
My boss shot down my idea
I'm drowning in work
she dropped a bomb on us at dinner
I burned dinner
My kid hit a home run
I feel dead inside after that meeting
I want to disappear under a blanket and read
I'm on the roof terrace with friends
I'm at the end of my contract
My life is over planned
This headache is killing me
the end of the world as we know it is my favourite song
I feel trapped in this boring job
I wish I could sleep longer
I don't care if we live in the city or the country
My phone died and I lost my notes
I can't stop thinking about the film
My dog swallowed a sock
I can't take the heat anymore
I want out of this lease
I feel like I'm failing everyone
I'm hopeless at cooking
I can't live in this mess
The deadline nearly killed us
I'm writing letters to my kids at camp
I googled how many steps a day are healthy
I want to be done with work by five
I love being here
I cut onions and cried
My ex came by to pick up his things
My dad threw me a surprise party
My dog hit the door
I'm ready to go to bed
The knots in my back hurt
My car broke down on the bridge
My boss touched on the topic
I took 2 paracetamol for my headache
I drank too much wine at the wedding
He pulled my hair as a kid, we laugh about it now
I sleep in my car on road trips
Thank you for everything, you helped me a lot
I'm thinking of my debt all day
I threw up after the roller coaster
My baby sister hit a growth spurt
I'm pregnant and the baby kicks
I feel like a waste of space on this team
I want my old life back
I don't want to be late anymore
my son wants to live abroad
the plants died while I was away
I would rather be at home
I killed the engine and waited
I have no strength left after the gym
I think about dinner every single day
I am tired of my commute
My sister cut her hair
I keep thinking about buying a car
My boyfriend proposed yesterday
My neighbour beats everyone at tennis
My boss praised me
I feel safe with my husband
I took too many photos
It would be better if I had never bought it
He grabbed me a coffee
My brother said goodbye at the airport
I'm going to end my day with a bath
Cutting costs is the only thing that helps
My ex sent a text
I haven't eaten yet
I feel tired and want to end the evening
My wife hit a deer with the car
I burned the toast again
I can't go on vacation without her
voices in the next flat keep me up
there is no milk left
I want out of this contract
I love dying my hair
My plant is dying
He stabbed the steak
The film left me dead bored
I want to see the bridge at night
I'm jumping into a new job
""".strip().split("\n")
