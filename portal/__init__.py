"""The web portal: Flask, the operator's commands and nothing of the domain itself."""
