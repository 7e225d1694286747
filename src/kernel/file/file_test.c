/* SPDX-License-Identifier: Apache-2.0
 * file_test.c - pictures lose what is not picture, nonsense is refused, bytes and rows agree. */
#include "crypto/digest.h"
#include "kernel/file/file.h"
#include "store/migrate.h"
#include "test_db.h"
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct made {
    uint8_t b[4096];
    size_t n;
};

static void add(struct made *m, const void *p, size_t n)
{
    memcpy(m->b + m->n, p, n);
    m->n += n;
}

static void segment(struct made *m, unsigned marker, const void *p, size_t n)
{
    add(m, (uint8_t[]){ 0xff, (uint8_t)marker, (uint8_t)((n + 2) >> 8), (uint8_t)(n + 2) }, 4);
    add(m, p, n);
}

/* Exif with orientation 6, a GPS directory and a comment; 16 x 8 pixels; something hidden behind.
 */
static void make_jpeg(struct made *m)
{
    static const uint8_t exif[] = "Exif\0\0II*\0\x08\0\0\0\x02\0"
                                  "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
                                  "\x25\x88\x04\0\x01\0\0\0\x26\0\0\0"
                                  "\0\0\0\0GPS 29.72N 113.90E";
    static const uint8_t jfif[] = "JFIF\0\x01\x01\0\0\x01\0\x01\0";
    static const uint8_t frame[] = { 8, 0, 8, 0, 16, 1, 1, 0x11, 0 };
    static const uint8_t scan[] = { 1, 1, 0, 0, 63, 0 };
    uint8_t table[65] = { 0 };
    m->n = 0;
    add(m, "\xff\xd8", 2);
    segment(m, 0xe0, jfif, 14);
    segment(m, 0xe1, exif, sizeof exif);
    segment(m, 0xfe, "GPS in a comment", 16);
    segment(m, 0xdb, table, sizeof table);
    segment(m, 0xc0, frame, sizeof frame);
    segment(m, 0xc4, table, 20);
    segment(m, 0xda, scan, sizeof scan);
    add(m, "\x12\x34\xff\x00\x56\xff\xd0\x78", 8);
    add(m, "\xff\xd9", 2);
    add(m, "GPS behind the end", 18);
}

static void chunk(struct made *m, const char *type, const void *p, size_t n)
{
    uint8_t data[256];
    memcpy(data, type, 4);
    memcpy(data + 4, p, n);
    uLong sum = crc32(0, data, (uInt)(n + 4));
    add(m, (uint8_t[]){ 0, 0, 0, (uint8_t)n }, 4);
    add(m, data, n + 4);
    add(m,
        (uint8_t[]){ (uint8_t)(sum >> 24), (uint8_t)(sum >> 16), (uint8_t)(sum >> 8),
                     (uint8_t)sum },
        4);
}

static void make_png(struct made *m)
{
    static const uint8_t head[] = { 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0 };
    m->n = 0;
    add(m, "\x89PNG\r\n\x1a\n", 8);
    chunk(m, "IHDR", head, sizeof head);
    chunk(m, "tEXt", "Place\0GPS 29N", 13);
    chunk(m, "eXIf", "MM\0*GPS", 7);
    chunk(m, "IDAT", "\x78\x9c\x63\x60\0\0\0\x02\0\x01", 10);
    chunk(m, "IEND", "", 0);
    add(m, "GPS behind", 10);
}

static struct bytes bytes_of(const struct made *m)
{
    return (struct bytes){ m->b, m->n };
}

static bool holds(struct bytes b, const char *what)
{
    return memmem(b.ptr, b.len, what, strlen(what)) != NULL;
}

TEST(a_photo_keeps_the_picture_and_which_way_is_up_and_nothing_else)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct made m;
    struct bytes out, again;
    make_jpeg(&m);
    EXPECT(holds(bytes_of(&m), "GPS"));
    EXPECT_EQ(jpeg_strip(&c, bytes_of(&m), &out), OK);
    EXPECT(!holds(out, "GPS"));
    EXPECT(holds(out, "Exif") && holds(out, "JFIF"));
    EXPECT(out.ptr[0] == 0xff && out.ptr[1] == 0xd8 && out.ptr[2] == 0xff && out.ptr[3] == 0xe1);
    EXPECT_EQ(out.ptr[31], 6);
    EXPECT(out.ptr[out.len - 2] == 0xff && out.ptr[out.len - 1] == 0xd9);
    EXPECT_EQ(jpeg_strip(&c, out, &again), OK); /* once more changes nothing */
    EXPECT(again.len == out.len && memcmp(again.ptr, out.ptr, out.len) == 0);
    arena_free(c.arena);
}

TEST(a_drawing_loses_its_texts)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct made m;
    struct bytes out;
    make_png(&m);
    EXPECT_EQ(png_strip(&c, bytes_of(&m), &out), OK);
    EXPECT(!holds(out, "GPS") && holds(out, "IDAT"));
    arena_free(c.arena);
}

