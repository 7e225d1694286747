/* SPDX-License-Identifier: Apache-2.0
 * fonts.c - see fonts.h. */
#include "kernel/print/fonts.h"
#include "core/fault.h"
#include <cairo-ft.h>
#include <hb-subset.h>

struct font {
    hb_face_t *whole;
    hb_set_t *glyphs;
    hb_subset_plan_t *plan; /* knows each glyph's new number */
    cairo_font_face_t *cut;
    struct font *next;
};
struct fonts {
    struct arena *arena;
    struct font *first;
};

/* What a Cairo font face needs as long as it lives, which may be longer than the document. */
struct held {
    hb_blob_t *blob;
    FT_Library library;
    FT_Face face;
};

struct fonts *fonts_new(struct arena *a)
{
    struct fonts *f = ARENA_NEW(a, struct fonts);
    f->arena = a;
    return f;
}

static struct font *font_of(struct fonts *f, PangoFont *pango, bool add)
{
    hb_face_t *face = hb_font_get_face(pango_font_get_hb_font(pango));
    for (struct font *i = f->first; i; i = i->next)
        if (i->whole == face)
            return i;
    CHECK(add);
    struct font *n = ARENA_NEW(f->arena, struct font);
    n->whole = hb_face_reference(face);
    n->glyphs = hb_set_create();
    n->next = f->first;
    f->first = n;
    return n;
}

static hb_codepoint_t number_of(PangoGlyph g)
{
    return g & PANGO_GLYPH_UNKNOWN_FLAG ? 0 : g;
}

void fonts_note(struct fonts *f, PangoLayoutLine *line)
{
    for (GSList *i = line->runs; i; i = i->next) {
        const PangoLayoutRun *run = i->data;
        struct font *font = font_of(f, run->item->analysis.font, true);
        for (int k = 0; k < run->glyphs->num_glyphs; k++)
            if (run->glyphs->glyphs[k].glyph != PANGO_GLYPH_EMPTY)
                hb_set_add(font->glyphs, number_of(run->glyphs->glyphs[k].glyph));
    }
}

/* ---- cutting ---- */
static void let_go(void *arg)
{
    struct held *h = arg;
    if (h->face)
        FT_Done_Face(h->face);
    if (h->library)
        FT_Done_FreeType(h->library);
    hb_blob_destroy(h->blob);
    free(h);
}

/* The file of a cut font, or NULL. */
static hb_blob_t *cut_file(struct font *font)
{
    static const hb_tag_t not_needed[] = { HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
                                           HB_TAG('G', 'D', 'E', 'F'), HB_TAG('B', 'A', 'S', 'E'),
                                           HB_TAG('V', 'O', 'R', 'G'), HB_TAG('v', 'h', 'e', 'a'),
                                           HB_TAG('v', 'm', 't', 'x') };
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    CHECK(in != NULL);
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_DESUBROUTINIZE | HB_SUBSET_FLAGS_NO_HINTING |
                                      HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *drop = hb_subset_input_set(in, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < COUNT(not_needed); i++)
        hb_set_add(drop, not_needed[i]);
    hb_set_union(hb_subset_input_glyph_set(in), font->glyphs);
    font->plan = FAULT("fonts.cut") ? NULL : hb_subset_plan_create_or_fail(font->whole, in);
    hb_subset_input_destroy(in);
    hb_face_t *cut = font->plan ? hb_subset_plan_execute_or_fail(font->plan) : NULL;
    hb_blob_t *blob = cut ? hb_face_reference_blob(cut) : NULL;
    hb_face_destroy(cut);
    return blob;
}

