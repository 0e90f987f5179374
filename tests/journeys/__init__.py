"""Whole journeys in a real browser, over a real server with its worker: what people do from the first command on."""
