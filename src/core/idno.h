/* SPDX-License-Identifier: Apache-2.0
 * idno.h - the citizen's identity number (GB 11643-1999) and telephone numbers: read as people
 * write them, kept in one form, and shown only in part. */
#pragma once
#include "core/core.h"

enum { PHONE_MAX = 16 };
/* GB/T 2261.1. */
enum { SEX_MALE = 1, SEX_FEMALE = 2 };

struct idno {
    char text[19]; /* 17 digits and a digit or capital X */
    int32_t birth; /* day, see day.h */
    int sex;       /* SEX_MALE or SEX_FEMALE */
};

/* Reads an identity number of 18 characters: fullwidth characters, spaces and a small x are
 * tolerated; the birth date must exist and the check character (ISO 7064 MOD 11-2) agree. False,
 * leaving *out alone, for all else. Whether the birth lies ahead is not looked at. */
bool idno_parse(const char *text, struct idno *out);
/* First four and last four characters, stars between: 4222**********121X. Nothing but stars when
 * text has not the 18 characters that idno_parse gives. */
void idno_mask(const char *text, char out[19]);

/* Reads a mobile number of 11 digits (1[3-9]...) or a landline with area code, with or without +86,
 * fullwidth characters, spaces, dashes and brackets. Gives "13812341234" or "0715-1234567". False,
 * leaving out alone, for all else. */
bool phone_parse(const char *text, char out[PHONE_MAX + 1]);
/* 138****1234 or 0715-****567; nothing but stars when text is not as phone_parse gives it. */
void phone_mask(const char *text, char out[PHONE_MAX + 1]);
