#!/usr/bin/env bash
# Builds everything and runs all tests on the default java. Then builds everything on the newest
# other JDK that is found, and runs the tests of the modules whose behaviour depends on the JDK. As
# root it installs the system packages that the tests want; otherwise it names what it leaves out.
# With CI=true nothing may be left out.
set -euo pipefail
cd "$(dirname "$0")"

# Tests against libzmq run a python3 that can import zmq; the tests look in the same two places.
has_zmq() {
  python3 -c 'import zmq' 2>/dev/null || /usr/bin/python3 -c 'import zmq' 2>/dev/null
}

# The side-by-side bench starts nginx with its stream module, which Debian has as a module of its own.
has_nginx_stream() {
  command -v nginx >/dev/null && {
    [ -f /usr/lib/nginx/modules/ngx_stream_module.so ] ||
      [ -f /usr/lib64/nginx/modules/ngx_stream_module.so ]
  }
}

missing=()
has_zmq || missing+=(python3-zmq)
command -v haproxy >/dev/null || missing+=(haproxy)
command -v openssl >/dev/null || missing+=(openssl)
[ -x /usr/sbin/named ] || missing+=(bind9)
command -v etcd >/dev/null || missing+=(etcd-server)
command -v etcdctl >/dev/null || missing+=(etcd-client)
command -v redis-server >/dev/null || missing+=(redis-server)
[ -x /usr/sbin/gmond ] || missing+=(ganglia-monitor)
has_nginx_stream || missing+=(nginx libnginx-mod-stream)
echo "verify: builds everything on two JDKs and runs all tests: about 20 minutes on two cores"
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "verify: first installs these packages, with apt-get: ${missing[*]}"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
      "${missing[@]}" >/dev/null
  else
    echo "verify: left out are the tests that want: ${missing[*]}"
  fi
fi

# Consul has no package everywhere; its tests are left out, by name, where it cannot be had.
if ! command -v consul >/dev/null; then
  echo "verify: downloads consul into target/servers, unless it is there"
  if lbtk-plugins/consul/get-consul.sh target/servers; then
    PATH=$PWD/target/servers:$PATH
  else
    echo "verify: left out are the tests that want: consul"
  fi
fi

# The newest JDK beside the default one; LBTK_NEWER_JAVA_HOME names one that is elsewhere.
newer_java_home() {
  local best="" best_version=17 home version
  for home in "${LBTK_NEWER_JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$home/bin/java" ] && [ -f "$home/release" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    if [ "${version:-0}" -gt "$best_version" ]; then
      best=$home
      best_version=$version
    fi
  done
  echo "$best"
}

echo "verify: all tests, on $(java -version 2>&1 | head -n 1)"
mvn -B -ntp verify

newer=$(newer_java_home)
if [ -n "$newer" ]; then
  echo "verify: everything built again by $newer, and the tests that depend on the JDK"
  JAVA_HOME=$newer mvn -B -ntp clean verify -Dspotless.check.skip=true \
    -Dlbtk.skip.portable.tests=true
else
  echo "verify: no newer JDK found, so everything was built and tested on the default one alone"
fi
