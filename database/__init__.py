"""Engine, session, declarative base and migrations; the only package that knows which database is used."""
