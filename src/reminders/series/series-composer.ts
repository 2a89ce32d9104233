import { DateTime, Duration } from 'luxon';
import type { Clock, Transaction } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { readContact, type Contact } from '../../people/index.ts';
import {
  NotComposable,
  optOutMeans,
  type Account,
  type BatchRun,
  type Composed,
  type Composer,
} from '../../sending/index.ts';
import { TEXT_KEPT } from '../../law/index.ts';
import { localityNamed, frenchDay, isoText, localDate } from '../../rule/index.ts';
import { mostParts, showDate, showMoment, type MomentView, showMoney, type Values } from '../../sms/index.ts';
import { tenantOf } from '../../company/index.ts';
import {
  seriesDetailsOf,
  isCorrection,
  instalmentOf,
  paidAt,
  type ReminderPurpose,
  type Series,
  type SeriesDetails,
  type Instalment,
  type PaymentTerms,
  type SubscriptionTerms,
} from './series.ts';
import { keepMessageText, messageTextPlace, readSteps } from '../steps/step.repository.ts';
import { SCHEDULE } from '../steps/plan-contract.ts';
import { reminderText, type ReminderKind, type ReminderWords, type StepReason } from './reason.ts';
import { readSeries } from './series.repository.ts';
import { brandOfPractice, practiceOfSeries, shownPractice } from '../booking/booked-terms.ts';
import { seqOfStep, type Step } from '../steps/step.ts';
import { isAfter } from '../steps/planned-step.ts';
import { languageOf, bilingual, wordsIn } from '../../words/index.ts';

/** Reminder texts are kept this long after their event. */
const KEPT = TEXT_KEPT.map((kept) => Duration.fromISO(kept));

interface ComposerDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
  /** Returns the person's opt-out link for a purpose; undefined while no public address is set. */
  readonly stopLinkOf?: (
    tx: Transaction,
    about: { readonly contactId: string; readonly purpose: ReminderPurpose },
  ) => Promise<string | undefined>;
  /** Returns the link of a payment plan; undefined while no public address is set. */
  readonly scheduleLinkOf?: (tx: Transaction, seriesId: string) => Promise<string | undefined>;
}

const ANSWERS_UNHEARD: StepReason = {
  code: 'ANSWERS_IMPOSSIBLE',
  text: bilingual.booking.answersUnheard,
};

/**
 * Makes the text of the one message of a series that may be sent; any other is `CANCELLED`. The text is written
 * once, here, and stored in the same transaction: the stored text is the sent one, since the mark refuses it as
 * soon as the series has another revision.
 */
export async function composerOfSeries(
  tx: Transaction,
  deps: ComposerDeps,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
): Promise<Composer> {
  const series = run.order.kind === 'series' ? await readSeries(tx, run.order.seriesId) : undefined;
  const step = series && inForce(series, await readSteps(tx, series));
  if (series === undefined || step === undefined || run.order.revision !== series.revision) return NOTHING;
  const written = await writtenFor(tx, deps, { series, step, account });
  const seq = seqOfStep(step);
  // The text asks for an answer that nobody would receive.
  const isUnheard = written?.text.kind === 'excluded' && written.text.because === 'ANSWERS_IMPOSSIBLE';
  return {
    ...(isUnheard && step.message?.state === 'ready' ? { holds: ANSWERS_UNHEARD } : {}),
    compose(row): Composed {
      if (row.seq !== seq || row.contactId !== series.contactId) return NOT_ANY_MORE;
      if (written === undefined) return { kind: 'excluded', because: 'ERASED' };
      // A message that was sent is later known by its key alone.
      if (row.numberVersion !== null && row.numberVersion !== written.numberVersion) throw new NumberMoved();
      if (written.text.kind === 'excluded') return written.text;
      const { asks: _, ...text } = written.text;
      return { ...text, to: written.to, sender: series.sender };
    },
  };
}

/** Thrown when the number changed while the text was made: the next attempt makes it for the new one. */
class NumberMoved extends NotComposable {
  override readonly name = 'NumberMoved';
}

const NOT_ANY_MORE: Composed = { kind: 'excluded', because: 'CANCELLED' };
const NOTHING: Composer = { compose: () => NOT_ANY_MORE };

/** Returns the step whose message was made ready last: an older one must not be sent again once its outcome is known. */
function inForce(series: Series, steps: readonly Step[]): Step | undefined {
  const made = steps.filter(
    (step) =>
      step.message !== null &&
      step.revision === series.revision &&
      (!isCorrection(step.position) || seqOfStep(step) === series.correctionSeq),
  );
  return made.find(({ message }) => message?.state === 'ready') ?? made.at(-1);
}

interface Writing {
  readonly series: Series;
  readonly step: Step;
  readonly account: Account;
}

/** Returns the text and its recipient; undefined once the person was erased. */
async function writtenFor(tx: Transaction, deps: ComposerDeps, writing: Writing) {
  const { series, step } = writing;
  const contact = await readContact(tx, deps.keys, series.contactId);
  const words = contact && (await wordsFor(tx, deps, { ...writing, contact }));
  if (contact === undefined || words === undefined) return undefined;
  const text = reminderText(words);
  const seq = seqOfStep(step);
  // Sent messages stay as they were sent, even if another account is asked about.
  if (text.kind === 'text' && step.message?.state === 'ready')
    await keepMessageText(tx, {
      batchId: series.batchId,
      seq,
      contactId: contact.id,
      sealed: contact.key.seal(messageTextPlace(series.batchId, seq), text.text),
      asks: text.asks,
      removeAt: isoText(DateTime.fromISO(step.eventAt).plus(KEPT.on(step.eventAt)).toUTC()),
    });
  return { to: contact.person.phone, numberVersion: contact.numberVersion, text };
}

