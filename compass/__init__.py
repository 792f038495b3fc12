"""What the stages share: records, prompts, the chat format, the turn loop and the apps."""
