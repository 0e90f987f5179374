"""The tests; a folder per package, journeys in a real browser, and the rules of the house."""
