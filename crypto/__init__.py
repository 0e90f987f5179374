"""The cryptography of Datakluis: pure, without Flask, database or environment (design 2.1, 2.3, 2.4).

Everything sealed starts with a marker byte that says how: 1 with a symmetric key (`sealing`), 2 to a public key
(`hybrid`), 3 under a root key (`root_key`), 4 as a stream of chunks (`streams`). Everything sealed is bound to a
`sealing.Context`, so that it opens only in the place it was made for. Nothing here answers a security question with
True or False: what is wrong raises an error of `errors`.
"""
