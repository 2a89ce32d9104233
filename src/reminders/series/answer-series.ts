import type { Clock, Transaction } from '../../platform/index.ts';
import type { Considered } from './next-turn.ts';
import { reconsider } from './reconsider.ts';
import { noteAnswer } from './series.repository.ts';
import { isLive, type Series } from './series.ts';
import { declineEnds } from './situation.ts';
import { endOthers } from '../steps/step.repository.ts';
import { tellSeries } from './telling.repository.ts';

/** A person's answer on attendance, and its author. */
export interface AnsweredSeries {
  /** Locked by the transaction. */
  readonly series: Series;
  /** `person`, or the actor for them. */
  readonly actor: string;
  readonly comes: boolean;
  /** The reply, with the ISO instant of its arrival; absent for an answer by other means. */
  readonly reply?: { readonly id: string; readonly at: string };
}

/**
 * Records whether the person comes: the last answer counts, and a change of mind is reported as one. A repeated
 * answer is no event. A reply older than the recorded one changes nothing.
 */
export async function answerSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { series, actor, comes, reply }: AnsweredSeries,
): Promise<Considered> {
  const at = reply?.at ?? deps.clock.now().toISO();
  if (isOlder(series, at)) return reconsider(tx, deps, series);
  const answered = { ...standsAt(at, series, comes), answeredAt: at, answerReplyId: reply?.id ?? null };
  await noteAnswer(tx, series.id, answered);
  const isNews = (comes ? series.confirmedAt : series.declinedAt) === null;
  if (isNews) await tellAnswer(tx, deps, { series, actor, comes, ...(reply && { reply }) });
  const renewed = { ...series, ...answered, unclearAt: null, unclearReplyId: null };
  const considered = await reconsider(tx, deps, renewed);
  if (!isLive(series.state) || !declineEnds(renewed, considered.eligibility)) return considered;
  // Questions that are ready would ask a person who has answered.
  await endOthers(tx, { batchId: series.batchId, keep: null, at: deps.clock.now().toISO() });
  return reconsider(tx, deps, considered.series);
}

/** Returns the recorded answer; an unchanged one keeps its date. */
const standsAt = (
  at: string,
  { confirmedAt, declinedAt }: Series,
  comes: boolean,
): Pick<Series, 'confirmedAt' | 'declinedAt'> =>
  comes
    ? { confirmedAt: confirmedAt ?? at, declinedAt: null }
    : { confirmedAt: null, declinedAt: declinedAt ?? at };

const isOlder = ({ answeredAt, confirmedAt }: Series, at: string): boolean => {
  const stands = answeredAt ?? confirmedAt;
  return stands !== null && Date.parse(at) < Date.parse(stands);
};

async function tellAnswer(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  { series, actor, comes, reply }: AnsweredSeries,
): Promise<void> {
  const { id: seriesId, kind, confirmedAt, declinedAt } = series;
  const before = confirmedAt === null ? (declinedAt === null ? undefined : 'declined') : 'confirmed';
  await tellSeries(tx, clock, {
    seriesId,
    actor,
    action: `${kind}.${comes ? 'confirmed' : 'declined'}`,
    details: {
      ...(reply === undefined ? {} : { replyId: reply.id }),
      ...(before === undefined ? {} : { before }),
    },
  });
}
