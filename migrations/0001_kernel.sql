-- SPDX-License-Identifier: Apache-2.0
-- The kernel's tables. {{blob}} and {{clustered}} are each engine's own words (store/migrate.h).
-- Times are milliseconds UTC, days are days since 1970-01-01 in Asia/Shanghai, places are code text.
-- A record that belongs to a place has (county, id) as its key: the county is the shard.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) {{clustered}};

-- 区划, GB/T 10114 and the 12-digit statistical codes; a place contains all whose code it begins.
CREATE TABLE place (
    code        TEXT PRIMARY KEY,
    level       INTEGER NOT NULL, -- 1 province 2 city 3 county 4 township 5 village 6 group
    kind        TEXT NOT NULL,    -- village community farm virtual, or '' above
    name        TEXT NOT NULL,    -- official
    short_name  TEXT NOT NULL,    -- as people say it: 柳林村
    initials    TEXT NOT NULL,    -- llc
    pilot       TEXT NOT NULL,
    population  INTEGER,
    households  INTEGER,
    counted_day INTEGER,
    valid_from  INTEGER,
    valid_to    INTEGER,
    merged_into TEXT
) {{clustered}};
CREATE INDEX place_name ON place (short_name, code);
CREATE INDEX place_initials ON place (initials, code);

CREATE TABLE calendar_day (
    day     INTEGER PRIMARY KEY,
    working INTEGER NOT NULL,
    name    TEXT NOT NULL
) {{clustered}};

-- Numbers that come from law or from a county, with their source.
CREATE TABLE rule (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    unit       TEXT NOT NULL,
    level      TEXT NOT NULL, -- law national province county charter
    document   TEXT NOT NULL,
    article    TEXT NOT NULL,
    area       TEXT NOT NULL, -- prefix of place codes; '' everywhere
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    source     TEXT NOT NULL,
    note       TEXT NOT NULL
);
CREATE INDEX rule_name ON rule (name, area);

-- 组织: departments, offices, committees
CREATE TABLE body (
    county     BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    code       TEXT NOT NULL, -- civil_affairs: what service items name
    place      TEXT NOT NULL,
    kind       TEXT NOT NULL, -- department office committee branch group cooperative society contractor
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    phone      TEXT NOT NULL,
    address    TEXT NOT NULL,
    hours      TEXT NOT NULL,
    was        TEXT NOT NULL,
    valid_from INTEGER,
    valid_to   INTEGER,
    successor  BIGINT,
    PRIMARY KEY (county, id)
);
CREATE UNIQUE INDEX body_code ON body (place, code);

