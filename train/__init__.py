"""From a data recipe's examples to a checkpoint: prefix-tree packing, TRL's SFTTrainer with LoRA, merging, estimates."""
