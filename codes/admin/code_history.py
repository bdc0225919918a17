"""The history of an entry: its versions, and the changes that waited or wait for a reviewer beside them."""

from codes import entries
from codes.admin.history import VERSIONS_SHOWN, Changes, Event, HistoryViews
from codes.models import Code, Proposal

WAITING = "w"  # begins the key of a version of a proposal


class CodeHistory(HistoryViews):
    """For CodeAdmin."""

    def state(self, obj):
        proposal = getattr(obj, "proposal", None)
        return entries.entry_of(obj) | {"status": obj.status, "proposal": proposal.entry if proposal else None}

    def version_values(self, version):
        return entries.version_entry(version) if isinstance(version, Code.history.model) else version.entry

    def version_state(self, version):
        entry = self.version_values(version)
        return entry | {"status": version.status} if isinstance(version, Code.history.model) else entry

    def label(self, name):
        return {"faq": "Questions", "proposal": "Waiting change"}.get(name) or super().label(name)

    def changes(self, before, after):
        """Of the text that the form shows: the waiting change where there is one."""
        changes = super().changes(_shown(before), _shown(after))
        waits = [state.get("proposal") is not None for state in (before, after) if "proposal" in state]
        return (
            [*super().changes({"proposal": waits[0]}, {"proposal": waits[1]}), *changes] if len(waits) == 2 else changes
        )

    def in_words(self, name, value):
        if name == "proposal":
            return "one waits for a reviewer" if value else "none"
        return value if name == "faq" else super().in_words(name, value)

    def version(self, pk, key):
        if not key.startswith(WAITING):
            return super().version(pk, key)
        number = key.removeprefix(WAITING)
        return self._waiting(pk).filter(history_id=number).first() if number.isdigit() else None

    def _waiting(self, pk):
        return Proposal.history.filter(code_id=pk).select_related("history_user")

    def last_change(self, obj):
        newest = [
            version for versions in (self.versions(obj.pk), self._waiting(obj.pk)) if (version := versions.first())
        ]
        last = max(newest, key=lambda version: version.history_date, default=None)
        return (last.history_user, last.history_date) if last else (None, None)

    def events(self, obj):
        both = [*self.versions(obj.pk)[:VERSIONS_SHOWN], *self._waiting(obj.pk)[:VERSIONS_SHOWN]]
        both.sort(key=lambda version: version.history_date)
        published, waiting, events = {}, {}, []
        for version in both:
            if isinstance(version, Code.history.model):
                state = self.version_state(version)
                events.append(self.event(version, self.changes(published, state)))
                published = state
            elif version.history_type == "-":
                waiting = {}
                if version.history_change_reason == entries.DISCARDED:
                    events.append(self._event_of_waiting(version, "The waiting change is discarded.", []))
            else:
                said = "Changes the waiting change." if waiting else "Kept for review; the page stayed as it was."
                events.append(self._event_of_waiting(version, said, self.changes(waiting or published, version.entry)))
                waiting = version.entry
        return events[::-1]

    def _event_of_waiting(self, version, said: str, changes: Changes) -> Event:
        said = (
            f"{version.history_change_reason}. {said}"
            if version.history_type != "-" and version.history_change_reason
            else said
        )
        return Event(f"{WAITING}{version.history_id}", version.history_date, version.history_user, said, changes)


def _shown(state: dict) -> dict:
    shown = {name: value for name, value in state.items() if name != "proposal"}
    return shown | (state.get("proposal") or {})
