"""Fine-tunes a Qwen3 model on a data recipe's examples: `python -m train.sft --config recipes/qwen3_tiny_cpu.yaml`."""

import argparse
from pathlib import Path

from compass import errors
from train import settings
from train.settings import TrainRecipe


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(prog="python -m train.sft", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="a training recipe, recipes/*.yaml")
    parser.add_argument("--check", action="store_true", help="check recipe and data, print the plan, load no model")
    parser.epilog = "Any key of the recipe can be set here: --learning_rate 2e-4 --output_dir checkpoints/other"
    arguments, overrides = parser.parse_known_args()
    chosen = settings.load(arguments.config, overrides)
    if arguments.check:
        check(chosen)
    else:
        train(chosen)


def check(chosen: TrainRecipe) -> None:
    """Looks at everything that can be wrong before a model is loaded, and prints the plan."""
    from train import checkpoint, estimate, examples, held_out, model, plan

    settings.need_packages(chosen)
    tokenizer = model.load_tokenizer(chosen)
    model.load_format(chosen, tokenizer)
    parts = examples.load_parts(chosen, tokenizer)
    held_out.need_absent(chosen)
    plan.make_for(chosen, parts)
    checkpoint.need_disk_space(chosen, estimate.disk_bytes(chosen))


def train(chosen: TrainRecipe) -> None:
    """From recipe to checkpoint."""
    from train import checkpoint, estimate, examples, held_out, model, plan

    settings.need_packages(chosen)
    settings.need_device(chosen)
    checkpoint.need_free_name(chosen)
    tokenizer = model.load_tokenizer(chosen)
    made_for = model.load_format(chosen, tokenizer)
    parts = examples.load_parts(chosen, tokenizer)
    held_out.need_absent(chosen)
    examples.say_who_wrote(chosen)
    plans = plan.make_for(chosen, parts)
    checkpoint.need_disk_space(chosen, estimate.disk_bytes(chosen))

    from train import run  # brings in TRL, which the checks above do without

    arguments = run.training_arguments(chosen, plans)
    data = run.describe(chosen, parts, plans)
    state = checkpoint.begin(chosen, data)
    trainer = run.make_trainer(chosen, arguments, tokenizer, parts, plans)
    metrics = run.fit(trainer, state)
    run.save(trainer, chosen, made_for, data | {"metrics": metrics})


if __name__ == "__main__":
    errors.run(main)
