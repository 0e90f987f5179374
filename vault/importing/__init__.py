"""Employees from a spreadsheet (X-22): reading what people upload, checking each row, writing what is good."""
