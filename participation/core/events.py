"""Signals: past events that slices announce and others may react to, inside the same transaction."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: A contribution was sent. Sender: its id; `contribution`: the row.
contribution_sent = _signals.signal("contribution-sent")
#: The author changed the words of a contribution. Sender: its id; `contribution`: the row, in its new wording.
contribution_mended = _signals.signal("contribution-mended")
#: The author chose anew what may be done with her words. Sender: its id; `contribution`: the row.
permission_chosen = _signals.signal("permission-chosen")
#: The author withdrew a contribution, or erased herself and it with her. Sender: its id; `contribution`: the row.
contribution_withdrawn = _signals.signal("contribution-withdrawn")
#: A contribution's words were deleted because their time was over. Sender: its id; `contribution`: the row.
contribution_expired = _signals.signal("contribution-expired")
#: A person decided about a contribution. Sender: its id; `contribution`: the row; `decision`: the row.
contribution_decided = _signals.signal("contribution-decided")
#: A participant erased herself. Sender: her id.
participant_erased = _signals.signal("participant-erased")
