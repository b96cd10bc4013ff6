"""From an English instruction to a plan.

The reader is strict, because a wrong edit is worse than none: a clause is done only when each of its words is
accounted for, and what is negated is never done. Only where something is added may the clause end in words that
say more about it ("a rainbow over the old mill"); they are reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.imaging.editing.clauses import Clause, clauses
from gateway.imaging.editing.interpretation import interpret
from gateway.imaging.editing.lexer import unquoted
from gateway.imaging.editing.lexicon import Call
from gateway.imaging.editing.meanings import Aspect, Direction, Joint, Mark, Measure, Place, Unit, Verb
from gateway.imaging.editing.plan import MOST_STEPS, Plan, Reason, Step, Undone
from gateway.imaging.editing.wishes import holds

_WISHES = (Verb.KEEP, Verb.REFUSE, Verb.SPARE)
_STRONGEST_FIRST = (Verb.REFUSE, Verb.SPARE, Verb.REMOVE, Verb.KEEP)
_IDLE = frozenset({Mark.FILLER, Mark.ONLY, Mark.TARGET, Mark.CONNECTOR, Mark.CHAIN, Verb.ADD, Verb.CHANGE})


def parse(instruction: str) -> Plan:
    """Never fails; linear in the length of the instruction."""
    instruction = unquoted(instruction)
    reader = _Reader()
    for clause in clauses(instruction):
        reader.take(clause)
    return reader.plan(instruction)


@dataclass(slots=True)
class _Reader:
    """A clause without a verb belongs to the one before it: "don't crop or rotate", "add fog and rain"."""

    verb: Verb | None = None
    direction: Direction | None = None
    followed: bool = False
    """The clause before was understood as a request."""
    steps: list[Step] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    """With their offsets in the instruction."""
    wishes: list[Clause] = field(default_factory=list)

    def take(self, clause: Clause) -> None:
        before, self.verb = self.verb, _governing(clause, self.verb)
        self.direction = _direction(clause, self.direction)
        if self.verb is Verb.REFUSE and before is Verb.REFUSE and _may_be_asked(clause):
            self.unread.append((clause.start, clause.text))
        elif self.verb in _WISHES:
            self.wishes.append(clause)
        elif not _is_idle(clause):
            self.followed = self._request(clause)
            return
        self.followed = self.followed and self.verb not in _WISHES

    def plan(self, instruction: str) -> Plan:
        done, surplus = self.steps[:MOST_STEPS], self.steps[MOST_STEPS:]
        broken = [(wish.start, wish.text) for wish in self.wishes if not holds(wish, done)]
        unread = tuple(text for _, text in sorted([*self.unread, *broken], key=lambda place: place[0]))
        if not (done or unread or self.wishes) and instruction.strip():
            unread = (instruction.strip(),)
        return Plan(tuple(done), unread, tuple(Undone(step.clause, Reason.LIMIT) for step in surplus))

    def _request(self, clause: Clause) -> bool:
        """Whether it was understood."""
        said = Mark.TARGET in clause.all(Mark) or any(map(clause.all, (Verb, Aspect, Direction, Measure)))
        said = said or (self.followed and clause.joint is not Joint.SENTENCE)
        understood = None
        if self.verb is not Verb.REMOVE:
            understood = interpret(clause, self.verb, self.direction, said=said)
        if understood is None:
            self.unread.append((clause.start, clause.text))
            return False
        self.steps.extend(understood.steps)
        self.unread.extend((clause.start, leftover) for leftover in understood.leftovers)
        return True


def _is_idle(clause: Clause) -> bool:
    """It says nothing about the picture, or is the number of a line in a list."""
    if all(item.meanings and _IDLE.issuperset(item.meanings) for item in clause.items):
        return True
    return [measure.unit for measure in clause.all(Measure)] == [Unit.PLAIN] and len(clause.items) == 1


def _may_be_asked(clause: Clause) -> bool:
    """Whether "do not" may have ended before it: "do not crop the picture and brighten it" can be read in two ways."""
    own = clause.all(Verb)
    if Verb.REFUSE in own or clause.joint is Joint.OR:
        return False
    return bool(own) or Mark.TARGET in clause.all(Mark)


def _governing(clause: Clause, before: Verb | None) -> Verb | None:
    """What is wanted with the things that the clause names."""
    own = clause.all(Verb)
    strongest = next((verb for verb in _STRONGEST_FIRST if verb in own), None)
    if strongest is not None:
        return strongest
    asked = own[-1] if own else None
    if clause.joint is Joint.SENTENCE or Mark.ONLY in clause.items[0].meanings:
        return asked
    if before is Verb.REFUSE:
        return asked if asked and clause.joint is Joint.COMMA else before
    if before in (Verb.REMOVE, Verb.KEEP, Verb.SPARE) and asked is None and _starts_imperatively(clause):
        return Verb.CHANGE
    return asked or before


def _starts_imperatively(clause: Clause) -> bool:
    """A new request after "remove the noise": to "crop", but to "blur" only with an object right after it."""
    words = [item.meanings for item in clause.items if item.meanings != (Mark.FILLER,)]
    if not words:
        return False
    has_object = len(words) > 1 and any(isinstance(word, Place) or word is Mark.TARGET for word in words[1])
    calls = [word for word in words[0] if isinstance(word, Call)]
    return any(call.is_imperative or (call.is_verb_or_noun and has_object) for call in calls)


def _direction(clause: Clause, before: Direction | None) -> Direction | None:
    """Which way quantities go: said in the clause, else as in the one it hangs on."""
    own = clause.all(Direction)
    if own:
        return own[0]
    if any(call.word.startswith(("reduce ", "less ")) for call in clause.all(Call)):
        return Direction(-1)
    return None if clause.joint is Joint.SENTENCE or clause.all(Verb) else before
