import { DateTime } from 'luxon';
import { commonOpening, commonWindow } from './opening.ts';
import type { Decision, Question } from './decision.ts';
import { doubts } from './doubt.ts';
import { explainAllow, explainHold } from './grounds.ts';
import { ended, made, refused } from './made-decision.ts';
import { acknowledgement } from '../chapters/opt-out.ts';
import { placesOf } from './places.ts';
import { assessInputs } from './premises.ts';
import { defaultProfile, isAnswer } from '../purpose.ts';
import { ruleLine } from './rule-line.ts';
import type { Conditions } from './timing-rule.ts';
import { endBy, soonest } from '../chapters/windows.ts';

export type { Decision, Question } from './decision.ts';

const HOUR_MS = 3_600_000;

/**
 * Judges one moment for one locality, and postpones a message that may not be sent then; anything unknown closes
 * the gate. `allow` is valid for `at` ≤ t < `until`; a mark avoids the last second.
 */
export function decide(question: Question): Decision {
  if (isAnswer(question.purpose)) return askedAMomentAgo(question);
  const { eventAt, expireAt } = question;
  const assessed = assessInputs({ ...asked(question), ends: [eventAt, expireAt] });
  if (assessed.kind === 'doubt') return refused(question, assessed);
  const ms = question.at.toMillis();
  const end = endBy(ms, question);
  if (end) return ended(question, end);
  const places = placesOf(question, assessed.profile);
  const open = commonWindow(ms, places);
  return open ? leave(question, open.closes, places) : wait(question, places);
}

const asked = (question: Question): Question & { readonly profile: string } => ({
  ...question,
  profile: question.profile ?? defaultProfile(question.purpose),
});

/** Allows answers that the person waits for: they are outside the window. */
function askedAMomentAgo(question: Question): Decision {
  const { expireAt, language = 'fr' } = question;
  if (!question.at.isValid || expireAt?.isValid === false) return refused(question, doubts.end);
  const at = question.at.toMillis();
  if (endBy(at, { expireAt })) return ended(question, 'EXPIRE_AT');
  const until = expireAt?.toMillis() ?? at + HOUR_MS;
  return made(question, { verdict: 'allow', until }, () => ({
    rules: [ruleLine(acknowledgement, 'allows', { language })],
  }));
}

function leave(question: Question, closes: number, places: readonly Conditions[]): Decision {
  const at = question.at.toMillis();
  return made(question, { verdict: 'allow', at, until: soonest(closes, question) }, () =>
    explainAllow({ at, closes }, places, question.language),
  );
}

function wait(question: Question, places: readonly Conditions[]): Decision {
  const at = commonOpening(question.at.toMillis(), places, 'later');
  if (at === undefined) return refused(question, places.length > 1 ? doubts.noCommonHour : doubts.year);
  const end = endBy(at, question);
  if (end) return ended(question, end);
  const assessed = assessInputs({ ...asked(question), at: DateTime.fromMillis(at, { zone: 'utc' }) });
  if (assessed.kind === 'doubt') return refused(question, assessed);
  return made(question, { verdict: 'hold', at, until: at }, () => explainHold(question, at, places));
}