/* Every cut and every changed byte gives an answer, and never more bytes than came in. */
static void worry(enum err (*strip)(struct ctx *, struct bytes, struct bytes *),
                  const struct made *good)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    for (size_t cut = 0; cut < good->n; cut++) {
        uint8_t *exact = malloc(cut + 1); /* the sanitizer sees a step over the end */
        struct bytes out = { 0 };
        memcpy(exact, good->b, cut);
        enum err e = strip(&c, (struct bytes){ exact, cut }, &out);
        EXPECT(e == OK || e == E_FILE_BROKEN);
        free(exact);
        arena_reset(c.arena);
    }
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        struct made m = *good;
        struct bytes out = { 0 };
        for (int k = 0; k < 3; k++) {
            seed = seed * 1664525 + 1013904223;
            m.b[(seed >> 8) % m.n] = (uint8_t)(round % 3 ? seed >> 24 : 0xff);
        }
        uint8_t *exact = malloc(m.n);
        memcpy(exact, m.b, m.n);
        enum err e = strip(&c, (struct bytes){ exact, m.n }, &out);
        EXPECT(e == OK || e == E_FILE_BROKEN);
        EXPECT(e || out.len <= m.n + 36);
        free(exact);
        arena_reset(c.arena);
    }
    arena_free(c.arena);
}

TEST(broken_pictures_are_refused_without_a_step_beyond_their_end)
{
    struct made m;
    make_jpeg(&m);
    worry(jpeg_strip, &m);
    make_png(&m);
    worry(png_strip, &m);
}

TEST(only_pictures_and_pdf_by_content_are_taken)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct bytes out;
    const char *mime;
    static const struct {
        const char *text;
        enum err e;
    } all[] = { { "", E_FILE_EMPTY },
                { "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", OK },
                { "%PDF-1.4\n1 0 obj\n", E_FILE_BROKEN },
                { "<!doctype html><script>x</script>", E_FILE_TYPE },
                { "#!/bin/sh\necho\n", E_FILE_TYPE },
                { "GIF89a......", E_FILE_TYPE } };
    for (size_t i = 0; i < COUNT(all); i++) {
        struct bytes in = { (const uint8_t *)all[i].text, strlen(all[i].text) };
        EXPECT_EQ(file_clean(&c, in, &mime, &out), all[i].e);
    }
    struct bytes large = { calloc(1, FILE_BYTES_MAX + 1), FILE_BYTES_MAX + 1 };
    EXPECT_EQ(file_clean(&c, large, &mime, &out), E_FILE_LARGE);
    free((void *)(uintptr_t)large.ptr);
    arena_free(c.arena);
}

static const char *files_dir(struct ctx *c)
{
    return arena_printf(c->arena, "%s/files-%d", getenv("XY_TEST_DIR"), (int)getpid());
}

static enum err count_one(struct ctx *c, const struct file *f, void *arg)
{
    (void)c;
    EXPECT(digest_is_hex(f->sha256));
    ++*(int *)arg;
    return OK;
}

static int how_many(struct ctx *c)
{
    int n = 0;
    EXPECT_EQ(file_each(c, count_one, &n), OK);
    return n;
}

TEST_DB(a_file_is_stored_once_and_deletion_keeps_its_hash)
{
    struct made m;
    struct file f, g;
    struct stat st;
    const char *dir = files_dir(c);
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = INT64_C(1000) * time(NULL);
    make_jpeg(&m);
    EXPECT_EQ(file_put(c, dir, bytes_of(&m), &f), OK);
    EXPECT_EQ(file_put(c, dir, bytes_of(&m), &g), OK);
    EXPECT_STR(f.sha256, g.sha256);
    EXPECT_STR(f.mime, "image/jpeg");
    const char *path = file_path(c->arena, dir, f.sha256);
    EXPECT_EQ(stat(path, &st), 0);
    EXPECT_EQ(st.st_mode & 0777, 0600);
    EXPECT_EQ(st.st_size, f.size);
    EXPECT_EQ(file_load(c, f.sha256, &g), E_NOT_FOUND);
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(file_record(c, &f), OK);
    EXPECT_EQ(file_record(c, &f), OK);
    EXPECT_EQ(tx_commit(c), OK);
    EXPECT_EQ(how_many(c), 1);
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(file_delete(c, f.sha256), OK);
    EXPECT_EQ(tx_commit(c), OK);
    EXPECT_EQ(how_many(c), 0);
    EXPECT_EQ(file_sweep(c, dir), OK);
    EXPECT_EQ(stat(path, &st), 0); /* put a moment ago */
    c->now_ms += FILE_SETTLE_MS + 5000;
    EXPECT_EQ(file_sweep(c, dir), OK);
    EXPECT(stat(path, &st) != 0);
    EXPECT_EQ(file_load(c, f.sha256, &g), OK);
    EXPECT(g.deleted_ms > 0);
    EXPECT_STR(g.sm3, f.sm3);
}

TEST(a_file_is_whole_or_not_there_whatever_fails)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct made m;
    struct file f;
    make_png(&m);
    const char *dir = files_dir(&c);
    FAULT_LOOP() {
        enum err e = file_put(&c, dir, bytes_of(&m), &f);
        fault_off();
        char *hash = NULL;
        int64_t size;
        const char *path = f.sha256 ? file_path(c.arena, dir, f.sha256) : NULL;
        if (path && access(path, F_OK) == 0) {
            EXPECT_EQ(digest_file(&c, DIGEST_SHA256, path, &hash, &size), OK);
            EXPECT_STR(hash, f.sha256);
            unlink(path);
        } else {
            EXPECT(e != OK);
        }
        c.why[0] = '\0';
    }
    arena_free(c.arena);
}
