"""A whole pipeline without TensorFlow, for tests that run it hundreds of times.

`python -m tests.stub.build …` is `build.py` with a corpus, a model, a method and a
figure called `stub`, and a renderer of a few plain pages.
"""
