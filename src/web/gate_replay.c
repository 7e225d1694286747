/* SPDX-License-Identifier: Apache-2.0
 * gate_replay.c - a request id that comes again: its first answer, sealed as long as it is kept. */
#include "crypto/signer.h"
#include "web/gate.h"

static const struct sql SQL_REPLAY = {
    "SELECT hash, status, location, answer FROM request WHERE rid = $1", NULL
};
static const struct sql SQL_REMEMBER = {
    "INSERT INTO request (rid, hash, account, status, location, answer, at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL
};

static enum err open_answer(struct ctx *c, struct bytes sealed, struct bytes *out)
{
    char *all = arena_alloc(c->arena, sealed.len + 1), *text;
    size_t len = 0;
    for (size_t at = 0; at < sealed.len; at += SIGNER_SEALED_MAX) {
        size_t n = sealed.len - at < SIGNER_SEALED_MAX ? sealed.len - at : SIGNER_SEALED_MAX;
        TRY(field_open(c, "request.answer", (struct bytes){ sealed.ptr + at, n }, &text));
        memcpy(all + len, text, strlen(text));
        len += strlen(text);
    }
    *out = (struct bytes){ (const uint8_t *)all, len };
    return OK;
}

enum err gate_replay(struct ctx *c, struct req *r)
{
    bool found;
    int64_t status = 0;
    struct bytes hash = { 0 }, answer = { 0 };
    const char *location = NULL;
    TRY(db_find(c, &SQL_REPLAY, IN(v_text(r->state->rid)),
                OUT(s_blob(&hash), s_int(&status), s_text(&location), s_blob(&answer)), &found));
    if (!found)
        return OK;
    if (hash.len != HASH_BYTES || memcmp(hash.ptr, r->state->hash, HASH_BYTES) != 0)
        return fail(c, E_REPLAY_DIFFERS, "request id used with another body");
    r->state->replayed = true;
    r->status = (int)status;
    r->location = *str_or(location, "") ? location : NULL;
    if (answer.len) {
        TRY(open_answer(c, answer, &r->body));
        r->mime = "application/json";
    }
    if (r->api)
        return OK;
    if (!answer.len && !r->location) /* a page shown once, such as a one-time code */
        r->location = r->session ? "/todo" : "/";
    r->say = "这份表已经办过了，没有再办一次。";
    return OK;
}

/* Piece by piece: the signer takes no more than SIGNER_PLAIN_MAX bytes at once. */
static enum err seal_answer(struct ctx *c, struct bytes json, struct bytes *out)
{
    size_t pieces = json.len / SIGNER_PLAIN_MAX + 1;
    uint8_t *all = arena_alloc(c->arena, pieces * SIGNER_SEALED_MAX);
    *out = (struct bytes){ all, 0 };
    for (size_t at = 0; at < json.len; at += SIGNER_PLAIN_MAX) {
        size_t n = json.len - at < SIGNER_PLAIN_MAX ? json.len - at : SIGNER_PLAIN_MAX;
        struct bytes piece;
        TRY(field_seal(c, "request.answer", arena_copy_n(c->arena, (const char *)json.ptr + at, n),
                       &piece));
        memcpy(all + out->len, piece.ptr, piece.len);
        out->len += piece.len;
    }
    return OK;
}

enum err gate_remember(struct ctx *c, struct req *r)
{
    struct bytes kept = { 0 };
    if (r->api && !r->mime)
        answer_json(c, r);
    if (r->json) /* sealed: it may hold a query code or a session's token */
        TRY(seal_answer(c, json_done(r->json), &kept));
    return db_run(c, &SQL_REMEMBER,
                  IN(v_text(r->state->rid), v_blob((struct bytes){ r->state->hash, HASH_BYTES }),
                     v_int(c->account_id), v_int(r->status), v_text(str_or(r->location, "")),
                     v_blob(kept), v_int(c->now_ms)));
}
