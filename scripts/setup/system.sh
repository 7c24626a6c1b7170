# shellcheck shell=bash
# Sourced by setup.sh: packages of the system, by apt-get.

# `sudo`, unless root runs this.
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)

updated=
apt_install() {
  command -v apt-get >/dev/null || die "apt-get is missing here: install $* with your package manager, then try again"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "neither root nor sudo here: run «apt-get install $*» as root, then try again"
  [ -n "$updated" ] || setup_step "reading the list of packages" "seconds" "${sudo[@]}" apt-get update
  updated=1
  setup_step "installing $*" "about a minute" \
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Compiles crates with C code, and links every Rust program.
need_cc() {
  command -v cc >/dev/null || apt_install gcc libc6-dev
}

# The fuzzer is C++.
need_cxx() {
  command -v c++ >/dev/null || apt_install g++
}

# Debian's Python needs a package to make virtual environments.
need_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    die "this python3 can't make virtual environments: $(command -v python3)"
}

# The relay's tests start their own server. On Debian its programs are not in the PATH.
need_postgres() {
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || apt_install postgresql
}

# A test puts it between the relay and PostgreSQL. On Debian it is only in root's PATH.
need_pgbouncer() {
  [ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || apt_install pgbouncer
}

# Lets the clock of a relay jump.
need_faketime() {
  ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || apt_install libfaketime
}

# A test uses it instead of the relay. On Debian it is only in root's PATH.
need_nginx() {
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || apt_install nginx
  [ -e /etc/ssl/certs/ca-certificates.crt ] || apt_install ca-certificates
  command -v openssl >/dev/null || apt_install openssl
}

# The commands of the relay's tutorial.
need_tutorial_tools() {
  command -v jq >/dev/null || apt_install jq
  command -v curl >/dev/null || apt_install curl
}

# The example back ends in other languages.
need_backend_languages() {
  command -v go >/dev/null || apt_install golang-go
  command -v php >/dev/null || apt_install php-cli
  command -v javac >/dev/null || apt_install openjdk-17-jdk-headless
  # The annotations of Spring, and the JSON library that Spring Boot brings.
  local jar
  for jar in spring3-web jackson-databind; do
    [ -e "/usr/share/java/$jar.jar" ] || apt_install libspring-web-java libjackson2-databind-java
  done
}

# Checks systemd units. It does not need to run here.
need_systemd() {
  command -v systemd-analyze >/dev/null || apt_install systemd
}

# Checks alerts. The package would also start a server, so only this program is taken out of it.
need_promtool() {
  command -v promtool >/dev/null || [ -x "$AKIBA_SELFIE_CACHE/promtool" ] || {
    command -v apt-get >/dev/null || die "promtool is missing: install Prometheus, then try again"
    setup_step "reading the list of packages" "seconds" "${sudo[@]}" apt-get update
    setup_step "installing promtool" "seconds" scripts/setup/promtool.sh "$AKIBA_SELFIE_CACHE/promtool"
  }
}

need_browser() {
  if [ -z "$CHROMIUM" ] || [ -z "$CHROMEDRIVER" ]; then apt_install chromium chromium-driver; fi
}

# The engines beside Chromium. WebKitGTK plays what a camera shows by GStreamer, and needs a screen.
need_engines() {
  command -v firefox-esr >/dev/null || command -v firefox >/dev/null || apt_install firefox-esr
  command -v WebKitWebDriver >/dev/null && [ -x /usr/bin/python3 ] &&
    /usr/bin/python3 -c 'import gi; gi.require_version("Gtk", "3.0"); gi.require_version("WebKit2", "4.1")' 2>/dev/null &&
    [ -e "/usr/lib/$(uname -m)-linux-gnu/gstreamer-1.0/libgstlibav.so" ] || apt_install webkit2gtk-driver gir1.2-webkit2-4.1 \
    gir1.2-gtk-3.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav \
    gstreamer1.0-gl
  command -v Xvfb >/dev/null || apt_install xvfb
}

# The fonts of the tour's pictures. They are not installed, as they would change what tests see.
need_font() {
  [ -d "$AKIBA_SELFIE_CACHE/fonts" ] || {
    command -v apt-get >/dev/null || return 0
    setup_step "reading the list of packages" "seconds" "${sudo[@]}" apt-get update
    setup_step "fetching the fonts" "seconds" scripts/setup/fonts.sh "$AKIBA_SELFIE_CACHE/fonts"
  }
}

# Makes the load of a bench.
need_wrk() {
  command -v wrk >/dev/null || apt_install wrk
}
