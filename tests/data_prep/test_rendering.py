"""Rendering in parts gives the text of the stock template, and steps back where a template does not allow it."""

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
