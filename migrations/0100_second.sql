-- SPDX-License-Identifier: Apache-2.0
-- An instance that is running already needs the new number at once. 20454 is 2026-01-01.
INSERT INTO rule (id, name, value, unit, level, document, article, area, valid_from, valid_to, source, note) VALUES
    (100001, 'account.second_minutes', '30', 'minute', 'county', '县级设定', '', '', 20454, NULL, 'P', '作决定前动态码多久内输过才算数');
