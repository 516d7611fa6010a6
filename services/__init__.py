"""What the system does: commands, processes, the composition root, worker, shell, web."""
