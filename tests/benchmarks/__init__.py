"""Measurements, with a committed baseline and a gate. Never part of pytest: ``python -m tests.benchmarks``."""
