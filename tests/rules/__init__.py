"""The rules of the house that no linter knows, each with proof that it catches what it forbids."""
