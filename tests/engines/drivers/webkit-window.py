#!/usr/bin/python3
"""A bare WebKitGTK window, so that it can be as narrow as a phone.

WebKitWebDriver starts it. It then answers every question for the camera with yes, because automated windows do. With
`--plain` it is not automated, and reads commands from its standard input, one JSON object a line: `{"url": …}` or
`{"run": …, "argument": …}`. It answers each with a line of JSON.
"""

import argparse
import json
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--plain", action="store_true")
parser.add_argument("--script", help="file of the first script of every page")
parser.add_argument("--camera", choices=["own", "none"], default="own")
parser.add_argument("--permission", choices=["granted", "denied", "asks"], default="granted")
parser.add_argument("--look", choices=["dark", "reduced-motion"])
settings = parser.parse_args()

WIDTH, HEIGHT = 360, 740
STATES = {
    "granted": WebKit2.PermissionState.GRANTED,
    "denied": WebKit2.PermissionState.DENIED,
    "asks": WebKit2.PermissionState.PROMPT,
}
#: Questions without an answer, and windows. Python would free them.
kept = []

context = WebKit2.WebContext.new_ephemeral()
context.set_automation_allowed(not settings.plain)
context.set_cache_model(WebKit2.CacheModel.WEB_BROWSER)
if settings.look == "dark":
    Gtk.Settings.get_default().set_property("gtk-application-prefer-dark-theme", True)
if settings.look == "reduced-motion":
    Gtk.Settings.get_default().set_property("gtk-enable-animations", False)


def answer(_, request):
    if settings.permission == "granted":
        request.allow()
    elif settings.permission == "denied":
        request.deny()
    else:
        kept.append(request)
    return True


def tell_state(_, query):
    query.finish(STATES[settings.permission])
    return True


def open_window():
    own = WebKit2.Settings()
    own.set_enable_media_stream(True)
    own.set_enable_mock_capture_devices(settings.camera == "own")
    own.set_enable_page_cache(True)
    own.set_media_playback_requires_user_gesture(False)
    content = WebKit2.UserContentManager()
    if settings.script:
        with open(settings.script, encoding="utf-8") as file:
            frames, start = WebKit2.UserContentInjectedFrames.ALL_FRAMES, WebKit2.UserScriptInjectionTime.START
            content.add_script(WebKit2.UserScript(file.read(), frames, start, None, None))
    view = WebKit2.WebView(
        web_context=context,
        settings=own,
        user_content_manager=content,
        is_controlled_by_automation=not settings.plain,
    )
    view.connect("permission-request", answer)
    view.connect("query-permission-state", tell_state)
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(WIDTH, HEIGHT)
    window.add(view)
    window.show_all()
    window.present()
    kept.append(window)
    return view


def started(_, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("akiba-selfie tests")
    session.set_application_info(info)
    session.connect("create-web-view", lambda _: open_window())


def reply(message):
    print(json.dumps(message), flush=True)


def obey(view):
    """Carries out the commands of the standard input, one after the other."""

    def command(channel, _):
        line = channel.readline()
        if not line:
            Gtk.main_quit()
            return False
        wanted = json.loads(line)
        if "url" in wanted:
            view.load_uri(wanted["url"])
        else:
            run(view, wanted)
        return True

    def loaded(_, event):
        if event == WebKit2.LoadEvent.FINISHED:
            reply({"value": None})

    view.connect("load-changed", loaded)
    channel = GLib.IOChannel.unix_new(sys.stdin.fileno())
    GLib.io_add_watch(channel, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, command)


def run(view, wanted):
    body = f"return JSON.stringify((await ({wanted['run']})(JSON.parse(argument))) ?? null)"
    arguments = GLib.Variant("a{sv}", {"argument": GLib.Variant("s", json.dumps(wanted.get("argument")))})

    def done(view, result):
        try:
            reply({"value": json.loads(view.call_async_javascript_function_finish(result).to_string())})
        except GLib.Error as error:
            reply({"error": str(error)})

    view.call_async_javascript_function(body, -1, arguments, None, None, None, done)


if settings.plain:
    obey(open_window())
else:
    context.connect("automation-started", started)
Gtk.main()
