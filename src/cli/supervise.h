/* SPDX-License-Identifier: Apache-2.0
 * supervise.h - the parent process: binds the port, keeps a signer and a server as its children and
 * starts them again when one dies. It reads nothing from the network and holds no key. Because the
 * port is the parent's, visitors who come during a restart wait a moment instead of being refused.
 */
#pragma once
#include "core/core.h"

struct supervise_conf {
    const char *address;  /* numeric, IPv4 or IPv6; NULL: 127.0.0.1 */
    uint16_t port;        /* 0: a free one */
    const char *key_path; /* the signer's key file (crypto/signer.h) */
    bool allow_root;      /* --allow-root, or a demonstration: run even as root */
    bool always;          /* never gives up, and never pauses longer than pause_ms: when
                             something outside watches, or kills on purpose */
    unsigned pause_ms;    /* before the first restart; four times as long at each death
                             within 30 s, at most 5 s; 0: 100 */
    unsigned stop_ms;     /* for the server to finish after SIGTERM; 0: 10 s */
    /* The server, in a process of its own: serves on listen_fd until SIGTERM, finishes what is
     * under way and returns its exit status. signer_fd is for signer_remote. 0: the end was
     * wanted, the parent ends too. EX_CONFIG (78): no use in starting it again. Anything else, a
     * signal or a failed CHECK: started again. */
    int (*serve)(void *arg, int listen_fd, int signer_fd);
    /* In the parent, once the port is bound. May be NULL. */
    void (*bound)(void *arg, uint16_t port);
    void *arg;
};

/* Runs until SIGTERM, SIGINT or SIGHUP (server: SIGTERM and stop_ms to finish; then the signer) or
 * until there is no use in going on. The caller must have no thread. Returns the exit status: 0
 * after a wanted end; 1 when the server had to be killed; 69 the port cannot be bound; 70 after
 * five deaths within 30 s (unless always); 77 refuses to run as root; 78 configuration (key file). One line on
 * stderr for each event. */
int supervise(const struct supervise_conf *conf) MUST_USE;
