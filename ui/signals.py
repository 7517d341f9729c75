"""News from other threads into the UI thread: one queued signal each, nothing shared."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from app.domain.receipt import JobState
from ui.presenters.head_office import HeadOfficeState
from ui.presenters.shell import Shell


class NewsDesk(QObject):
    """The devices' `Listener`, and the second start's way to the window. Any thread may call it."""

    _scanned = Signal(str)
    _job = Signal(int, object)
    _devices = Signal()
    _status = Signal(object)
    _changed = Signal(str)
    raised = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        queued = Qt.ConnectionType.QueuedConnection
        self._scanned.connect(shell.scan, queued)
        self._job.connect(shell.job_changed, queued)
        self._devices.connect(shell.devices_changed, queued)
        self._status.connect(shell.sync_status, queued)
        self._changed.connect(shell.sync_changed, queued)

    def scanned(self, code: str) -> None:
        """A scanner read a code."""
        self._scanned.emit(code)

    def job_changed(self, job_id: int, state: JobState) -> None:
        """The printer worker marked a job."""
        self._job.emit(job_id, state)

    def devices_changed(self) -> None:
        """A device has other news."""
        self._devices.emit()

    def sync_status(self, state: HeadOfficeState) -> None:
        """The sync process has other news."""
        self._status.emit(state)

    def sync_changed(self, topic: str) -> None:
        """Rows or results came from head office."""
        self._changed.emit(topic)

    def raise_window(self) -> None:
        """Somebody started the till a second time: bring this one to the front."""
        self.raised.emit()
