"""The demo: an invented world with people in every role, made through the same verbs as a real one (design 6).

Nothing outside this package, its command and its page uses it; what it keeps in the clear, it keeps for the demo only.
"""
