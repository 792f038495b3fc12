"""From nothing to reviewed trajectories: people, situations, utterances, calls, replies, checks, examples."""
