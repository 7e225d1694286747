-- SPDX-License-Identifier: Apache-2.0
-- 公告 and 村广播稿: one text, shown on the village's page, read out, printed as a poster.

CREATE TABLE announcement (
    county     BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    place      TEXT NOT NULL,
    title      TEXT NOT NULL,
    words      TEXT NOT NULL,
    until_day  INTEGER NOT NULL, -- the last day on which it is shown
    account    BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    at_ms      BIGINT NOT NULL,
    taken_ms   BIGINT NOT NULL,  -- taken down; 0: not
    read_times INTEGER NOT NULL, -- how often read out, when last
    read_ms    BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX announcement_place ON announcement (place, id);
CREATE TABLE announcement_read (
    county       BIGINT NOT NULL,
    announcement BIGINT NOT NULL,
    at_ms        BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    PRIMARY KEY (county, announcement, at_ms)
) {{clustered}};
