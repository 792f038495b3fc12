"""The prefix tree as arrays: every branch can be read back from it, and sees itself and nothing else."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prefix_tree import IGNORED, Branch, build, by_prefix, shared_tokens, visible


def branch(ids: list[int], *spans: tuple[int, int]) -> Branch:
    return Branch(np.array(ids), spans)


@st.composite
def branches(draw: st.DrawFn) -> Branch:
    """Few different tokens, so that prefixes, duplicates and prefixes of one another are common."""
    ids = draw(st.lists(st.integers(0, 1), min_size=1, max_size=12))
    edges = sorted(draw(st.sets(st.integers(1, len(ids)), max_size=4)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return branch(ids, *pairs)


forests = st.lists(branches(), min_size=1, max_size=8)


def read_back(tree, leaf: int) -> list[int]:
    """Rows of all tokens that the token at `leaf` sees, by depth: its own sequence up to itself."""
    return np.flatnonzero(visible(tree)[leaf]).tolist()


@given(forests)
def test_every_supervised_token_sees_exactly_its_own_sequence(given_branches):
    """A supervised token that saw another branch, or missed a token of its own, would get another gradient."""
    tree = build(given_branches)
    seen = []
    for row in np.flatnonzero(tree.labels != IGNORED):
        path = read_back(tree, row)
        assert tree.position_ids[path].tolist() == list(range(len(path)))
        assert path[-2] == row - 1, "the predecessor must stand right before it, or the shift by one breaks"
        assert tree.labels[row] == tree.input_ids[row]
        seen.append(tuple(tree.input_ids[path].tolist()))
    wanted = [tuple(b.input_ids[: i + 1].tolist()) for b in given_branches for a, e in b.spans for i in range(a, e)]
    assert sorted(seen) == sorted(wanted)


@given(forests)
def test_every_sequence_stands_in_the_tree(given_branches):
    """Unsupervised context must be complete too: each whole sequence is some root-to-token path."""
    tree = build(given_branches)
    paths = {tuple(tree.input_ids[read_back(tree, row)].tolist()) for row in range(len(tree.input_ids))}
    assert {tuple(b.input_ids.tolist()) for b in given_branches} <= paths


@given(forests)
def test_no_mergeable_prefix_is_computed_twice(given_branches):
    """Two tokens with the same path below every mergeable limit would be work done twice."""
    size = len(build(given_branches).input_ids)
    prefixes = {tuple(b.input_ids[:n].tolist()) for b in given_branches for n in range(1, b.mergeable + 1)}
    own = sum(len(b.input_ids) - b.mergeable for b in given_branches)
    assert size == len(prefixes) + own
    ordered = [given_branches[i] for i in by_prefix(given_branches)]
    saved = sum(shared_tokens(a, b) for a, b in itertools.pairwise(ordered))
    assert size == sum(len(b.input_ids) for b in given_branches) - saved


@given(forests)
def test_unmerged_layout_is_the_sequences_side_by_side(given_branches):
    """`packing: bfd` must keep whole sequences apart."""
    tree = build(given_branches, merge=False)
    assert tree.input_ids.tolist() == [t for b in given_branches for t in b.input_ids.tolist()]
    starts = np.cumsum([0] + [len(b.input_ids) for b in given_branches])
    for start, end in itertools.pairwise(starts):
        assert tree.position_ids[start:end].tolist() == list(range(end - start))
        assert set(tree.subtree_end[start:end].tolist()) == {end}


def test_a_hand_drawn_tree():
    """The layout of the design, token by token: one prompt, two supervised answers, one deeper turn."""
    first, duplicate = branch([7, 8, 9, 1], (3, 4)), branch([7, 8, 9, 1], (3, 4))
    deeper = branch([7, 8, 9, 5, 6, 2], (5, 6))
    tree = build([first, duplicate, deeper])
    assert tree.input_ids.tolist() == [7, 8, 9, 1, 9, 1, 9, 5, 6, 2]
    assert tree.position_ids.tolist() == [0, 1, 2, 3, 2, 3, 2, 3, 4, 5]
    assert tree.subtree_end.tolist() == [10, 10, 4, 4, 6, 6, 10, 10, 10, 10]
    assert tree.labels.tolist() == [-100, -100, -100, 1, -100, 1, -100, -100, -100, 2]


def test_single_token_and_duplicates_without_supervision():
    """The smallest inputs: a padding tree is one such token."""
    assert build([branch([3])]).subtree_end.tolist() == [1]
    assert build([branch([3, 4]), branch([3, 4]), branch([3])]).input_ids.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("ids", "spans"),
    [([], ()), ([1, 2], ((0, 1),)), ([1, 2], ((1, 3),)), ([1, 2, 3], ((2, 2),)), ([1, 2, 3, 4], ((2, 4), (1, 3)))],
)
def test_impossible_branches_are_refused(ids, spans):
    """A span before the first token or past the end would train on the wrong token."""
    with pytest.raises(ValueError):
        branch(ids, *spans)
