"""The card of an exported data set, and what LLaMA-Factory reads of it."""

from typing import Any

import yaml

from data_prep.finished import Finished

TAGS = ["tool-use", "function-calling", "dialogue", "emotional-support", "synthetic"]
WRITTEN = {
    "offline": "It is rule-written: rules draw the people, word what they say, choose the apps and word the replies. It teaches the "
    "format and the use of apps, not much of how people talk. All people, addresses and phone numbers are invented.",
    "openai": "Rules drew the people, their addresses and phone numbers are invented; a teacher model, `{model}`, wrote "
    "storylines, calls and replies. Its terms apply.",
    "published": "People, calls, results and replies are those of the published raw records of ComPASS, whose terms apply.",
}
TEXT = """\
# {name}

Conversations of a companion that calls user-centric apps (films, jokes, doctor's appointments, music, shopping, plans, psychology
websites, role play, schedule, stickers, stories, strength cards) and answers with what they return. {written}

This is data for software for people in distress, not care.

## What is in it

{rows}

{people} people ({splits}), {trajectories} trajectories, settings {settings}. Nobody is in two splits. Refused while it
was made: {rejected}.

- **turns**: one row for each assistant turn to learn; `prompt` is the request as a server gets it, `completion` the turn. With
  Qwen3's stock template this is the form in which training tokens equal serving tokens: the template shows earlier turns
  without the think block they were generated after, so a whole conversation cannot be learned in one pass.
- **conversations**: the native records. `train_on` counts the assistant turns to learn from 0; dispreferred rounds are never in it.
- **pairs**: the call of a liked app against that of a disliked one, same prompt.
- **people**: who speaks: profile, preferences by part of life, situations.
- **messages**: JSON lines of OpenAI's `messages` and `tools`; `weight` is 1 on the assistant turns to learn, else 0.
- **sharegpt**: JSON lines for LLaMA-Factory with a `dataset_info.json`; only the last turn of a row is to be learned.

`arguments` is always a JSON string. Columns with objects are `datasets.Json` (datasets 4.7 or newer); read as structs, objects of
different shapes get holes filled with nulls, which a model learns to write.

## How to train on it

TRL (SFT on `turns`, the loss on completions is its default; DPO on `pairs`):

    load_dataset("{name}", "turns")

axolotl (whole conversations, `messages/`):

    datasets: [{{path: messages/train.jsonl, ds_type: json, type: chat_template, field_messages: messages, field_tools: tools,
                message_field_training: weight, roles_to_train: [], train_on_eos: turn}}]

LLaMA-Factory: `dataset_dir: sharegpt`, `dataset: compass`, `template: qwen3_nothink`, `mask_history: true`. It joins both system texts.
"""


def card(data: Finished, counts: dict[str, int]) -> str:
    """The README.md of the folder; the YAML on top tells `load_dataset` and the Hub where the parts are."""
    recipe, report = data.report["recipe"], data.report
    everybody, made = report["people"], report["trajectories"]
    head: dict[str, Any] = {
        "language": ["en"], "pretty_name": data.folder.name, "task_categories": ["text-generation"], "tags": TAGS,
        "size_categories": [_size(counts["turns/train"])], "configs": list(_configs(counts)),
    }  # fmt: skip
    if recipe["teacher"] == "offline":
        head["license"] = "apache-2.0"
    text = TEXT.format(
        name=data.folder.name,
        written=WRITTEN[recipe["teacher"]].format(model=recipe.get("model")),
        rows=_table(counts),
        people=everybody["count"],
        splits=", ".join(f"{name} {count}" for name, count in everybody.items() if name != "count"),
        trajectories=made["count"],
        settings=", ".join(f"{setting} {made.get(setting, 0)}" for setting in data.settings),
        rejected=", ".join(f"{reason} {count}" for reason, count in report["rejected"].items()) or "none",
    )
    return f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---\n\n{text}"


def _configs(counts: dict[str, int]) -> Any:
    for part in ("turns", "conversations", "pairs", "people"):
        files = [
            {"split": name.removeprefix(f"{part}/"), "path": f"parquet/{name}.parquet"}
            for name, count in counts.items()
            if name.startswith(f"{part}/") and count
        ]
        if files:
            yield {"config_name": part, "data_files": files} | ({"default": True} if part == "turns" else {})


def _table(counts: dict[str, int]) -> str:
    lines = ["| part | rows |", "|---|---|", *(f"| {name} | {count} |" for name, count in counts.items() if count)]
    return "\n".join(lines)


def _size(rows: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if rows < limit:
            return name
    return "1M<n<10M"


def dataset_info(counts: dict[str, int]) -> dict[str, Any]:
    """LLaMA-Factory's `dataset_info.json` for the folder `sharegpt/`."""
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    files = {"compass": "train", "compass_validation": "validation"}
    info: dict[str, Any] = {
        name: {"file_name": f"{split}.jsonl", "formatting": "sharegpt", "columns": columns}
        for name, split in files.items()
        if counts[f"sharegpt/{split}"]
    }
    if counts["sharegpt/pairs"]:
        ranked = columns | {"chosen": "chosen", "rejected": "rejected"}
        info["compass_pairs"] = {
            "file_name": "pairs.jsonl", "ranking": True, "formatting": "sharegpt", "columns": ranked,
        }  # fmt: skip
    return info
