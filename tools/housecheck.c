/* SPDX-License-Identifier: Apache-2.0
 * housecheck.c - the rules of the house that a compiler does not know: who may include whom, how
 * long files and functions are, where SQL and foreign libraries stand, which words are not used.
 * housecheck [FOLDER] reads the sources below FOLDER, prints each finding as file:line, and counts.
 * A rule is broken on purpose only by a line in `exceptions`, with its reason. */
#include <ctype.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FUNCTION_LINES_MAX = 70,
    FILE_LINES_MAX = 600,
    FILE_BYTES_MAX = 4 << 20,
    FILES_MAX = 20000,
    PATHS_OPEN = 16
};

/* Folders of src/ and the folders each may include besides itself. In gov/ and kernel/ every folder
 * is a slice: of another one of gov/ only <slice>/<slice>.h is public. cli/ may see all. */
static const struct layer {
    const char *folder, *sees;
} layers[] = {
    { "core", "" },
    { "store", "core" },
    { "crypto", "core" },
    { "web", "core store crypto" },
    { "ledger", "core store crypto" },
    { "tlog", "core store crypto" },
    { "kernel", "core store crypto web ledger tlog" },
    { "gov", "core store crypto web ledger tlog kernel" },
    { "cli", "core store crypto web ledger tlog kernel gov" },
};

/* Foreign headers that stay behind one door. */
static const struct door {
    const char *header, *folder;
} doors[] = {
    { "microhttpd.h", "src/web/" }, { "sqlite3.h", "src/store/" }, { "libpq-fe.h", "src/store/" },
    { "sodium.h", "src/crypto/" },  { "openssl/", "src/crypto/" },
};

static const char *const banned_words[] = { "TO"
                                            "DO",
                                            "FIX"
                                            "ME",
                                            "XX"
                                            "X",
                                            "HA"
                                            "CK",
                                            "allo"
                                            "ca" };
static const char *const banned_names[] = { "util", "utils", "common", "misc", "helpers", "stuff" };
static const char *const roots[] = {
    "src", "tools", "tests", "fuzz", "bench", "migrations", "web"
};
static const char *const generated[] = { "icons.inc" };

/* As many findings of a rule in a file as are meant; any other number fails. */
static const struct exception {
    const char *path, *rule;
    int count;
    const char *why;
} exceptions[] = {
    { "tests/housecheck_test.c", "sql", 4, "examples of what is refused" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct file {
    const char *path; /* below the folder that is checked */
    char *text;
    char **lines; /* NUL-terminated, without line ends */
    int n_lines;
    bool *comment; /* the line begins inside of a block comment */
};

/* The check of one rule in one file; findings of an exception are counted, not printed. */
struct check {
    const struct file *file;
    const char *rule;
    bool quiet;
    int found;
};

static char *paths[FILES_MAX];
static size_t n_paths;

/* ---- small things ---- */

__attribute__((format(printf, 3, 4))) static void finding(struct check *c, int line,
                                                          const char *fmt, ...)
{
    c->found++;
    if (c->quiet)
        return;
    va_list ap;
    va_start(ap, fmt);
    printf("%s:%d: %s: ", c->file->path, line + 1, c->rule);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
}

static bool starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether word stands in s by itself, not as a part of a longer one. */
static const char *find_word(const char *s, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = s; (p = strstr(p, word)); p += n)
        if ((p == s || !word_char(p[-1])) && !word_char(p[n]))
            return p;
    return NULL;
}

/* Whether the n bytes of name are one of the blank-separated words. */
static bool listed(const char *words, const char *name, size_t n)
{
    for (const char *p = words; *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, name, n) == 0)
            return true;
        p += len;
    }
    return false;
}

static bool is_c(const struct file *f)
{
    return ends(f->path, ".c") || ends(f->path, ".h");
}

