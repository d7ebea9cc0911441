"""``make demo``: the main job from end to end, shown in a terminal."""