async function wordsFor(
  tx: Transaction,
  { keys, clock, stopLinkOf, scheduleLinkOf }: ComposerDeps,
  { series, step, account, contact }: Writing & { readonly contact: Contact },
): Promise<ReminderWords | undefined> {
  const tenant = await tenantOf(tx);
  const place = localityNamed(series.territory, series.timeZone);
  if (tenant === undefined || place === undefined) return undefined;
  const details = seriesDetailsOf(contact.key, series);
  const practice = await practiceOfSeries(tx, keys, { ...series, practice: details.practice });
  const brand = (await brandOfPractice(tx, practice))?.name ?? tenant.name;
  const kind = kindOf(series, step);
  const view = { zone: series.eventZone, now: clock.now(), language: languageOf(tenant.locale) };
  return {
    kind,
    text: ownText(kind, { booked: details.text, usual: tenant.settings.texts?.[series.purpose] }),
    purpose: series.purpose,
    locale: tenant.locale,
    practice: shownPractice(tenant, practice, { practice: details.practice ?? brand, place: details.place }),
    brand,
    person: details.person ?? contact.person,
    said: saidValues({ series, step, details, view }),
    territory: place.territory,
    means: optOutMeans(account, series.sender),
    answered: isAnswered(series),
    stopLink: await stopLinkOf?.(tx, { contactId: contact.id, purpose: series.purpose }),
    scheduleLink: series.kind === 'payment-plan' ? await scheduleLinkOf?.(tx, series.id) : undefined,
    maxParts: mostParts(details.maxParts, frenchDay(clock.now())),
  };
}

const isAnswered = ({ confirmedAt, declinedAt }: Series): boolean =>
  confirmedAt !== null || declinedAt !== null;

/** Returns the booking's own text, else the tenant's; both replace the usual reminder alone, and no correction. */
export function ownText(
  kind: ReminderKind,
  { booked, usual }: { readonly booked: string | undefined; readonly usual: string | undefined },
): string | undefined {
  // The tenant's text of renewals names a deadline, which a contract that ends does not have.
  if (kind === 'ending') return booked;
  return ['appointment', 'renewal', 'payment'].includes(kind) ? (booked ?? usual) : undefined;
}

/** Returns the kind of text for a step; a contract whose dates moved has its usual one, with the new dates. */
export function kindOf({ terms }: Series, { step }: Step): ReminderKind {
  if (terms.kind === 'subscription') return terms.tacit ? 'renewal' : 'ending';
  if (terms.kind === 'payment-plan') return paymentKind(step);
  return step === 'moved' || step === 'cancelled' ? step : 'appointment';
}

function paymentKind(step: string): ReminderKind {
  if (step === SCHEDULE) return 'schedule';
  return isAfter(step.split('/')[1] ?? '') ? 'overdue' : 'payment';
}

interface Saying {
  readonly series: Series;
  readonly step: Step;
  readonly details: SeriesDetails;
  readonly view: MomentView;
}

/** Returns the values of texts about the event, in the zone of its place. */
function saidValues(saying: Saying): Values {
  const { series, step, view } = saying;
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return { ...showMoment(DateTime.fromISO(step.eventAt), view) };
    case 'subscription':
      return contractValues(terms, saying);
    case 'payment-plan':
      return { ...paymentValues(terms, saying), ...instalmentValues(terms, saying) };
    default:
      return terms satisfies never;
  }
}

const contractValues = ({ renewsOn, refuseBy }: SubscriptionTerms, { details, view }: Saying): Values => ({
  service: details.service,
  renewsOn: showDate(renewsOn, view),
  refuseBy: refuseBy === null ? undefined : showDate(refuseBy, view),
});

/** Returns the values of the whole plan: its unpaid instalments ahead. */
function paymentValues(terms: PaymentTerms, saying: Saying): Values {
  const { series, details, view } = saying;
  const today = localDate(view.now.setZone(view.zone));
  const ahead = terms.instalments.filter(
    (one) => one.dueOn >= today && paidAt(series.paid, one) === undefined,
  );
  const shown = ahead.map((one) => instalmentShown(one, saying));
  return {
    label: details.label,
    count: String(shown.length),
    instalments: shown.join(', '),
    firstInstalment: shown[0],
    lastInstalment: shown.at(-1),
  };
}

/** Words an instalment: « 49,00 € le 12/08 ». */
const instalmentShown = (instalment: Instalment, saying: Saying): string =>
  wordsIn(saying.view.language).sms.amountOn({
    amount: amountOf(instalment, saying),
    date: showDate(instalment.dueOn, saying.view),
  });

function instalmentValues(terms: PaymentTerms, saying: Saying): Values {
  const instalment = instalmentOf(saying.step.step, terms);
  if (instalment === undefined) return {};
  return {
    number: String(instalment.number),
    amount: amountOf(instalment, saying),
    dueOn: showDate(instalment.dueOn, saying.view),
  };
}

function amountOf({ number }: Instalment, { details, view }: Saying): string {
  const found = details.amounts?.find((amount) => amount.number === number);
  return found === undefined ? '' : showMoney(found, view.language);
}
