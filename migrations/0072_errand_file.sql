-- SPDX-License-Identifier: Apache-2.0
-- Photographs and PDFs of an errand's papers. A removed one keeps its row: who took it away, and why.
CREATE TABLE errand_file (
    county     BIGINT NOT NULL,
    errand     BIGINT NOT NULL,
    id         BIGINT NOT NULL,
    seq        INTEGER NOT NULL, -- of errand_paper
    sha256     TEXT NOT NULL,
    mime       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    account    BIGINT NOT NULL, -- 0: the resident, with number and code
    at_ms      BIGINT NOT NULL,
    removed_ms BIGINT NOT NULL,
    removed_why TEXT NOT NULL,
    PRIMARY KEY (county, errand, id)
);
CREATE INDEX errand_file_sha ON errand_file (sha256, removed_ms);
