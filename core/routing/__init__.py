"""When an event goes out: patterns, conditions, scopes and cooldowns, decided by one code that also explains and
replays."""
