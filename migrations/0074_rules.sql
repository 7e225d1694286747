-- SPDX-License-Identifier: Apache-2.0
-- An instance that is running already needs the new numbers at once. 20454 is 2026-01-01.
INSERT INTO rule (id, name, value, unit, level, document, article, area, valid_from, valid_to, source, note) VALUES
    (70001, 'errand.revisit_tries', '3', 'time', 'county', '县级设定', '', '', 20454, NULL, 'P', '回访几次没有联系上就不再找'),
    (70002, 'errand.file_keep_years', '10', 'year', 'county', '县级设定', '', '', 20454, NULL, 'P', '办结后材料照片保存的年数，期满只留校验值'),
    (70003, 'client.valid_days', '365', 'day', 'county', '县级设定', '', '', 20454, NULL, 'P', '程序口令的有效天数');
