-- SPDX-License-Identifier: Apache-2.0
-- A resident is told: how they want it, what they were told, letters and messages of a place.

ALTER TABLE errand ADD COLUMN tell TEXT NOT NULL DEFAULT ''; -- sms call letter none; '': never asked

ALTER TABLE outbox ADD COLUMN place TEXT NOT NULL DEFAULT '';   -- whose quiet hours count, whose letters they are
ALTER TABLE outbox ADD COLUMN county BIGINT NOT NULL DEFAULT 0; -- of person and subject
ALTER TABLE outbox ADD COLUMN person BIGINT NOT NULL DEFAULT 0; -- whom it tells; 0: nobody registered
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT '';   -- who hears what became of it: errand
ALTER TABLE outbox ADD COLUMN subject BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN title TEXT NOT NULL DEFAULT '';   -- of a letter, in the village's list
ALTER TABLE outbox ADD COLUMN at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN done_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN done_by TEXT NOT NULL DEFAULT ''; -- who marked a letter as sent
CREATE INDEX outbox_letter ON outbox (channel, place, id);
CREATE INDEX outbox_person ON outbox (county, person, state);

ALTER TABLE notice ADD COLUMN place TEXT NOT NULL DEFAULT ''; -- of its desk; '' when for a person
UPDATE notice SET place = substr(desk, 1, 12) WHERE person = 0 AND substr(desk, 13, 1) = '/';
UPDATE notice SET place = substr(desk, 1, 9) WHERE person = 0 AND substr(desk, 10, 1) = '/';
UPDATE notice SET place = substr(desk, 1, 6) WHERE person = 0 AND substr(desk, 7, 1) = '/';
CREATE INDEX notice_newest ON notice (desk, id);
CREATE INDEX notice_place ON notice (place);

-- What a resident was told of an errand: each event once in each of its turns.
CREATE TABLE errand_told (
    county  BIGINT NOT NULL,
    errand  BIGINT NOT NULL,
    event   TEXT NOT NULL,    -- accepted missing ... (errand_tell_rules.c)
    turn    INTEGER NOT NULL, -- grows when what was told is no longer true
    channel TEXT NOT NULL,    -- sms print mouth face
    failed  TEXT NOT NULL,    -- the channel that was tried before, '' none
    words   TEXT NOT NULL,
    state   TEXT NOT NULL,    -- waiting sent, or open told, or dropped
    tries   INTEGER NOT NULL, -- how often nobody was reached
    outbox  BIGINT NOT NULL,  -- its message, 0: none
    actor   TEXT NOT NULL,    -- who told it
    at_ms   BIGINT NOT NULL,
    done_ms BIGINT NOT NULL,
    PRIMARY KEY (county, errand, event, turn)
) {{clustered}};

-- An instance that is running already needs the numbers at once: data/rules.csv is read only when
-- one is made. 20454 is 2026-01-01.
INSERT INTO rule (id, name, value, unit, level, document, article, area, valid_from, valid_to, source, note) VALUES
    (30001, 'notice.quiet_from_hour', '21', 'hour_of_day', 'county', '县级设定', '', '', 20454, NULL, 'P', '从这个钟点起不发短信、微信，不催广播'),
    (30002, 'notice.quiet_to_hour', '7', 'hour_of_day', 'county', '县级设定', '', '', 20454, NULL, 'P', '到这个钟点再发'),
    (30003, 'tell.mouth_days', '1', 'workday', 'county', '县级设定', '', '', 20454, NULL, 'P', '打电话或当面告诉居民的时限'),
    (30004, 'tell.mouth_tries', '3', 'time', 'county', '县级设定', '', '', 20454, NULL, 'P', '这么多次没联系上就上门或寄信'),
    (30005, 'announce.chars_per_minute', '200', 'char', 'county', '县级设定', '', '', 20454, NULL, 'P', '村广播每分钟念的字数');
