-- SPDX-License-Identifier: Apache-2.0
-- What a program wants to hear 事件推送, and the messages on their way to it. The secret that signs
-- them is sealed. Messages of their own: one program's trouble is no failed text message.
ALTER TABLE client ADD COLUMN hook_url TEXT NOT NULL DEFAULT ''; -- '' none
ALTER TABLE client ADD COLUMN hook_events TEXT NOT NULL DEFAULT ''; -- a blank between
ALTER TABLE client ADD COLUMN hook_secret {{blob}};
ALTER TABLE client ADD COLUMN hook_next_ms BIGINT NOT NULL DEFAULT 0; -- nothing is sent before
ALTER TABLE client ADD COLUMN hook_fails INTEGER NOT NULL DEFAULT 0; -- since the last success
ALTER TABLE client ADD COLUMN hook_failed_ms BIGINT NOT NULL DEFAULT 0; -- given up since then; 0: none
ALTER TABLE client ADD COLUMN hook_error TEXT NOT NULL DEFAULT '';
CREATE TABLE hook_message (
    id      BIGINT PRIMARY KEY,
    client  BIGINT NOT NULL,
    words   TEXT NOT NULL, -- the JSON that is sent
    state   TEXT NOT NULL, -- waiting sent failed
    tries   INTEGER NOT NULL,
    next_ms BIGINT NOT NULL, -- when it is due; once it is not waiting: when that was
    error   TEXT NOT NULL
);
CREATE INDEX hook_message_client ON hook_message (client, state, id);
