/* SPDX-License-Identifier: Apache-2.0
 * json.h - writes JSON (RFC 8259) into an arena: always well-formed, keys in the order written. */
#pragma once
#include "core/core.h"

struct json;
/* Nothing written yet; grows in the arena. */
struct json *json_new(struct arena *a);
/* What was written, once every object and array is closed. */
struct bytes json_done(struct json *j);
/* name is NULL inside an array and for the root. */
void json_object_begin(struct json *j, const char *name);
void json_object_end(struct json *j);
void json_array_begin(struct json *j, const char *name);
void json_array_end(struct json *j);
void json_text(struct json *j, const char *name, const char *value); /* NULL: null */
void json_int(struct json *j, const char *name, int64_t value);
void json_bool(struct json *j, const char *name, bool value);
/* "county-id" */
void json_key(struct json *j, const char *name, struct key k);
/* Milliseconds as RFC 3339 UTC; 0 is null. Days as 2026-11-23; 0 is null. */
void json_ms(struct json *j, const char *name, int64_t ms);
void json_day(struct json *j, const char *name, int64_t day);
