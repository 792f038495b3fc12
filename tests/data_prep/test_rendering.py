"""Rendering in parts gives the text of the stock template, and steps back where a template does not allow it."""

import random

from compass import chat, prompt
from data_prep.rendering import Renderer


def test_rendering_in_parts_is_the_stock_rendering(users, trajectories, tokenizer):
    for thinking in (False, True):
        renderer = Renderer(tokenizer, thinking)
        for trajectory in trajectories[::3]:
            system = prompt.system(users[trajectory.user_id], trajectory.setting, "full")
            tools = prompt.tools(trajectory.setting, "full")
            every = tuple(range(sum(message.role == "assistant" for message in trajectory.messages)))
            expected = chat.render_turns(tokenizer, system, trajectory.messages, tools, every, thinking)
            assert renderer.turns(system, trajectory.messages, tools, every) == expected
        assert not renderer.whole, "the shared beginning was rendered again and again"


def test_thoughts_of_earlier_turns_do_not_mislead_it(users, trajectories, tokenizer):
    """The template shows a thought or not depending on what follows it, so a longer request is no shorter one with more."""
    renderer, chance = Renderer(tokenizer, True), random.Random(2)
    for trajectory in trajectories[::2]:
        messages = [
            each.model_copy(update={"reasoning_content": "They like songs."})
            if each.role == "assistant" and chance.random() < 0.5
            else each
            for each in trajectory.messages
        ]
        system = prompt.system(users[trajectory.user_id], trajectory.setting, "compact")
        every = tuple(range(sum(message.role == "assistant" for message in messages)))
        expected = chat.render_turns(tokenizer, system, messages, None, every, True)
        assert renderer.turns(system, messages, None, every) == expected


def test_a_history_is_not_rendered_from_its_start_for_each_turn(users, trajectories, tokenizer):
    rendered = []

    class Counting:
        """Notes how many messages each rendering holds."""

        def apply_chat_template(self, messages, **options):
            rendered.append(len(messages))
            return tokenizer.apply_chat_template(messages, **options)

    renderer = Renderer(Counting(), False)
    histories = [each for each in trajectories if each.setting == "history"]
    for trajectory in histories:
        system = prompt.system(users[trajectory.user_id], "history", "compact")
        every = tuple(range(sum(message.role == "assistant" for message in trajectory.messages)))
        before = len(rendered)
        renderer.turns(system, trajectory.messages, prompt.tools("history", "compact"), every)
    last = histories[-1].messages
    assert sum(rendered[before:]) <= 2 * len(last) + 3, "the work grows with the square of a conversation's length"


def test_a_template_that_looks_back_is_rendered_whole(users, trajectories, tokenizer):
    class LooksBack:
        """Ends every prompt with how many messages there were."""

        def apply_chat_template(self, messages, **options):
            return tokenizer.apply_chat_template(messages, **options) + str(len(messages))

    renderer = Renderer(LooksBack(), False)
    for trajectory in trajectories[:6]:
        system = prompt.system(users[trajectory.user_id], trajectory.setting, "compact")
        tools = prompt.tools(trajectory.setting, "compact")
        expected = chat.render_turns(LooksBack(), system, trajectory.messages, tools, (0,), False)
        assert renderer.turns(system, trajectory.messages, tools, (0,)) == expected
    assert renderer.whole
