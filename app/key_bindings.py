"""Every keyboard shortcut of the studio, in the order in which the sheet lists them."""

import dearpygui.dearpygui as dpg

from app.controller import Controller
from widgets.shortcuts import Binding


def bindings(c: Controller) -> list[Binding]:
    """(key, modifiers, what it does, what to call)."""
    return [*_files(c), *_tabs(c), *_photographs(c), *_masks(c), *_views(c), *_window(c)]


def _files(c: Controller) -> list[Binding]:
    return [
        (dpg.mvKey_Spacebar, (), "Start or pause training", c.run.toggle),
        (dpg.mvKey_O, ("Ctrl",), "Open a capture", c.files.ask_open),
        (dpg.mvKey_O, ("Ctrl", "Shift"), "Open a run", c.files.ask_open_run),
        (dpg.mvKey_S, ("Ctrl",), "Save the run", c.files.save),
        (dpg.mvKey_S, ("Ctrl", "Shift"), "Save the run somewhere else", c.files.save_as),
        (dpg.mvKey_E, ("Ctrl",), "Export results", c.files.ask_export),
    ]


def _tabs(c: Controller) -> list[Binding]:
    tabs = c.window.panels.tabs
    return [
        (dpg.mvKey_1, (), "Show the images", lambda: tabs.show("images")),
        (dpg.mvKey_2, (), "Show the 3D view", lambda: tabs.show("scene")),
        (dpg.mvKey_3, (), "Show the relighting", lambda: tabs.show("relight")),
        (dpg.mvKey_0, (), "Show the check of the capture", lambda: tabs.show("check")),
        (dpg.mvKey_4, (), "Show the mask editor", lambda: tabs.show("masks")),
        (dpg.mvKey_5, (), "Show the evaluation", lambda: tabs.show("evaluation")),
    ]


def _photographs(c: Controller) -> list[Binding]:
    return [
        (dpg.mvKey_Right, (), "Next view", lambda: c.step_views(1)),
        (dpg.mvKey_Left, (), "Previous view", lambda: c.step_views(-1)),
        (dpg.mvKey_Down, (), "Next light", lambda: c.images.step(lights=1)),
        (dpg.mvKey_Up, (), "Previous light", lambda: c.images.step(lights=-1)),
    ]


def _masks(c: Controller) -> list[Binding]:
    return [
        (dpg.mvKey_Open_Brace, (), "Masks: smaller brush", lambda: c.masks.resize_brush(-1)),
        (dpg.mvKey_Close_Brace, (), "Masks: larger brush", lambda: c.masks.resize_brush(1)),
        (dpg.mvKey_Z, ("Ctrl",), "Masks: undo", c.masks.undo),
    ]


def _views(c: Controller) -> list[Binding]:
    return [
        (dpg.mvKey_R, (), "Reset zoom and 3D view", c.reset_view),
        (dpg.mvKey_F, (), "3D: see all cameras", lambda: c.scene.jump("everything")),
        (dpg.mvKey_C, (), "3D: look through the selected camera", lambda: c.scene.jump("camera")),
    ]


def _window(c: Controller) -> list[Binding]:
    return [
        (dpg.mvKey_F1, (), "Show this sheet", c.show_shortcuts),
        (dpg.mvKey_Slash, ("Shift",), "Show this sheet, too", c.show_shortcuts),
        (dpg.mvKey_Q, ("Ctrl",), "Close the window", c.close),
    ]
