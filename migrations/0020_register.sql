-- SPDX-License-Identifier: Apache-2.0
-- What changes in the register: bodies, places, households, people. Names change, history does not.

-- A former name: what it was called before until_day, the first day of the name that came next.
CREATE TABLE body_called (
    county     BIGINT NOT NULL,
    body       BIGINT NOT NULL,
    until_day  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    PRIMARY KEY (county, body, until_day)
) {{clustered}};
CREATE TABLE place_called (
    code       TEXT NOT NULL,
    until_day  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    imported   INTEGER NOT NULL, -- 1: the published list had another name, nobody decided it here
    PRIMARY KEY (code, until_day)
) {{clustered}};
CREATE INDEX place_merged ON place (merged_into);

-- Every change of the register with what was before; rows only ever come.
CREATE TABLE register_change (
    county   BIGINT NOT NULL,
    kind     TEXT NOT NULL, -- body place household person
    subject  TEXT NOT NULL, -- number of the record, or code of the place
    id       BIGINT NOT NULL,
    what     TEXT NOT NULL,
    before   TEXT NOT NULL,
    sealed   {{blob}},      -- the value before, where it is one that is sealed
    after    TEXT NOT NULL,
    decision TEXT NOT NULL, -- which paper or whose word says so
    account  BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (county, kind, subject, id)
) {{clustered}};

ALTER TABLE household ADD COLUMN head BIGINT NOT NULL DEFAULT 0;   -- 户主; 0: not said
ALTER TABLE household ADD COLUMN joined BIGINT NOT NULL DEFAULT 0; -- the household it went into; 0: it lives
ALTER TABLE person ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0; -- the record that is kept; 0: this one
CREATE INDEX person_merged ON person (county, merged_into);
