"""Arbo services, employers, departments, employments, memberships, and roles as data."""
