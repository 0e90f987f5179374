"""Exporting the employees that somebody may see, to a file that can be imported again (design 2.7, *Long work*)."""
