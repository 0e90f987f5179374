"""What people see, a module for each task; the templates of a view lie in a folder of its name."""
