-- SPDX-License-Identifier: Apache-2.0
-- S12 + S13: service items 服务事项, errands 办件, certificates 证明, visits 走访, ratings 评价.

CREATE TABLE item (
    id       BIGINT PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    event    TEXT NOT NULL,   -- life event: 养老
    current  BIGINT NOT NULL, -- version in force; 0: withdrawn, or never published
    uses     BIGINT NOT NULL, -- how often taken, orders the search
    why      TEXT NOT NULL    -- why it was withdrawn, for residents; '' otherwise
);
CREATE INDEX item_uses ON item (uses DESC, code, current);
-- What an errand was accepted under never changes: a new version is a new row.
CREATE TABLE item_version (
    id         BIGINT PRIMARY KEY,
    item       BIGINT NOT NULL,
    number     INTEGER NOT NULL,
    state      TEXT NOT NULL, -- draft current past withdrawn
    name       TEXT NOT NULL,
    also       TEXT NOT NULL, -- one per line, as are conditions and steps
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL, -- code of the responsible body
    basis      TEXT NOT NULL,
    checked    INTEGER NOT NULL, -- 0: 待核
    who        TEXT NOT NULL,
    conditions TEXT NOT NULL,
    steps      TEXT NOT NULL,
    statutory_days INTEGER NOT NULL,
    promised_days  INTEGER NOT NULL,
    instant    INTEGER NOT NULL,
    fee_fen    BIGINT NOT NULL,
    fee_text   TEXT NOT NULL,
    fee_basis  TEXT NOT NULL,
    result     TEXT NOT NULL,
    delivery   TEXT NOT NULL,
    levels     TEXT NOT NULL, -- village township county, one per line
    decides    TEXT NOT NULL, -- village township county
    from_day   INTEGER NOT NULL,
    account    BIGINT NOT NULL
);
CREATE INDEX item_version_item ON item_version (item, number);
CREATE TABLE item_material (
    version    BIGINT NOT NULL,
    seq        INTEGER NOT NULL,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    form       TEXT NOT NULL, -- copy original both form
    count      INTEGER NOT NULL,
    later      INTEGER NOT NULL, -- 容缺: may be brought later
    later_days INTEGER NOT NULL, -- 0: the county's rule
    reusable   INTEGER NOT NULL,
    note       TEXT NOT NULL,
    PRIMARY KEY (version, seq)
) {{clustered}};
CREATE TABLE item_question (
    version BIGINT NOT NULL,
    seq     INTEGER NOT NULL,
    code    TEXT NOT NULL,
    ask     TEXT NOT NULL,
    type    TEXT NOT NULL, -- choice text yesno date
    choices TEXT NOT NULL,
    PRIMARY KEY (version, seq)
) {{clustered}};

