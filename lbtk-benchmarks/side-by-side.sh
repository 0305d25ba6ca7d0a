#!/usr/bin/env bash
# Measures lbtk beside HAProxy and nginx, and writes docs/side-by-side.md; --help lists the options.
# As root it installs HAProxy, nginx with its stream module and iperf3 by apt where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

has_nginx_stream() {
  command -v nginx >/dev/null || return 1
  [ -f /usr/lib/nginx/modules/ngx_stream_module.so ] ||
    [ -f /usr/lib64/nginx/modules/ngx_stream_module.so ] ||
    grep -qE -- '--with-stream( |$)' <<<"$(nginx -V 2>&1)"
}

missing=()
command -v haproxy >/dev/null || missing+=(haproxy)
command -v nginx >/dev/null || missing+=(nginx)
has_nginx_stream || missing+=(libnginx-mod-stream)
command -v iperf3 >/dev/null || missing+=(iperf3)
command -v taskset >/dev/null || missing+=(util-linux)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "side-by-side: not found here: ${missing[*]} (expected: installed, or root and apt)" >&2
    exit 1
  fi
  echo "side-by-side: installing ${missing[*]}" >&2
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    "${missing[@]}" >/dev/null
  # Their packages start them as services, which nobody has asked for.
  for service in haproxy nginx; do
    if [[ " ${missing[*]} " == *" $service "* ]]; then
      service "$service" stop >/dev/null 2>&1 || true
    fi
  done
fi

# Two sockets for each of thousands of tunnels.
ulimit -n "$(ulimit -Hn)"

# Whether both jars are there, and newer than every source.
is_built() {
  local jar
  for jar in lbtk-benchmarks/target/lbtk-benchmarks.jar lbtk-launcher/target/lbtk-launcher.jar; do
    [ -f "$jar" ] || return 1
    [ -z "$(find lbtk-*/ pom.xml \( -path '*/src/main/*' -o -name pom.xml \) -type f \
      -newer "$jar" -print -quit)" ] || return 1
  done
}

if ! is_built; then
  echo "side-by-side: building" >&2
  mvn -B -q -ntp package -DskipTests -Dspotless.check.skip=true \
    -pl lbtk-benchmarks,lbtk-launcher -am
fi

# The JVM takes the place of the shell, so that a signal reaches it: it ends what it has started.
exec java -XX:+UseSerialGC -Xmx128m -cp lbtk-benchmarks/target/lbtk-benchmarks.jar \
  io.lbtk.benchmarks.sidebyside.SideBySide --root "$PWD" "$@"
