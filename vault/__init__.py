"""Records of employees under keys, and who is handed them: the only package that turns ciphertext into a person."""