CREATE TABLE household (
    county BIGINT NOT NULL,
    id     BIGINT NOT NULL,
    place  TEXT NOT NULL,
    grp    TEXT NOT NULL, -- 村民小组
    door   TEXT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX household_place ON household (place, grp, door);

-- 人. Identity number and telephone are sealed by the signer; *_index finds an exact value.
CREATE TABLE person (
    county      BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    place       TEXT NOT NULL,
    household   BIGINT,
    grp         TEXT NOT NULL,
    name        TEXT NOT NULL,
    initials    TEXT NOT NULL,
    sex         INTEGER NOT NULL, -- GB/T 2261.1: 0 unknown 1 male 2 female
    birth       INTEGER,
    id_no       {{blob}},
    id_no_index {{blob}},
    phone       {{blob}},
    phone_index {{blob}},
    died_day    INTEGER,
    moved_day   INTEGER,
    moved_to    TEXT,
    changed_ms  BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX person_name ON person (place, name);
CREATE INDEX person_initials ON person (place, initials);
CREATE INDEX person_id_no ON person (county, id_no_index);
CREATE INDEX person_phone ON person (county, phone_index);
CREATE INDEX person_household ON person (county, household);

-- What a resident agreed to: reuse of papers, visits, notices.
CREATE TABLE consent (
    county       BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    person       BIGINT NOT NULL,
    what         TEXT NOT NULL,
    how          TEXT NOT NULL, -- spoken written
    account      BIGINT NOT NULL,
    at_ms        BIGINT NOT NULL,
    withdrawn_ms BIGINT,
    PRIMARY KEY (county, id)
);
CREATE INDEX consent_person ON consent (county, person);

CREATE TABLE account (
    id          BIGINT PRIMARY KEY,
    name        TEXT NOT NULL,
    county      BIGINT NOT NULL, -- where its person record is, 0: none
    person      BIGINT NOT NULL,
    phone       {{blob}} NOT NULL,
    phone_index {{blob}} NOT NULL UNIQUE,
    password    TEXT NOT NULL, -- Argon2id; '' until the first sign-in with a one-time code
    once_code   TEXT NOT NULL, -- hash of a one-time code; '' when used
    once_until  BIGINT NOT NULL,
    totp        {{blob}},
    totp_step   BIGINT NOT NULL,
    failed      INTEGER NOT NULL,
    locked_ms   BIGINT NOT NULL, -- locked until
    closed_ms   BIGINT
);

-- 岗位: rights come from posts only
CREATE TABLE post (
    id       BIGINT PRIMARY KEY,
    account  BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    place    TEXT NOT NULL,
    body     BIGINT NOT NULL, -- 0: none
    from_day INTEGER NOT NULL,
    to_day   INTEGER,
    decision TEXT NOT NULL
);
CREATE INDEX post_account ON post (account);
CREATE INDEX post_place ON post (place, kind);

-- 请假代办: what one may do, another may do meanwhile
CREATE TABLE delegation (
    id           BIGINT PRIMARY KEY,
    from_account BIGINT NOT NULL,
    to_account   BIGINT NOT NULL,
    from_day     INTEGER NOT NULL,
    to_day       INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    ended_ms     BIGINT
);
CREATE INDEX delegation_to ON delegation (to_account);

CREATE TABLE session (
    token_hash {{blob}} PRIMARY KEY,
    id         BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    csrf       TEXT NOT NULL,
    device     TEXT NOT NULL, -- "Chrome · Android"
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    second_ms  BIGINT NOT NULL -- when the second factor was shown; 0: not
) {{clustered}};
CREATE INDEX session_account ON session (account);

-- One POST, one row: asking again gives the first answer.
CREATE TABLE request (
    rid      TEXT PRIMARY KEY,
    hash     {{blob}} NOT NULL,
    account  BIGINT NOT NULL,
    status   INTEGER NOT NULL,
    location TEXT NOT NULL,
    answer   {{blob}},
    at_ms    BIGINT NOT NULL
) {{clustered}};
CREATE INDEX request_at ON request (at_ms);

-- Every step of every life cycle.
CREATE TABLE flow_event (
    county   BIGINT NOT NULL,
    subject  BIGINT NOT NULL,
    id       BIGINT NOT NULL,
    flow     TEXT NOT NULL,
    event    TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    account  BIGINT NOT NULL,
    actor    TEXT NOT NULL, -- post and masked name as shown
    words    TEXT NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (county, subject, id)
) {{clustered}};

-- 待办: one row per live subject; who must act next, until when.
CREATE TABLE todo (
    county   BIGINT NOT NULL,
    subject  BIGINT NOT NULL,
    flow     TEXT NOT NULL,
    desk     TEXT NOT NULL, -- "place/cap/body" of those who may act: one equality finds a desk's list
    place    TEXT NOT NULL, -- the subject's own
    account  BIGINT NOT NULL, -- 0: anybody at the desk
    title    TEXT NOT NULL,
    line     TEXT NOT NULL,
    link     TEXT NOT NULL,
    verb     TEXT NOT NULL,
    waits    INTEGER NOT NULL, -- enum sm_waits
    due_ms   BIGINT NOT NULL,  -- 0: none
    amber_ms BIGINT NOT NULL,
    risen    INTEGER NOT NULL, -- how many levels a late one has been reported up
    PRIMARY KEY (county, subject, flow)
) {{clustered}};
CREATE INDEX todo_desk ON todo (desk, due_ms);
CREATE INDEX todo_due ON todo (due_ms);

-- Content-addressed; the bytes lie beside the database.
CREATE TABLE file (
    sha256     TEXT PRIMARY KEY,
    sm3        TEXT NOT NULL,
    mime       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    public     INTEGER NOT NULL,
    at_ms      BIGINT NOT NULL,
    deleted_ms BIGINT
);

CREATE TABLE notice (
    county  BIGINT NOT NULL,
    id      BIGINT NOT NULL,
    desk    TEXT NOT NULL, -- whom it is for; '' when for a person
    person  BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    title   TEXT NOT NULL,
    words   TEXT NOT NULL,
    link    TEXT NOT NULL,
    at_ms   BIGINT NOT NULL,
    read_ms BIGINT,
    PRIMARY KEY (county, id)
);
CREATE INDEX notice_desk ON notice (desk, at_ms);

-- Delivered at least once; a channel that fails stays visible.
CREATE TABLE outbox (
    id      BIGINT PRIMARY KEY,
    channel TEXT NOT NULL,
    target  {{blob}} NOT NULL, -- sealed
    words   TEXT NOT NULL,
    state   TEXT NOT NULL, -- waiting sent failed
    tries   INTEGER NOT NULL,
    next_ms BIGINT NOT NULL,
    error   TEXT NOT NULL
);
CREATE INDEX outbox_next ON outbox (state, next_ms);

-- Search: every pair of neighbouring characters of what can be found.
CREATE TABLE gram (
    kind    TEXT NOT NULL,
    gram    TEXT NOT NULL,
    subject BIGINT NOT NULL,
    weight  INTEGER NOT NULL,
    PRIMARY KEY (kind, gram, subject)
) {{clustered}};

-- Security and business records; rows only ever come, and a chain of hashes over them.
CREATE TABLE audit (
    id      BIGINT PRIMARY KEY,
    at_ms   BIGINT NOT NULL,
    kind    TEXT NOT NULL, -- business security
    account BIGINT NOT NULL,
    place   TEXT NOT NULL,
    what    TEXT NOT NULL, -- method and route, or an event's name
    subject TEXT NOT NULL,
    words   TEXT NOT NULL,
    result  TEXT NOT NULL
);
CREATE TABLE audit_chain (
    seq     BIGINT PRIMARY KEY,
    last_id BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    hash    {{blob}} NOT NULL
);

-- Who looked at whose personal page, and why.
CREATE TABLE look (
    county  BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    id      BIGINT NOT NULL,
    account BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (county, person, id)
) {{clustered}};