static bool is_test(const struct file *f)
{
    return ends(f->path, "_test.c") || ends(f->path, "_test.h") || starts(f->path, "tests/");
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The file named by an #include or {% include %} on this line, or NULL; *system: <...>. The result
 * points into the line, up to its quote. */
static const char *included(const char *line, bool *system, size_t *n)
{
    const char *p = line + strspn(line, " \t");
    if (starts(p, "{%"))
        p += 2 + strspn(p + 2, " ");
    else if (*p == '#')
        p += 1 + strspn(p + 1, " \t");
    else
        return NULL;
    if (!starts(p, "include"))
        return NULL;
    p += 7 + strspn(p + 7, " \t");
    if (*p != '"' && *p != '<')
        return NULL;
    *system = *p == '<';
    *n = strcspn(p + 1, "\">");
    return p + 1;
}

/* ---- rules ---- */

static void rule_spdx(struct check *c)
{
    const struct file *f = c->file;
    bool script = f->n_lines > 1 && starts(f->lines[0], "#!");
    if (f->n_lines == 0 || !strstr(f->lines[script], "SPDX-License-Identifier: Apache-2.0"))
        finding(c, 0, "the first line is a comment with SPDX-License-Identifier: Apache-2.0");
}

static void rule_file_length(struct check *c)
{
    if (c->file->n_lines > FILE_LINES_MAX)
        finding(c, FILE_LINES_MAX, "%d lines; at most %d: split by noun", c->file->n_lines,
                FILE_LINES_MAX);
}

/* In this house a brace alone in the first column begins and ends a function. */
static void rule_function_length(struct check *c)
{
    int from = -1;
    for (int i = 0; i < c->file->n_lines; i++) {
        const char *s = c->file->lines[i];
        if (strcmp(s, "{") == 0)
            from = i;
        if (strcmp(s, "}") != 0 || from < 0)
            continue;
        if (i - from + 1 > FUNCTION_LINES_MAX)
            finding(c, from, "a function of %d lines; at most %d", i - from + 1,
                    FUNCTION_LINES_MAX);
        from = -1;
    }
}

static void rule_words(struct check *c)
{
    for (int i = 0; i < c->file->n_lines; i++)
        for (size_t k = 0; k < COUNT(banned_words); k++)
            if (find_word(c->file->lines[i], banned_words[k]))
                finding(c, i, "%s is not used here", banned_words[k]);
}

static void rule_names(struct check *c)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", c->file->path);
    for (char *save = NULL, *part = strtok_r(path, "/.", &save); part;
         part = strtok_r(NULL, "/.", &save))
        for (size_t k = 0; k < COUNT(banned_names); k++)
            if (strcmp(part, banned_names[k]) == 0)
                finding(c, 0, "a file or folder is named after what it holds, not '%s'", part);
}

static const struct layer *layer_of(const char *folder, size_t n)
{
    for (size_t i = 0; i < COUNT(layers); i++)
        if (strlen(layers[i].folder) == n && memcmp(layers[i].folder, folder, n) == 0)
            return &layers[i];
    return NULL;
}

/* Of another slice only <slice>/<slice>.h is public. */
static bool public_of_slice(const char *own, const char *other, size_t n)
{
    size_t slice = strcspn(other + 4, "/");
    if (strncmp(own, other, slice + 5) == 0)
        return true;
    return n == 4 + slice + 1 + slice + 2 && strncmp(other + 4 + slice + 1, other + 4, slice) == 0;
}

static void check_include(struct check *c, int line, const struct layer *own, const char *name,
                          size_t n)
{
    const char *inside = c->file->path + 4; /* after src/ */
    size_t folder = strcspn(name, "/\">");
    if (folder >= n) {
        for (size_t i = 0; i < COUNT(generated); i++)
            if (strlen(generated[i]) == n && memcmp(generated[i], name, n) == 0)
                return;
        finding(c, line, "includes are written from src/: \"%.*s\"", (int)n, name);
        return;
    }
    bool self = strlen(own->folder) == folder && memcmp(own->folder, name, folder) == 0;
    if (!self && !listed(own->sees, name, folder))
        finding(c, line, "src/%s/ may not include \"%.*s\"", own->folder, (int)n, name);
    else if (starts(name, "gov/") && strcmp(own->folder, "cli") != 0 &&
             !public_of_slice(inside, name, n))
        finding(c, line, "of another slice only <slice>.h is public, not \"%.*s\"", (int)n, name);
}

static void rule_layers(struct check *c)
{
    const char *inside = c->file->path + 4;
    size_t folder = strcspn(inside, "/");
    const struct layer *own = layer_of(inside, folder);
    if (!own) {
        finding(c, 0, "src/%.*s is not in the table of folders", (int)folder, inside);
        return;
    }
    for (int i = 0; i < c->file->n_lines; i++) {
        bool system = false;
        size_t n = 0;
        const char *name = included(c->file->lines[i], &system, &n);
        if (name && !system)
            check_include(c, i, own, name, n);
    }
}

