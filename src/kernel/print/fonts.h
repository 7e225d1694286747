/* SPDX-License-Identifier: Apache-2.0
 * fonts.h - the fonts of one document, cut down to the glyphs it uses before Cairo sees them.
 *
 * Why: Cairo 1.16 reads the subroutines of CFF fonts wrongly when it embeds them. Of Noto Sans CJK
 * it leaves out common characters (such as 如) and stops the process on others. HarfBuzz cuts the
 * fonts instead and takes the subroutines out; what is left Cairo embeds as it should. */
#pragma once
#include "core/core.h"
#include <pango/pangocairo.h>

struct fonts;
/* An empty set of fonts; fonts_free() ends it. */
struct fonts *fonts_new(struct arena *a);
/* Notes the glyphs of a line. */
void fonts_note(struct fonts *f, PangoLayoutLine *line);
/* Cuts the fonts, once all lines are noted. E_IO when a font cannot be cut. */
enum err fonts_cut(struct ctx *c, struct fonts *f) MUST_USE;
/* Draws a line, which must have been noted, of a layout with that text; x, y: start of its
 * baseline. A character which no font has becomes an empty box;
 * one of a font of coloured pictures is left out. */
void fonts_show(struct fonts *f, cairo_t *cr, PangoLayoutLine *line, const char *text, double x,
                double y);
void fonts_free(struct fonts *f);
