"""The schema of an app is its signature and docstring, and says what the published tools say."""

from typing import Annotated, Any, Literal

import pytest

from compass.tools import TOOLS, names, schemas
from compass.tools.declare import tool
from compass.tools.door import RULES
from compass.tools.world import World

# Published name, parameters (in order), required parameters.
PUBLISHED = {
    "film_recommendation": (
        "keyword actors genres min_rating max_rating min_vote_count emotion include_adult",
        "keyword",
    ),
    "joke_recommendation": ("description category", "description"),
    "medical_appointment": (
        "operation user_name user_phone user_id illness_description desired_date appointment_id status hospital department",
        "operation",  # and desired_date to book: see the module
    ),
    "music_recommendation": ("artist genre keywords", "keywords"),
    "online_shopping": ("item_type item_name item_features", "item_type item_name item_features"),
    "plan_assistant": ("plan theme style additional_requirements", "plan"),
    "psyweb_recommender": ("situation problem_type domain user_group topk", "situation problem_type user_group"),
    "role_play": ("name ip user_input relationship style user_name", "name user_input"),
    "schedule_manager": ("operation time location event duration schedule_id", "operation"),
    "sticker_respond": ("tag subject alternative_descriptions style topk", "tag"),
    "story_recommender": ("user_prompt theme type style", "user_prompt"),
    "strength_card": ("situation", "situation"),
}
ENUM_SIZES = {
    ("joke_recommendation", "category"): 24,
    ("medical_appointment", "operation"): 4,
    ("music_recommendation", "genre"): 15,
    ("psyweb_recommender", "problem_type"): 20,
    ("psyweb_recommender", "domain"): 3,
    ("psyweb_recommender", "user_group"): 4,
    ("schedule_manager", "operation"): 5,
    ("story_recommender", "theme"): 7,
    ("story_recommender", "type"): 5,
    ("story_recommender", "style"): 5,
}


def declared(function: Any) -> Any:
    return tool(effect="read", support="emotional", short="x")(function)


def test_an_undescribed_app_is_refused() -> None:
    def bare(world: World, a: str) -> dict[str, Any]:
        return {}

    with pytest.raises(TypeError, match="bare: the app needs a docstring"):
        declared(bare)


def test_an_undescribed_parameter_is_refused() -> None:
    def half(world: World, a: str, b: str) -> dict[str, Any]:
        """Does it.

        Args:
            a: The first.
        """
        return {}

    with pytest.raises(TypeError, match=r"half\(b\): the parameter needs a line under Args"):
        declared(half)


def test_an_untyped_parameter_is_refused() -> None:
    def loose(world: World, a) -> dict[str, Any]:  # type: ignore[no-untyped-def]
        """Does it.

        Args:
            a: The first.
        """
        return {}

    with pytest.raises(TypeError, match=r"loose\(a\): the parameter needs a type"):
        declared(loose)


def test_a_description_without_parameter_is_refused() -> None:
    def late(world: World, a: str) -> dict[str, Any]:
        """Does it.

        Args:
            a: The first.
            b: Was renamed.
        """
        return {}

    with pytest.raises(TypeError, match=r"\['b'\]"):
        declared(late)


def test_a_type_that_json_lacks_is_refused() -> None:
    def strange(world: World, a: complex) -> dict[str, Any]:
        """Does it.

        Args:
            a: The first.
        """
        return {}

    with pytest.raises(TypeError, match="no JSON Schema for the type"):
        declared(strange)


def test_the_signature_is_the_schema() -> None:
    def sample(
        world: World,
        word: list[str],
        kind: Literal["a", "b"] | None = None,
        rate: Annotated[float | None, {"minimum": 0, "maximum": 10}] = None,
        count: int = 1,
    ) -> dict[str, Any]:
        """Does it
        well.

        Args:
            word: The first.
            kind: The second,
                on two lines.
            rate: The third.
            count: The fourth.
        """
        return {}

    function = declared(sample).schema["function"]
    assert function["description"] == "Does it well."
    assert function["parameters"] == {
        "type": "object",
        "properties": {
            "word": {"type": "array", "items": {"type": "string"}, "description": "The first."},
            "kind": {"type": "string", "enum": ["a", "b"], "description": "The second, on two lines."},
            "rate": {"type": "number", "minimum": 0, "maximum": 10, "description": "The third."},
            "count": {"type": "integer", "description": "The fourth.", "default": 1},
        },
        "required": ["word"],
        "additionalProperties": False,
    }


def test_the_twelve_are_the_published_ones() -> None:
    assert names() == tuple(PUBLISHED)
    for each in TOOLS:
        parameters = each.schema["function"]["parameters"]
        wanted, required = PUBLISHED[each.name]
        assert sorted(parameters["properties"]) == sorted(wanted.split(" "))
        assert sorted(parameters["required"]) == sorted(required.split(" "))
        for name, rules in parameters["properties"].items():
            assert len(rules.get("enum", [])) == ENUM_SIZES.get((each.name, name), 0), (each.name, name)


@pytest.mark.parametrize("style", ["full", "compact"])
def test_the_outer_shape_is_what_servers_rebuild(style: Literal["full", "compact"]) -> None:
    """A server that rebuilds a tool from these keys in this order must get the same text."""
    for schema in schemas(style):
        assert list(schema) == ["type", "function"]
        assert list(schema["function"]) == ["name", "description", "parameters"]
        assert schema["function"]["description"].strip()


def test_compact_schemas_hold_what_a_call_cannot_do_without() -> None:
    for full, compact in zip(schemas("full"), schemas("compact")):
        everything, parameters = full["function"]["parameters"], compact["function"]["parameters"]
        assert set(parameters["required"]) == set(everything["required"])
        for name, rules in everything["properties"].items():
            if name in everything["required"] or "enum" in rules:
                assert parameters["properties"][name]["type"] == rules["type"]
        assert all("description" not in rules for rules in parameters["properties"].values())
        assert "additionalProperties" not in parameters
    assert len(str(schemas("compact"))) < 5500


def test_every_rule_of_a_schema_has_its_words() -> None:
    """A keyword that a new app brings along needs a sentence for the model that breaks it."""
    told = {"enum", *RULES, "items", "description", "default"}
    for each in TOOLS:
        for rules in each.schema["function"]["parameters"]["properties"].values():
            assert set(rules) <= told
