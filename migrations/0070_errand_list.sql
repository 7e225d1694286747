-- SPDX-License-Identifier: Apache-2.0
-- The list says what was decided, and is still read from its index alone.
DROP INDEX errand_place;
CREATE INDEX errand_place ON errand (place, id, state, county, number, title, who, decision, step_due, created_ms);
