"""Signing documents: requests, signers, codes by SMS, signatures in the PDF, and the evidence of how it went."""
