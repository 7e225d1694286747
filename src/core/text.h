/* SPDX-License-Identifier: Apache-2.0
 * text.h - text as people type it: UTF-8 checked and brought into one form (Unicode 15, NFC),
 * pinyin initials for finding a person by three letters, and a folded form for search. */
#pragma once
#include "core/core.h"

enum { TEXT_BYTES_MAX = 1024 * 1024 };

/* Whether n bytes at s are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool text_valid(const char *s, size_t n);
/* Reads one code point at *s and steps over it. s must be valid UTF-8 and not at its end. */
uint32_t text_next(const char **s);
/* Writes c as UTF-8 into out and returns how many bytes that took (1..4). */
size_t text_put(char out[4], uint32_t c);
/* Number of code points in valid UTF-8 text. */
size_t text_length(const char *s);
/* The first number in a text, Arabic or Chinese: 三组, 十二组, 7-2 -> 3, 12, 7. INT32_MAX when there
 * is none, so that what has a number sorts before what has a name. */
int32_t text_number(const char *s);

/* What a visitor typed, ready to be kept: NFC, line ends as \n, without blanks (ordinary and
 * ideographic) at either end. NULL, never a repaired text, when s is not UTF-8, is longer than
 * TEXT_BYTES_MAX, or holds control characters (\n and \t are let through when multiline),
 * overrides of direction (U+202A-202E, U+2066-2069) or noncharacters. The result is the arena's. */
char *text_clean(struct arena *a, const char *s, bool multiline);

/* First letters of the pinyin of each Chinese character, lower case; ASCII letters and digits stay
 * as they are (lower case), all else is left out: "赤壁市3号" gives "cbs3h". Of a character with
 * several readings ICU's choice is taken. Empty for text that is not UTF-8. */
char *text_initials(struct arena *a, const char *s);
/* The same for a person's name: a surname read otherwise than the word (单 shan, 万俟 mo qi) is
 * looked up first. */
char *text_initials_name(struct arena *a, const char *name);
/* The readings of the Chinese characters without tones, a blank after each: "低保" and "低堡" both
 * give "di bao ". All else is left out. Empty for text that is not UTF-8. */
char *text_sound(struct arena *a, const char *s);

/* The form in which texts are compared in search: NFKC, lower case, without blanks, punctuation and
 * invisible characters. Fullwidth and halfwidth become the same. Empty for text that is not UTF-8
 * or is longer than TEXT_BYTES_MAX. */
char *text_fold(struct arena *a, const char *s);
