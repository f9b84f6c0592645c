"""TODO methods/attention/hypothesis_tests."""