static void rule_doors(struct check *c)
{
    for (int i = 0; i < c->file->n_lines; i++) {
        bool system = false;
        size_t n = 0;
        const char *name = included(c->file->lines[i], &system, &n);
        for (size_t k = 0; name && k < COUNT(doors); k++)
            if (starts(name, doors[k].header) && !starts(c->file->path, doors[k].folder))
                finding(c, i, "%s is used inside of %s only", doors[k].header, doors[k].folder);
    }
}

/* A statement's address is the key of the statement cache, and text from a visitor must not be able
 * to become one: so every struct sql is static const, except through pointers. */
static void rule_sql(struct check *c)
{
    for (int i = 0; i < c->file->n_lines; i++) {
        const char *s = c->file->lines[i], *p = find_word(s, "struct sql");
        if (!p || c->file->comment[i] || strcmp(c->file->path, "src/store/db.h") == 0)
            continue;
        const char *after = p + strlen("struct sql") + strspn(p + strlen("struct sql"), " ");
        const char *before = s + strspn(s, " ");
        bool forward = p == before && *after == ';';
        if (*after != '*' && !forward && !starts(before, "static const struct sql "))
            finding(c, i, "a struct sql is static const");
    }
}

/* ---- prototypes have a comment ---- */

/* Joins the declaration that begins on line i up to its ';' or '{'; returns its last line. */
static int declaration(const struct file *f, int i, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (;; i++) {
        n += (size_t)snprintf(out + n, room - n, "%s ", f->lines[i]);
        if (n >= room || strpbrk(f->lines[i], ";{") || i + 1 >= f->n_lines)
            return i;
    }
}

static bool is_prototype(const char *s)
{
    static const char *const others[] = { "typedef", "_Static_assert", "extern", "#" };
    for (size_t i = 0; i < COUNT(others); i++)
        if (starts(s, others[i]))
            return false;
    const char *paren = strchr(s, '('), *name = paren;
    if (!paren || !isalpha((unsigned char)s[0]))
        return false;
    const char *stop = strpbrk(s, ";{=");
    if (!stop || stop < paren || *stop == '=')
        return false;
    while (name > s && word_char(name[-1]))
        name--;
    for (const char *p = name; p < paren; p++) /* X(...) and other macros are in capitals */
        if (islower((unsigned char)*p))
            return true;
    return false;
}

static void rule_comments(struct check *c)
{
    const struct file *f = c->file;
    bool told = false; /* a comment stands above, with no empty line since */
    int depth = 0;
    for (int i = 0; i < f->n_lines; i++) {
        const char *s = f->lines[i];
        if (f->comment[i] || starts(s, "/*")) {
            told = true;
            continue;
        }
        if (s[0] == '\0')
            told = false;
        if (s[0] == '#') { /* a macro may go on over several lines */
            while (i + 1 < f->n_lines && ends(f->lines[i], "\\"))
                i++;
            continue;
        }
        char text[4096];
        int from = i;
        if (depth == 0 && isalpha((unsigned char)s[0])) {
            i = declaration(f, i, text, sizeof text);
            told = told || strstr(text, "/*");
            if (is_prototype(text) && !told)
                finding(c, from, "a comment tells what a public function promises");
        }
        for (int k = from; k <= i; k++)
            for (const char *p = f->lines[k]; *p; p++)
                depth += (*p == '{') - (*p == '}');
    }
}

/* ---- which rule for which file ---- */

static bool any_file(const struct file *f)
{
    return f->path[0] != '\0';
}
static bool c_file(const struct file *f)
{
    return is_c(f);
}
static bool in_src(const struct file *f)
{
    return starts(f->path, "src/") && !is_test(f);
}
static bool text_source(const struct file *f)
{
    return !starts(f->path, "migrations/") && !starts(f->path, "tests/golden/");
}
static bool public_header(const struct file *f)
{
    return in_src(f) && ends(f->path, ".h");
}
static bool in_src_or_test(const struct file *f)
{
    return is_c(f) && (starts(f->path, "src/") || is_test(f));
}

