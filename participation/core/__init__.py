"""The plumbing every room stands on; knows no capability."""
