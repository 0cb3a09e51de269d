"""The figures of `make bench`, each beside a yardstick that runs in the same minute on the same machine."""
