"""A presenter's sentence in the flow of a screen. Not in basket.py: the sign-on is painted without that."""

from __future__ import annotations

from ui.presenters.base import Notice
from ui.theme.names import Icon, Role
from ui.widgets.notices import Banner

ROLE_ICONS = {
    Role.ERROR: Icon.STOP,
    Role.ATTENTION: Icon.WARN,
    Role.INFO: Icon.OFFLINE,
    Role.PLAIN: Icon.INFO,
    Role.PRIMARY: Icon.OKC,
    Role.POINTS: Icon.COIN,
}


class NoticeBanner(Banner):
    """A presenter's notice; hidden when there is none."""

    def set_notice(self, notice: Notice | None) -> None:
        """Show or hide."""
        if notice is None:
            self.hide()
        else:
            self.show_notice(notice.role, ROLE_ICONS[notice.role], notice.text)
