-- SPDX-License-Identifier: Apache-2.0
-- Programs that use the API 接口客户端: a token each, of which only the hash is kept, and scopes.
CREATE TABLE client (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    place      TEXT NOT NULL,
    body       BIGINT NOT NULL, -- whose program it is; 0: of the place itself
    caps       BIGINT NOT NULL, -- scopes, as bits of core/cap.def
    why        TEXT NOT NULL,   -- the decision or contract it rests on
    token_hash {{blob}} NOT NULL UNIQUE,
    made_ms    BIGINT NOT NULL,
    made_by    BIGINT NOT NULL,
    until_ms   BIGINT NOT NULL,
    wrote_ms   BIGINT NOT NULL, -- when it last changed something; 0: not yet
    stopped_ms BIGINT NOT NULL  -- 0: works
);
