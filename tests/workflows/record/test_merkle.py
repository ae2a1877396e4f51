import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.record import merkle

# The leaves and roots with which RFC 6962's reference implementation (certificate-transparency, merkle_tree_test) is tested.
LEAVES = [
    bytes.fromhex(text) for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
TREES = st.lists(st.binary(max_size=40), min_size=1, max_size=70, unique=True).map(lambda data: [merkle.leaf_hash(item) for item in data])


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots_of_one_to_eight_leaves(size):
    assert merkle.root_of([merkle.leaf_hash(data) for data in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_root_of_nothing_is_the_hash_of_nothing():
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@given(TREES)
def test_the_right_edge_holds_one_root_for_every_1_of_the_size(leaves):
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        merkle.extend(frontier, size, leaf)
        assert len(frontier) == (size + 1).bit_count()
    assert merkle.root(frontier) == merkle.root_of(leaves)


@given(TREES, st.data())
def test_every_leaf_is_proved_and_no_other_leaf_or_place(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root_of(leaves)
    assert merkle.inclusion_holds(leaves[index], index, len(leaves), proof, root)
    assert not merkle.inclusion_holds(merkle.leaf_hash(b"forged" + leaves[index]), index, len(leaves), proof, root)
    assert not merkle.inclusion_holds(leaves[index], index, len(leaves), [*proof, root], root)
    assert not merkle.inclusion_holds(leaves[index], len(leaves), len(leaves), proof, root)
    if proof:
        assert not merkle.inclusion_holds(leaves[index], index, len(leaves), proof[:-1], root)
        assert not merkle.inclusion_holds(leaves[index], index ^ 1, len(leaves), proof, root)


@given(TREES, st.data())
def test_a_tree_is_proved_to_begin_with_an_older_one_and_with_no_other(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    proof, old_root, root = merkle.consistency_proof(leaves, old), merkle.root_of(leaves[:old]), merkle.root_of(leaves)
    assert merkle.consistency_holds(old, len(leaves), old_root, root, proof)
    forged = merkle.leaf_hash(old_root)
    assert not merkle.consistency_holds(old, len(leaves), forged, root, proof)
    assert not merkle.consistency_holds(old, len(leaves), old_root, forged, proof)
    assert not merkle.consistency_holds(old, len(leaves), old_root, root, [*proof, root])
    assert not merkle.consistency_holds(0, len(leaves), old_root, root, proof)


@given(TREES)
def test_adding_a_leaf_changes_the_root(leaves):
    roots = [merkle.root_of(leaves[:size]) for size in range(1, len(leaves) + 1)]
    assert all(before != after for before, after in pairwise(roots))


def test_proofs_of_what_is_not_there_are_refused():
    leaves = [merkle.leaf_hash(data) for data in LEAVES]
    with pytest.raises(IndexError):
        merkle.inclusion_proof(leaves, 8)
    with pytest.raises(ValueError, match="9"):
        merkle.consistency_proof(leaves, 9)
