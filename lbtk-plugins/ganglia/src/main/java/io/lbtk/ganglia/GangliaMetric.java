package io.lbtk.ganglia;

import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * Source of the weight of a host, from 1 to 100. The load of a host is {@code load_one}, an average
 * over one minute, divided by {@code cpu_num}.
 */
public enum GangliaMetric {
  /** No metric: every host has weight 1. */
  NONE {
    @Override
    OptionalDouble weight(Host host) {
      return OptionalDouble.of(1);
    }
  },
  /** {@code cpu_idle}, in percent. */
  CPU {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(host.metric("cpu_idle"), idle -> idle);
    }
  },
  /** 100 / (1 + load): half of the full weight with one task per processor, never 0. */
  LOAD {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(load(host), load -> 100 / (1 + load));
    }
  },
  /** 100 × (1 - load): the capacity left until all processors are busy. */
  HEADROOM {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(load(host), load -> 100 * (1 - load));
    }
  };

  private static final int MIN = 1;
  private static final int MAX = 100;

  /** Returns the weight of a host; empty if a required metric is missing or too old. */
  abstract OptionalDouble weight(Host host);

  private static OptionalDouble weighed(OptionalDouble measured, DoubleUnaryOperator formula) {
    return measured.isPresent()
        ? OptionalDouble.of(
            Math.max(MIN, Math.min(MAX, formula.applyAsDouble(measured.getAsDouble()))))
        : measured;
  }

  private static OptionalDouble load(Host host) {
    OptionalDouble tasks = host.metric("load_one");
    OptionalDouble processors = host.metric("cpu_num");
    return tasks.isPresent() && processors.isPresent() && processors.getAsDouble() > 0
        ? OptionalDouble.of(Math.max(0, tasks.getAsDouble()) / processors.getAsDouble())
        : OptionalDouble.empty();
  }
}
