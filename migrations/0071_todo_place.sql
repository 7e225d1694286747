-- SPDX-License-Identifier: Apache-2.0
-- What a village waits for at other desks.
CREATE INDEX todo_place ON todo (place, due_ms);
