/* SPDX-License-Identifier: Apache-2.0
 * http_sock.c - listening sockets, addresses as text, and how many connections each address has. */
#include "web/http_internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t address_of(const char *text, uint16_t port, union address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        return sizeof out->v6;
    }
    errno = EINVAL;
    return 0;
}

static int bound(const char *address, uint16_t port, bool reuseport)
{
    union address to;
    socklen_t len = address_of(address, port, &to);
    if (len == 0)
        return -1;
    int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        (!reuseport || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0) &&
        bind(fd, &to.any, len) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

bool http_port_taken(const char *address, uint16_t port)
{
    int fd = bound(address, port, false);
    if (fd < 0)
        return true;
    close(fd);
    return false;
}

int http_listen(const char *address, uint16_t *port, bool reuseport)
{
    int fd = bound(address, *port, reuseport);
    union address at;
    socklen_t len = sizeof at;
    if (fd < 0)
        return -1;
    if (listen(fd, SOMAXCONN) != 0 || getsockname(fd, &at.any, &len) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    *port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return fd;
}

/* The IPv4 address of sa, also when it is wrapped in IPv6; NULL when it is a real IPv6 one. */
static const struct in_addr *v4_of(const struct sockaddr *sa, struct in_addr *room)
{
    union address a;
    if (sa->sa_family == AF_INET) {
        memcpy(&a.v4, sa, sizeof a.v4);
        *room = a.v4.sin_addr;
        return room;
    }
    memcpy(&a.v6, sa, sizeof a.v6);
    if (!IN6_IS_ADDR_V4MAPPED(&a.v6.sin6_addr))
        return NULL;
    memcpy(room, a.v6.sin6_addr.s6_addr + 12, sizeof *room);
    return room;
}

void http_remote_text(const struct sockaddr *sa, char out[HTTP_REMOTE_MAX])
{
    struct in_addr room;
    out[0] = '\0';
    if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
        return;
    const struct in_addr *v4 = v4_of(sa, &room);
    if (v4) {
        inet_ntop(AF_INET, v4, out, HTTP_REMOTE_MAX);
        return;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, sa, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, out, HTTP_REMOTE_MAX);
}

/* ---- connections per address ---- */

struct http_peer {
    struct http_peer *next;
    uint64_t net;
    unsigned n;
};

void http_peers_init(struct http_peers *p, unsigned max, bool loopback_counts)
{
    memset(p, 0, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    p->max = max;
    p->loopback_counts = loopback_counts;
    /* So that nobody can choose addresses that all fall into one bucket. */
    CHECK(getrandom(&p->seed, sizeof p->seed, 0) == (ssize_t)sizeof p->seed);
}

void http_peers_clear(struct http_peers *p)
{
    for (size_t i = 0; i < HTTP_PEER_BUCKETS; i++)
        for (struct http_peer *peer = p->buckets[i], *next; peer; peer = next) {
            next = peer->next;
            free(peer);
        }
    pthread_mutex_destroy(&p->lock);
}

static struct http_peer **find(struct http_peers *p, uint64_t net)
{
    uint64_t x = net ^ p->seed;
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    struct http_peer **at = &p->buckets[(x ^ x >> 31) % HTTP_PEER_BUCKETS];
    while (*at && (*at)->net != net)
        at = &(*at)->next;
    return at;
}

/* IPv4: 1 in the upper half, which no IPv6 network in use begins with. False: not to be counted. */
static bool net_of(const struct sockaddr *sa, bool loopback_counts, uint64_t *net)
{
    struct in_addr room;
    if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
        return false;
    const struct in_addr *v4 = v4_of(sa, &room);
    if (v4) {
        *net = UINT64_C(1) << 32 | ntohl(v4->s_addr);
        return loopback_counts || ntohl(v4->s_addr) >> 24 != 127;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, sa, sizeof v6);
    memcpy(net, v6.sin6_addr.s6_addr, sizeof *net);
    return loopback_counts || !IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

bool http_peers_enter(struct http_peers *p, const struct sockaddr *sa, struct http_net *net)
{
    net->counted = net_of(sa, p->loopback_counts, &net->net);
    if (!net->counted)
        return true;
    pthread_mutex_lock(&p->lock);
    struct http_peer **at = find(p, net->net);
    if (!*at) {
        *at = calloc(1, sizeof **at);
        CHECK(*at != NULL);
        (*at)->net = net->net;
    }
    bool ok = ++(*at)->n <= p->max;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

void http_peers_leave(struct http_peers *p, const struct http_net *net)
{
    if (!net->counted)
        return;
    pthread_mutex_lock(&p->lock);
    struct http_peer **at = find(p, net->net), *peer = *at;
    CHECK(peer != NULL && peer->n > 0);
    if (--peer->n == 0) {
        *at = peer->next;
        free(peer);
    }
    pthread_mutex_unlock(&p->lock);
}
