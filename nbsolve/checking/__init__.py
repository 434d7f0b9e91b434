"""What judges nbsolve's answers: it knows the subject on its own, and shares no code with the rest of nbsolve.

The extra `check` installs what it needs (`pip install 'nbsolve[check]'`): automatic differentiation.
"""
