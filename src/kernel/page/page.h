/* SPDX-License-Identifier: Apache-2.0
 * page.h - the frame around every page: head, menu, notice, foot; the fields of forms; the page
 * that says why not. */
#pragma once
#include "kernel/print/sheet.h"
#include "web/app.h"
#include "web/route.h"

struct page {
    struct ctx *c;
    struct req *r;
    const char *title; /* of the window and of paper */
    const char *menu;  /* address of the menu entry that is current, or "" */
    const char *crumb; /* "待办 › 办件" */
    const char *notice;
    const char *where; /* place shown beside the mark and on paper */
    const char *css, *js, *icon, *manifest, *touch;
    bool demo, elder, staff, paper; /* paper: a document to be printed, no menu */
    int64_t unread; /* notices that nobody has read yet */
    const char *qr; /* absolute path printed as a QR code at the top of paper, or NULL */
};
struct page_link {
    const char *href, *zh, *icon;
    uint32_t needs;
};
enum { MENU_MAX = 12, DOCK_MAX = 4 };

/* A page for this request. title and menu are static or in the arena. */
const struct page *page_new(struct ctx *c, struct req *r, const char *title, const char *menu,
                            const char *crumb);
/* Entries of the menu that this visitor may use: at most MENU_MAX (desk) or DOCK_MAX (phone). */
size_t page_menu(const struct page *p, bool dock, struct page_link *out);
/* The hook of app_conf. */
void page_error(struct ctx *c, struct req *r, enum err e);
/* " is-invalid" when the field was refused, else "". */
const char *page_invalid(const struct page *p, const char *field);
/* Why the field was refused, or NULL. */
const char *page_why(const struct page *p, const char *field);
/* The label of a field, for the list of errors. */
const char *page_label(const struct page *p, const char *field);
/* What was typed in it, or other. */
const char *page_typed(const struct page *p, const char *field, const char *other);
/* The absolute address of a path of ours, for QR codes: scheme and host as the visitor used them.
 */
const char *page_url(struct ctx *c, const struct req *r, const char *path);
/* A table as the answer: XLSX or CSV, named by its title. Not for the loops (R_POOL). */
enum err page_sheet(struct ctx *c, struct req *r, const struct sheet *s, bool xlsx) MUST_USE;
/* "2,500.00" from fen. */
const char *money_text(struct ctx *c, int64_t fen);
