"""What a training recipe needs before `make sft` makes its data: `python -m train.needs recipes/….yaml` names the data recipe.

Stops first where the machine cannot train it, so that nobody makes data for hours in vain.
"""

import argparse
from pathlib import Path

from compass import errors
from train import settings


def main() -> None:
    """Checks recipe and device, prints the data recipe's path."""
    parser = argparse.ArgumentParser(prog="python -m train.needs", description=__doc__)
    parser.add_argument("config", type=Path, help="a training recipe, recipes/*.yaml")
    arguments, overrides = parser.parse_known_args()
    chosen = settings.load(arguments.config, overrides)
    settings.need_packages(chosen)
    settings.need_device(chosen)
    print(chosen.ours.data)


if __name__ == "__main__":
    errors.run(main)
