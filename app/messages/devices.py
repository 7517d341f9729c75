"""Words for the codes of: devices."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "device_order": Words(
        "D-01",
        "The device cannot do that now: it is {stage}, {wanted} was asked for. Points are safe. Restart the till.",
    ),
    "device_lost": Words(
        "D-02",
        "The device lost its connection. Points are safe. Check cable and power; the till connects again by itself.",
    ),
    "device_unreachable": Words(
        "D-03",
        "The device cannot be reached. Points are safe. Check cable, power and the address in the set-up; "
        "the till keeps trying.",
    ),
    "device_missing": Words(
        "D-04",
        "The device is not plugged in. Points are safe. Plug it in; the till finds it by itself.",
    ),
    "device_failed": Words(
        "D-05",
        "The device's driver stopped with {error}. Points are safe. The till starts it again; if this "
        "repeats, call support.",
    ),
    "device_hung": Words(
        "D-06",
        "The device stopped answering and was started again. Points are safe. Switch it off and on if this repeats.",
    ),
    "device_address": Words(
        "D-07",
        "The device address {address} is not understood. Nothing was changed. Write tcp://host:9100, "
        "serial:NAME, usb:vid:pid, usblp:vid:pid, winspool:NAME or file:PATH.",
    ),
    "device_port": Words(
        "D-24",
        "The device address has port {port}: ports go from 1 to 65535. Nothing was changed. Write the printer's own, "
        "mostly 9100.",
    ),
    "printer_profile": Words("D-08", "There is no printer type {profile}. Nothing was changed. Choose one of {known}."),
    "printer_no_answer": Words(
        "D-09",
        "The printer does not confirm. Points are safe. Look at the paper; if it printed, set a one-way printer type.",
    ),
    "printer_cover_open": Words(
        "D-10",
        "The printer's cover is open. Points are safe. Close it; waiting receipts print by themselves.",
    ),
    "printer_paper_out": Words(
        "D-11",
        "The printer is out of paper. Points are safe. Load a roll; waiting receipts print by themselves.",
    ),
    "printer_cutter": Words(
        "D-12",
        "The printer's cutter is stuck. Points are safe. Switch the printer off, clear the paper, switch it on.",
    ),
    "printer_failed": Words(
        "D-13",
        "The printer reports a fault. Points are safe. Switch it off and on; if this repeats, call support.",
    ),
    "printer_offline": Words(
        "D-14",
        "The printer is offline. Points are safe. Check its paper, cover and feed button.",
    ),
    "printer_paper_low": Words("D-15", "The printer's paper is running low. Keep a new roll at hand."),
    "drawer_unreachable": Words(
        "D-16",
        "The drawer did not open: its printer cannot be reached. Points are safe. Open it with the key.",
    ),
    "drawer_too_late": Words(
        "D-17",
        "The drawer was not opened: its printer answered too late. Points are safe. Open it with the key.",
    ),
    "drawer_printer_away": Words(
        "D-25",
        "The drawer cannot be opened: its printer is not connected. Points are safe. Open it with the key; check the "
        "printer's cable and power.",
    ),
    "device_busy": Words(
        "D-19",
        "The device has too much to do and was not asked. Points are safe. Wait a moment, then try again.",
    ),
    "scanner_silent": Words(
        "D-20",
        "No scan came. Points are safe. Hold the code nearer; if the scanner beeps, check its cable and its set-up.",
    ),
    "hid_missing": Words(
        "D-22",
        "This till cannot speak to HID scanners: hidapi is not installed. Points are safe. Set the scanner to serial "
        "or keyboard, or have the program installed again.",
    ),
    "device_overruled": Words(
        "D-23",
        "The environment variable {variable} decides this device. Nothing was changed. Start the till without it, then "
        "set the device up again.",
    ),
    "port_in_use": Words(
        "D-18",
        "Port {port} is taken by another program. Nothing was changed. Choose another with --port.",
    ),
}
