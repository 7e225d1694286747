/* SPDX-License-Identifier: Apache-2.0
 * hook_rules.c - where a message may go and how it is signed; see hook.h. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "kernel/client/hook.h"
#include <arpa/inet.h>
#include <netinet/in.h>

/* clang-format off */
const struct hook_kind hook_kinds[] = {
    { "errand.in_hand",    "办件受理或接着办" },
    { "errand.missing",    "办件等材料" },
    { "errand.suspended",  "办件暂停" },
    { "errand.decided",    "办件有了决定" },
    { "errand.delivered",  "办件送达" },
    { "errand.revisited",  "办件回访" },
    { "errand.redirected", "办件转走" },
    { "errand.refused",    "办件不受理" },
    { "errand.withdrawn",  "居民不办了" },
};
/* clang-format on */
const size_t hook_kinds_count = COUNT(hook_kinds);

bool hook_word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; *p;) {
        size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, word, n) == 0)
            return true;
        p += len + (p[len] == ' ');
    }
    return false;
}

static bool host_is_local(const char *host, size_t n)
{
    static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (n == strlen(names[i]) && strncasecmp(host, names[i], n) == 0)
            return true;
    return false;
}

bool hook_url_ok(const char *url, bool local)
{
    bool tls = str_starts(url, "https://");
    if ((!tls && !str_starts(url, "http://")) || strlen(url) > HOOK_URL_MAX)
        return false;
    for (const char *p = url; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("#\\\"<>", *p))
            return false;
    const char *host = url + (tls ? 8 : 7);
    size_t all = strcspn(host, "/?"),
           n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?");
    if (n == 0 || n > all || memchr(host, '@', all))
        return false;
    return tls ? local || !host_is_local(host, n) : local && host_is_local(host, n);
}

static bool v4_ok(uint32_t ip, bool local)
{
    /* RFC 6890 and multicast, reserved: network and how many bits count. */
    static const struct {
        uint32_t net;
        int bits;
    } closed[] = { { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
                   { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
                   { 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
                   { 0xcb007100, 24 }, { 0xe0000000, 3 } };
    if (ip >> 24 == 127)
        return local;
    for (size_t i = 0; i < COUNT(closed); i++)
        if ((ip ^ closed[i].net) >> (32 - closed[i].bits) == 0)
            return false;
    return true;
}

/* Only global unicast, 2000::/3, without documentation, Teredo and 6to4, which lead elsewhere. */
static bool v6_ok(const struct in6_addr *ip, bool local)
{
    const uint8_t *b = ip->s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(ip))
        return local;
    if (IN6_IS_ADDR_V4MAPPED(ip))
        return v4_ok((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15],
                     local);
    bool special = b[0] == 0x20 &&
                   ((b[1] == 0x01 && (b[2] < 2 || (b[2] == 0x0d && b[3] == 0xb8))) || b[1] == 0x02);
    return (b[0] & 0xe0) == 0x20 && !special;
}

bool hook_address_ok(const struct sockaddr *sa, bool local)
{
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        return v4_ok(ntohl(in.sin_addr.s_addr), local);
    }
    struct sockaddr_in6 in6;
    if (sa->sa_family != AF_INET6)
        return false;
    memcpy(&in6, sa, sizeof in6);
    return v6_ok(&in6.sin6_addr, local);
}

enum err hook_sign(struct ctx *c, const char *secret, const char *id, int64_t seconds,
                   struct bytes body, const char **out)
{
    uint8_t mac[DIGEST_BYTES];
    struct bytes key = { 0 };
    if (str_starts(secret, "whsec_"))
        key = base64_read(c->arena, secret + strlen("whsec_"));
    if (key.len == 0)
        return fail(c, E_CRYPTO, "not a secret of a webhook");
    const char *text = arena_printf(c->arena, "%s.%" PRId64 ".%.*s", id, seconds, (int)body.len,
                                    (const char *)body.ptr);
    hmac_sha256(key, (struct bytes){ (const uint8_t *)text, strlen(text) }, mac);
    *out = arena_printf(c->arena, "v1,%s", base64(c->arena, (struct bytes){ mac, sizeof mac }));
    return OK;
}
