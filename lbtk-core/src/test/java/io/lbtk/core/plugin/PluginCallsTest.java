package io.lbtk.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.Option;
import io.lbtk.api.Provider;
import io.lbtk.api.Proxy;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Settings;
import io.lbtk.api.TokenTransport;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginCallsTest {

  /** Default methods too: a plugin may override them. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        Refresher.class,
        HealthCheck.class,
        Registrar.class,
        TokenTransport.class,
        Proxy.class
      })
  void everyCallReachesTheObject(Class<?> kind) throws Exception {
    List<String> reached = new ArrayList<>();
    Object object =
        java.lang.reflect.Proxy.newProxyInstance(
            kind.getClassLoader(),
            new Class<?>[] {kind},
            (self, method, arguments) -> {
              reached.add(method.getName());
              return null;
            });
    Object calls =
        new PluginCalls(new Plugin<>("acme", new Acme(), "acme.jar"), "refresher.a")
            .through(object);

    List<String> called = new ArrayList<>();
    for (Method method : kind.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())) {
        called.add(method.getName());
        method.invoke(calls, new Object[method.getParameterCount()]);
      }
    }

    assertThat(called).contains("close");
    assertThat(reached).isEqualTo(called);
  }

  private static final class Acme implements Provider<Object> {

    @Override
    public String name() {
      return "acme";
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public Object create(Settings settings, Context context) {
      throw new UnsupportedOperationException();
    }
  }
}
