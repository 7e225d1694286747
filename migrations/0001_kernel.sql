-- The kernel's tables. {{blob}} and {{clustered}} are each engine's own words (store/migrate.h).
-- Times are milliseconds UTC, days are days since 1970-01-01 in Asia/Shanghai, places are code text.
-- A record that belongs to a place has (county, id) as its key: the county is the shard.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) {{clustered}};
