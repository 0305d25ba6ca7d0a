package io.lbtk.ganglia;

/**
 * A value that a host has measured.
 *
 * @param value as it is written
 * @param age how long ago it came
 */
record Metric(String value, Age age) {}