-- 证明事项
CREATE TABLE certificate (
    id        BIGINT PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    may       INTEGER NOT NULL, -- 1: the village may issue it
    name      TEXT NOT NULL,
    list      TEXT NOT NULL,    -- national20 hubei21 or ''
    document  TEXT NOT NULL,
    article   TEXT NOT NULL,
    authority TEXT NOT NULL,    -- where to go instead
    how       TEXT NOT NULL,
    asks      TEXT NOT NULL,
    why       TEXT NOT NULL,
    template  TEXT NOT NULL,
    fields    TEXT NOT NULL     -- code:question, one per line
);
-- A slip that says why not and where to go; or a certificate that was written.
CREATE TABLE certificate_slip (
    county      BIGINT NOT NULL,
    id          BIGINT NOT NULL,
    certificate BIGINT NOT NULL,
    place       TEXT NOT NULL,
    person      BIGINT NOT NULL, -- 0: not said
    refused     INTEGER NOT NULL,
    number      TEXT NOT NULL,
    words       TEXT NOT NULL,
    account     BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX slip_place ON certificate_slip (place, at_ms);

CREATE TABLE errand (
    county     BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    place      TEXT NOT NULL,
    number     TEXT NOT NULL, -- place 12, year 4, serial 5, check digit
    code_hash  {{blob}} NOT NULL, -- of the query code
    code       {{blob}} NOT NULL, -- the query code sealed, for printing again
    item       BIGINT NOT NULL,
    version    BIGINT NOT NULL, -- item_version; 0: not yet known
    title      TEXT NOT NULL,
    body       TEXT NOT NULL, -- code of the responsible body
    person     BIGINT NOT NULL, -- 0: not yet known
    who        TEXT NOT NULL, -- what is known of the applicant
    behalf     TEXT NOT NULL, -- for whom, and how related
    contact    {{blob}},      -- sealed telephone of one who is not registered
    channel    TEXT NOT NULL, -- window visit phone paper web
    manner     TEXT NOT NULL, -- spoken written; thumb signature
    words      TEXT NOT NULL, -- in their own words
    answers    TEXT NOT NULL, -- code=answer, one per line
    state      TEXT NOT NULL,
    holder     TEXT NOT NULL, -- place of the desk that has it
    holder_cap INTEGER NOT NULL,
    holder_body BIGINT NOT NULL,
    home       TEXT NOT NULL, -- the desk that took it and brings the result back
    home_cap   INTEGER NOT NULL,
    taken_by   BIGINT NOT NULL, -- account
    created_ms BIGINT NOT NULL,
    accepted_ms BIGINT NOT NULL,
    step_ms    BIGINT NOT NULL, -- when the present holder got it
    step_days  INTEGER NOT NULL,
    step_due   BIGINT NOT NULL,
    promised_due BIGINT NOT NULL, -- 0: none
    statutory_due BIGINT NOT NULL,
    paused_ms  BIGINT NOT NULL, -- since when the clock stands; 0: runs
    paused_days INTEGER NOT NULL, -- working days taken out so far
    tellings   INTEGER NOT NULL, -- how often something missing was asked for
    late       INTEGER NOT NULL, -- ever late
    decision   TEXT NOT NULL, -- granted refused
    result     TEXT NOT NULL,
    decided_ms BIGINT NOT NULL,
    delivered_ms BIGINT NOT NULL,
    delivered_how TEXT NOT NULL,
    visited_ms BIGINT NOT NULL,
    closed_ms  BIGINT NOT NULL,
    from_visit BIGINT NOT NULL,
    changed    INTEGER NOT NULL, -- grows with every step: two clerks cannot both take one
    PRIMARY KEY (county, id)
);
CREATE UNIQUE INDEX errand_number ON errand (number);
-- A village's list is read from this index alone.
CREATE INDEX errand_place ON errand (place, id, state, county, number, title, who, step_due, created_ms);
CREATE INDEX errand_person ON errand (county, person, id);
CREATE INDEX errand_state ON errand (state, county, id);

CREATE TABLE errand_serial (
    place TEXT NOT NULL,
    year  INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (place, year)
) {{clustered}};

CREATE TABLE errand_paper (
    county    BIGINT NOT NULL,
    errand    BIGINT NOT NULL,
    seq       INTEGER NOT NULL,
    person    BIGINT NOT NULL,
    code      TEXT NOT NULL,
    name      TEXT NOT NULL,
    form      TEXT NOT NULL,
    count     INTEGER NOT NULL,
    state     TEXT NOT NULL, -- here missing later reused waived
    due_ms    BIGINT NOT NULL, -- of one that comes later
    got_ms    BIGINT NOT NULL,
    from_errand BIGINT NOT NULL,
    file      TEXT NOT NULL, -- sha256 or ''
    note      TEXT NOT NULL,
    PRIMARY KEY (county, errand, seq)
) {{clustered}};
CREATE INDEX errand_paper_person ON errand_paper (county, person, code);

-- When the clock stood still, and why.
CREATE TABLE errand_pause (
    county  BIGINT NOT NULL,
    errand  BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms   BIGINT NOT NULL, -- 0: still
    resident INTEGER NOT NULL, -- 1: waited for the resident
    reason  TEXT NOT NULL,
    PRIMARY KEY (county, errand, from_ms)
) {{clustered}};

-- One per errand; the worker sees the score and the words, never who.
CREATE TABLE rating (
    county    BIGINT NOT NULL,
    errand    BIGINT NOT NULL,
    place     TEXT NOT NULL,
    item      BIGINT NOT NULL,
    body      TEXT NOT NULL,
    score     INTEGER NOT NULL,
    reasons   TEXT NOT NULL,
    words     TEXT NOT NULL,
    how       TEXT NOT NULL, -- device qr paper mouth
    at_ms     BIGINT NOT NULL,
    state     TEXT NOT NULL, -- done, or callback rectify rerate closed for a bad one
    true_bad  INTEGER NOT NULL,
    found     TEXT NOT NULL,
    righted   TEXT NOT NULL,
    second    INTEGER NOT NULL, -- score after it was put right; 0: none
    due_ms    BIGINT NOT NULL,
    PRIMARY KEY (county, errand)
);
CREATE INDEX rating_place ON rating (place, at_ms);

-- Public totals, kept as work is done: never per person.
CREATE TABLE errand_total (
    place     TEXT NOT NULL, -- village
    month     INTEGER NOT NULL, -- 202611
    item      BIGINT NOT NULL,
    body      TEXT NOT NULL,
    taken     INTEGER NOT NULL,
    done      INTEGER NOT NULL,
    late      INTEGER NOT NULL,
    refused   INTEGER NOT NULL,
    told_again INTEGER NOT NULL,
    days      INTEGER NOT NULL, -- working days of the finished ones
    rated     INTEGER NOT NULL,
    score     INTEGER NOT NULL,
    PRIMARY KEY (place, month, item, body)
) {{clustered}};

-- 关爱对象
CREATE TABLE care (
    county     BIGINT NOT NULL,
    person     BIGINT NOT NULL,
    place      TEXT NOT NULL,
    reasons    TEXT NOT NULL, -- alone aged ... (care_rules.c), blanks between
    risk       TEXT NOT NULL, -- high key ordinary
    wish_who   TEXT NOT NULL, -- whom they like to come
    wish_way   TEXT NOT NULL, -- home phone video neighbour or ''
    wish_time  TEXT NOT NULL,
    contact    {{blob}},      -- emergency: name and number, sealed
    consent    TEXT NOT NULL, -- spoken written
    heard      TEXT NOT NULL, -- who heard or saw it
    account    BIGINT NOT NULL, -- who wrote this
    last_ms    BIGINT NOT NULL, -- when last met; 0: not yet
    due_ms     BIGINT NOT NULL,
    due_why    TEXT NOT NULL, -- regular change round
    due_words  TEXT NOT NULL, -- what changed, why a round
    missed_ms  BIGINT NOT NULL, -- since when nobody answers; 0: they do
    risen      INTEGER NOT NULL, -- levels told that nobody answers
    listed     INTEGER NOT NULL, -- 1: has its row in the to-do list
    changed_ms BIGINT NOT NULL,
    ended_ms   BIGINT,
    ended_why  TEXT NOT NULL,
    PRIMARY KEY (county, person)
);
CREATE INDEX care_place ON care (place, due_ms);
CREATE INDEX care_near ON care (listed, due_ms);
CREATE INDEX care_missed ON care (missed_ms);

-- 走访探访
CREATE TABLE visit (
    county   BIGINT NOT NULL,
    id       BIGINT NOT NULL,
    place    TEXT NOT NULL,
    person   BIGINT NOT NULL,
    account  BIGINT NOT NULL,
    way      TEXT NOT NULL, -- home phone video neighbour
    met      INTEGER NOT NULL, -- 0: no answer
    living   TEXT NOT NULL, -- good fair poor
    safety   TEXT NOT NULL,
    health   TEXT NOT NULL,
    family   TEXT NOT NULL,
    words    TEXT NOT NULL,
    follow_up TEXT NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE INDEX visit_person ON visit (county, person, at_ms);
CREATE INDEX visit_place ON visit (place, at_ms);
