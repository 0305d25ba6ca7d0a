package io.lbtk.proxy.tcp;

import io.lbtk.net.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy listens.
 *
 * @param address where
 * @param reusePort whether other processes of the same user may listen there, too
 * @param handOver where processes meet that follow each other; null for nowhere
 * @param handOverTimeout how long a process that is told to stop waits for the next one there
 */
public record Listening(
    ListenAddress address, boolean reusePort, @Nullable Path handOver, Duration handOverTimeout) {}
