"""The keys of a problem file, each in one place: a model for each mapping, a field for each key.

From these models follow what reading accepts (`keys_of`), the JSON Schema (`nbsolve.problem.schema`) and the tables
of keys in `docs/` (`python -m tests.keys`). The models describe the file as people write it; what they have written
is read by the readers in `nbsolve.problem`, whose messages have places.
"""
