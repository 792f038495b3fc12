"""The planner: nothing lost, nothing twice, steps of whole trajectories, rows within the budget."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.plan import DoesNotFitError, Example, Settings, make
from train.prefix_tree import Branch, build

GUIDE = list(range(100, 140))


def people(count: int, situations: int, seed: int = 0) -> list[Example]:
    """Two turns a situation below a common guide and the person's own profile, as our data has it."""
    rng = np.random.default_rng(seed)
    examples = []
    for person in range(count):
        profile = GUIDE + rng.integers(1000, 2000, 12).tolist()
        for situation in range(situations):
            ids = profile + rng.integers(2000, 3000, 6).tolist()
            name = f"p{person}-{situation}"
            for turn in range(2):
                start = len(ids)
                ids = ids + rng.integers(3000, 4000, 5).tolist()
                examples.append(
                    Example(f"{name}#{turn}", name, f"p{person}", Branch(np.array(ids), ((start, start + 5),)))
                )
    return examples


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 5), st.sampled_from(["tree", "bfd", "none"]), st.integers(80, 400),
    st.integers(1, 7), st.integers(1, 3), st.integers(0, 99),
)  # fmt: skip
def test_every_example_once_an_epoch_in_steps_of_whole_trajectories(
    count, situations, packing, budget, size, world, seed
):
    """A lost, repeated or split trajectory changes the gradient; an uneven step breaks accumulation."""
    examples = people(count, situations)
    plan = Settings(packing, budget, size, seed, world)
    for epoch in make(examples, plan, epochs=2):
        assert sorted(i for tree in epoch.trees for i in tree) == list(range(len(examples)))
        assert len({len(step) for step in epoch.steps}) == 1 and len(epoch.steps[0]) % world == 0
        for step in epoch.steps[:-1]:
            assert len({examples[i].trajectory for tree in step for i in tree}) == min(size, count * situations)
        sizes = [
            len(build([examples[i].branch for i in tree], merge=packing == "tree").input_ids) if tree else 1
            for tree in epoch.trees
        ]
        assert max(sizes) <= budget and sum(sizes) == epoch.tokens_after


def test_same_seed_same_plan_other_epoch_other_plan():
    """Resuming recomputes the plan: it must be the same one; and epochs must not repeat an order."""
    examples, plan = people(8, 4), Settings("tree", 400, 8, seed=3)
    first, second = make(examples, plan, 2), make(examples, plan, 2)
    assert [e.steps for e in first] == [e.steps for e in second]
    assert first[0].steps != first[1].steps
    assert make(examples, Settings("tree", 400, 8, seed=4), 1)[0].steps != first[0].steps


def test_steps_mix_people_and_still_save():
    """Whole people in a step save most but make a narrow gradient; the plan must do better on both than either end."""
    epoch = make(people(16, 16), Settings("tree", 4000, 32, seed=0), 1)[0]
    assert epoch.people_per_step >= 4
    assert epoch.tokens_before / epoch.tokens_after > 3


def test_all_packings_take_the_same_steps():
    """Packed and unpacked runs can only be compared if a step holds the same turns."""
    examples = people(5, 1)
    contents = {}
    for packing in ("tree", "bfd", "none"):
        steps = make(examples, Settings(packing, 300, 2, seed=1), 1)[0].steps
        contents[packing] = [sorted(i for tree in step for i in tree) for step in steps]
    assert contents["tree"] == contents["bfd"] == contents["none"]


def test_processes_get_even_shares():
    """With one long and three short trees the three would wait; the largest may exceed the mean by little."""
    examples = people(16, 2)
    epoch = make(examples, Settings("tree", 4000, 32, seed=0, world=4), 1)[0]
    sizes = [len(build([examples[i].branch for i in tree]).input_ids) for tree in epoch.trees]
    assert len(sizes) == 4 and max(sizes) < 1.3 * min(sizes)


def test_a_conversation_that_fits_a_tree_is_not_split():
    """Its later turns would have all that came before computed again: for long histories that is most of the work."""
    examples = people(8, 1)
    persons = {example.person for example in examples}
    longest = max(len(build([e.branch for e in examples if e.person == person]).input_ids) for person in persons)
    for budget in range(longest, 3 * longest):
        trees = make(examples, Settings("tree", budget, 8, seed=0), 1)[0].trees
        holders = [sum(any(examples[i].person == person for i in tree) for tree in trees) for person in persons]
        assert holders == [1] * 8, budget


def test_too_few_accumulation_steps_are_refused_with_the_number_needed():
    """Dropping the rows that do not fit would lose examples without a word."""
    with pytest.raises(DoesNotFitError) as caught:
        make(people(8, 4), Settings("none", 100, 8, seed=0, accumulation=2), 1)
    assert caught.value.needed == 16
