-- SPDX-License-Identifier: Apache-2.0
-- How long a paper that was left with us is good for another errand, in days; 0: no end is known.
ALTER TABLE item_material ADD COLUMN held_days INTEGER NOT NULL DEFAULT 0;
