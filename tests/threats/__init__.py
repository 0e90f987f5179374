"""What somebody gets who has stolen files: attackers as programs of their own (docs/threat-model.md)."""
