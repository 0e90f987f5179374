"""Every route, by everybody, with own and foreign ids (issue 2, shown 3; security.md, goal A)."""
