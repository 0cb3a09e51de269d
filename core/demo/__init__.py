"""Sample work: a believable month of it for `callboard demo`, and a great deal of it for the benchmarks."""
