"""``peerhour demo``: an invented story, played for real and served."""