static const struct rule {
    const char *name;
    bool (*applies)(const struct file *);
    void (*check)(struct check *);
} rules[] = {
    { "spdx", any_file, rule_spdx },
    { "file length", text_source, rule_file_length },
    { "function length", c_file, rule_function_length },
    { "words", any_file, rule_words },
    { "names", any_file, rule_names },
    { "layers", in_src, rule_layers },
    { "doors", in_src, rule_doors },
    { "sql", in_src_or_test, rule_sql },
    { "comments", public_header, rule_comments },
};

static bool run_rule(const struct rule *r, const struct file *f)
{
    const struct exception *e = NULL;
    for (size_t i = 0; i < COUNT(exceptions) && !e; i++)
        if (strcmp(exceptions[i].path, f->path) == 0 &&
            strcmp(exceptions[i].rule, r->name) == 0)
            e = &exceptions[i];
    struct check c = { .file = f, .rule = r->name, .quiet = e != NULL };
    r->check(&c);
    if (!e)
        return c.found == 0;
    if (c.found != e->count)
        printf("%s:1: %s: %d findings; the list of exceptions says %d\n", f->path, r->name, c.found,
               e->count);
    return c.found == e->count;
}

/* ---- files ---- */

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static const char *const extensions[] = { ".c",   ".h",  ".def", ".html", ".sql",
                                              ".mjs", ".ts", ".css", ".sh" };
    static const char *const skipped[] = { "node_modules", "golden", "dist", "build" };
    (void)st;
    for (size_t i = 0; type == FTW_D && i < COUNT(skipped); i++)
        if (strcmp(path + ftw->base, skipped[i]) == 0)
            return FTW_SKIP_SUBTREE;
    for (size_t i = 0; type == FTW_F && i < COUNT(extensions); i++)
        if (ends(base_name(path), extensions[i]) && n_paths < FILES_MAX)
            paths[n_paths++] = strdup(path);
    return FTW_CONTINUE;
}

static void split_lines(struct file *f)
{
    int room = 1;
    for (const char *p = f->text; *p; p++)
        room += *p == '\n';
    f->lines = calloc((size_t)room, sizeof *f->lines);
    f->comment = calloc((size_t)room, sizeof *f->comment);
    if (!f->lines || !f->comment)
        abort();
    bool inside = false;
    for (char *p = f->text; *p;) {
        char *end = p + strcspn(p, "\n"), *next = *end ? end + 1 : end;
        *end = '\0';
        f->comment[f->n_lines] = inside;
        f->lines[f->n_lines++] = p;
        for (char *q = p; *q; q++) {
            if (!inside && q[0] == '/' && q[1] == '*')
                inside = true;
            else if (inside && q[0] == '*' && q[1] == '/')
                inside = false;
        }
        p = next;
    }
}

static bool load(struct file *f)
{
    FILE *in = fopen(f->path, "rb");
    f->text = calloc(1, FILE_BYTES_MAX);
    if (!in || !f->text)
        return false;
    size_t n = fread(f->text, 1, FILE_BYTES_MAX - 1, in);
    bool good = !ferror(in) && n < FILE_BYTES_MAX - 1 && strlen(f->text) == n;
    fclose(in);
    if (good)
        split_lines(f);
    return good;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && chdir(argv[1]) != 0)) {
        fprintf(stderr, "usage: housecheck [FOLDER]\n");
        return 2;
    }
    for (size_t i = 0; i < COUNT(roots); i++)
        nftw(roots[i], visit, PATHS_OPEN, FTW_PHYS | FTW_ACTIONRETVAL);
    qsort(paths, n_paths, sizeof *paths, by_name);
    int passed = 0, failed = 0;
    for (size_t i = 0; i < n_paths; i++) {
        struct file f = { .path = paths[i] };
        if (!load(&f)) {
            printf("%s:1: cannot be read as text\n", f.path);
            failed++;
        }
        for (size_t k = 0; f.lines && k < COUNT(rules); k++)
            if (rules[k].applies(&f)) {
                bool good = run_rule(&rules[k], &f);
                passed += good;
                failed += !good;
            }
        free(f.text);
        free(f.lines);
        free(f.comment);
        free(paths[i]);
    }
    int allowed = 0;
    for (size_t i = 0; i < COUNT(exceptions); i++)
        allowed += exceptions[i].count;
    printf("%d exceptions\n%d passed, %d failed\n", allowed, passed, failed);
    return failed != 0 || passed == 0;
}
