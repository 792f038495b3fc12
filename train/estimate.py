"""What a recipe will take before it runs."""

from train.settings import TrainRecipe


def disk_bytes(chosen: TrainRecipe) -> int:
    return 1
