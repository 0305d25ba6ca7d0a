package io.lbtk.proxy.tcp;

import io.lbtk.net.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The listening options of a proxy.
 *
 * @param address the address to listen on
 * @param reusePort whether other processes of the same user may listen on the address, too
 * @param handOver the path by which a process hands its listener to the next one; null for none
 * @param handOverTimeout the time for which a stopping process waits for its successor
 */
public record Listening(
    ListenAddress address, boolean reusePort, @Nullable Path handOver, Duration handOverTimeout) {}