static bool cut(struct font *font)
{
    static const cairo_user_data_key_t key;
    hb_blob_t *blob = cut_file(font);
    if (!blob)
        return false;
    struct held *h = calloc(1, sizeof *h);
    CHECK(h != NULL);
    h->blob = blob;
    unsigned n;
    const char *file = hb_blob_get_data(blob, &n);
    if (FT_Init_FreeType(&h->library) != 0 ||
        FT_New_Memory_Face(h->library, (const FT_Byte *)file, (FT_Long)n, 0, &h->face) != 0) {
        let_go(h);
        return false;
    }
    if (!FT_IS_SCALABLE(h->face)) { /* pictures, not outlines: coloured emoji are left out */
        let_go(h);
        return true;
    }
    font->cut =
        cairo_ft_font_face_create_for_ft_face(h->face, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
    CHECK(cairo_font_face_set_user_data(font->cut, &key, h, let_go) == CAIRO_STATUS_SUCCESS);
    return true;
}

enum err fonts_cut(struct ctx *c, struct fonts *f)
{
    for (struct font *i = f->first; i; i = i->next)
        if (!cut(i))
            return fail(c, E_IO, "a font cannot be cut");
    return OK;
}

/* ---- drawing ---- */
/* One run's glyphs as Cairo takes them, and which bytes of the text each belongs to, so that the
 * text can be copied out of the PDF. */
struct shown {
    cairo_glyph_t *glyphs;
    cairo_text_cluster_t *clusters;
    int n_glyphs, n_clusters;
};

static double place_glyphs(const struct font *font, const PangoLayoutRun *run, struct shown *s,
                           double x, double y)
{
    const hb_map_t *renamed = hb_subset_plan_old_to_new_glyph_mapping(font->plan);
    for (int k = 0; k < run->glyphs->num_glyphs; k++) {
        const PangoGlyphInfo *i = &run->glyphs->glyphs[k];
        if (i->glyph != PANGO_GLYPH_EMPTY) {
            hb_codepoint_t now = hb_map_get(renamed, number_of(i->glyph));
            CHECK(now != HB_MAP_VALUE_INVALID);
            s->glyphs[s->n_glyphs++] =
                (cairo_glyph_t){ now, x + (double)i->geometry.x_offset / PANGO_SCALE,
                                 y + (double)i->geometry.y_offset / PANGO_SCALE };
        }
        x += (double)i->geometry.width / PANGO_SCALE;
    }
    return x;
}

/* Clusters stand in the order of the text; glyphs from left to right, whatever the script. */
static void place_clusters(const PangoLayoutRun *run, struct shown *s)
{
    const PangoGlyphString *g = run->glyphs;
    bool backwards = run->item->analysis.level & 1;
    int begin = 0;
    cairo_text_cluster_t *now = NULL;
    for (int n = 0; n < g->num_glyphs; n++) {
        int k = backwards ? g->num_glyphs - 1 - n : n;
        if (!now || g->log_clusters[k] != begin) {
            if (now)
                now->num_bytes = g->log_clusters[k] - begin;
            begin = now ? g->log_clusters[k] : 0;
            now = &s->clusters[s->n_clusters++];
            *now = (cairo_text_cluster_t){ 0, 0 };
        }
        now->num_glyphs += g->glyphs[k].glyph != PANGO_GLYPH_EMPTY;
    }
    if (now)
        now->num_bytes = run->item->length - begin;
}

static double size_of(PangoFont *font)
{
    PangoFontDescription *d = pango_font_describe(font);
    double size = (double)pango_font_description_get_size(d) / PANGO_SCALE;
    pango_font_description_free(d);
    return size;
}

void fonts_show(struct fonts *f, cairo_t *cr, PangoLayoutLine *line, const char *text, double x,
                double y)
{
    for (GSList *i = line->runs; i; i = i->next) {
        const PangoLayoutRun *run = i->data;
        const PangoItem *item = run->item;
        const struct font *font = font_of(f, item->analysis.font, false);
        if (!font->cut)
            continue;
        struct shown s = { 0 };
        s.glyphs = cairo_glyph_allocate(run->glyphs->num_glyphs + 1);
        s.clusters = cairo_text_cluster_allocate(run->glyphs->num_glyphs + 1);
        CHECK(s.glyphs && s.clusters);
        x = place_glyphs(font, run, &s, x, y);
        place_clusters(run, &s);
        cairo_set_font_face(cr, font->cut);
        cairo_set_font_size(cr, size_of(item->analysis.font));
        cairo_show_text_glyphs(cr, text + item->offset, item->length, s.glyphs, s.n_glyphs,
                               s.clusters, s.n_clusters,
                               item->analysis.level & 1 ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : 0);
        cairo_glyph_free(s.glyphs);
        cairo_text_cluster_free(s.clusters);
    }
}

void fonts_free(struct fonts *f)
{
    for (struct font *i = f->first; i; i = i->next) {
        cairo_font_face_destroy(i->cut);
        hb_subset_plan_destroy(i->plan);
        hb_set_destroy(i->glyphs);
        hb_face_destroy(i->whole);
    }
}
