package io.lbtk.netty.proxy;

import java.time.Duration;

/**
 * What a proxy allows each connection.
 *
 * @param attempts how many targets are tried
 * @param attemptsTimeout for all attempts together
 * @param connectTimeout for one target
 * @param tokenTimeout for a token to come
 * @param idleTimeout for a tunnel in which nothing moves; zero for none
 * @param finTimeout the same, once one side has sent all that it had; zero for none
 * @param keyByClient whether the demand carries the client's address as its key
 */
record TunnelSettings(
    int attempts,
    Duration attemptsTimeout,
    Duration connectTimeout,
    Duration tokenTimeout,
    Duration idleTimeout,
    Duration finTimeout,
    boolean keyByClient) {}
