package io.lbtk.benchmarks.sidebyside;

import java.nio.file.Path;

/**
 * What every starter needs.
 *
 * @param directory for configurations; it is deleted at the end
 * @param mostTunnels what a proxy is set up for: two sockets each, within the limit on open files
 * @param lbtk on the default java
 */
record Setup(Path directory, Children children, Ports ports, int mostTunnels, Lbtk lbtk) {}
